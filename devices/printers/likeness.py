"""Characters that a code page lacks, and what looks like them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress

from devices.cells import cells
from devices.printers.profile import CodePage

_NEAREST = {
    "œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "…": "...", "–": "-", "—": "-",
    "−": "-", "•": "*", "→": "->", "ẞ": "SS",
}  # fmt: skip
"""What is printed for a character that the code page lacks."""


def likeness(text: str, code_page: CodePage, drawn: Callable[[str], bool] = lambda _: False) -> str:
    """`text` with what the code page lacks replaced by what looks like it: `ő` by `o`, `œ` by `oe`, `愛` by `?`.

    Args:
        drawn: whether a character stays, to be drawn; those that only dress up a text (`’`, `…`) are replaced.
    """
    if fits(text, code_page):
        return text
    codec = code_page.lower()
    return "".join(
        character if character not in _NEAREST and drawn(character) else _likeness(character, codec)
        for character in unicodedata.normalize("NFC", text)
    )


def fits(text: str, code_page: CodePage) -> bool:
    """Whether the code page has every character."""
    try:
        text.encode(code_page.lower())
    except UnicodeEncodeError:
        return False
    return True


def _likeness(character: str, codec: str) -> str:
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    for candidate in (character, _NEAREST.get(character), bare):
        if candidate:
            with suppress(UnicodeEncodeError):
                candidate.encode(codec)
                return candidate
    return "?" if cells(character) else ""
