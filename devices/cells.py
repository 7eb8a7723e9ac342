"""Text on a grid: how many columns a text takes, and how it is broken to fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

Align = Literal["left", "center", "right"]

_SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}"), " ")


@lru_cache(maxsize=1024)
def _cell(character: str) -> int:
    """Columns of one character: none for marks that sit on the one before, two for wide East Asian ones."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def cells(text: str) -> int:
    """The columns that `text` takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def clean(text: str) -> str:
    """`text` without control characters: a label from a catalogue must not be able to command a printer.

    Tabs and line ends become spaces; what else has no shape becomes a question mark.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isspace():
        return character if unicodedata.category(character) == "Zs" else " "
    return "?" if unicodedata.category(character) in ("Cc", "Cs") else character


def plain_spaces(text: str) -> str:
    """`text` with its no-break spaces made ordinary, once it has been broken into lines."""
    return text.translate(_SPACES)


def pad(text: str, columns: int, align: Align) -> str:
    """`text` moved to its place on a line of `columns`; nothing is added behind it."""
    room = max(0, columns - cells(text))
    if align == "right":
        return " " * room + text
    return " " * (room // 2) + text if align == "center" else text


def fill(text: str, columns: int, align: Align) -> str:
    """`text` with spaces around it, so that it takes exactly `columns` (or more, when it is longer)."""
    placed = pad(text, columns, align)
    return placed + " " * max(0, columns - cells(placed))


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """`text` in lines of at most `columns` (two at least), broken at spaces where that is possible.

    Every character but the spaces at which it breaks is kept; leading spaces are. Gives at least one line.
    """
    lines: list[str] = []
    line: str | None = None
    for word in text.split(" "):
        if line is None and lines and not word:
            continue  # more spaces behind the one at which the line broke
        longer = word if line is None else f"{line} {word}"
        if cells(longer) <= columns:
            line = longer
            continue
        if line is not None and line.strip():
            lines.append(line.rstrip(" "))
        *full, rest = _pieces(word, columns)
        lines.extend(full)
        line = rest or None
    if line is not None or not lines:
        lines.append((line or "").rstrip(" "))
    return tuple(lines)


def _pieces(word: str, columns: int) -> Iterator[str]:
    """A word cut into pieces that fit; a mark stays on its letter."""
    piece, width = "", 0
    for character in word:
        size = _cell(character)
        if width + size > columns:
            yield piece
            piece, width = "", 0
        piece += character
        width += size
    yield piece
