"""From a file to rows of cells: encodings, separators, quoted line ends."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from msgspec import Struct

from tui_pos.importing.errors import BrokenFile, CannotRead, NotText

SEPARATORS = (";", ",", "\t", "|")
_UTF16 = (("utf-16", "utf-16"),)
"""What spreadsheets call “Unicode text”."""
_OTHERS = (("utf-8-sig", "utf-8"), ("cp1252", "cp1252"))
_SAID = re.compile(r"sep=(.)[\r\n]+")
"""The line before the first by which spreadsheets tell each other the separator."""


class _Strict(csv.excel):
    """Otherwise a quotation mark that never closes swallows the rest of the file in silence."""

    strict = True


class Text(Struct, frozen=True):
    """The text of a file, and how it was encoded."""

    content: str
    encoding: str


class Row(Struct, frozen=True):
    """One line of cells, which may run over several lines of the file."""

    line: int
    """Where it begins, from 1."""
    cells: Sequence[str]


def read_text(file: Path) -> Text:
    """The text of a file: UTF-16 by its mark, UTF-8 with one or without, else the Western code page of Windows.

    Raises:
        CannotRead: it is not there, or may not be read.
        NotText: none of them.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise CannotRead(file=file, error=error.strerror) from error
    utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding, name in _UTF16 if utf16 else _OTHERS:
        try:
            content = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # every byte but five means something in cp1252: a NUL is what tells a spreadsheet or a picture from a text
        if "\0" not in content:
            return Text(content, name)
    raise NotText(file=file)


def rows(text: str, known: Callable[[str], bool]) -> Iterator[Row]:
    """The rows that hold something, that of the column names first.

    The separator is the one by which most column names are known, most columns if it is a tie.

    Args:
        text: the whole file.
        known: whether a column's name says something.

    Raises:
        BrokenFile: quotation marks that do not close.
    """
    line, said = 1, _SAID.match(text)
    if said:
        separator, line, text = said[1], 2, text[said.end() :]
    else:
        separator = max(SEPARATORS, key=lambda each: _promise(text, each, known))
    before = line - 1
    reader = csv.reader(StringIO(text, newline=""), _Strict, delimiter=separator)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BrokenFile(line=line) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Row(line, cells)
        line = before + reader.line_num + 1


def _promise(text: str, separator: str, known: Callable[[str], bool]) -> tuple[int, int]:
    try:
        reader = csv.reader(StringIO(text, newline=""), _Strict, delimiter=separator)
        names: list[str] = next((cells for cells in reader if any(cells)), [])
    except csv.Error:
        return (-1, 0)
    return (sum(map(known, names)), len(names))
