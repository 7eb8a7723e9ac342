"""A document for paper: what stands on it, free of any printer, and its rendering as lines of a fixed grid.

A document is laid out once into rows, which `as_text` turns into plain lines and the encoders of `printers` into the
bytes of a printer: both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from devices.cells import Align, cells, clean, fill, pad, plain_spaces, wrap
from devices.labels.label import Label

NARROWEST = 16
"""Fewer columns than this are no receipt printer's."""


_SIGN = re.compile(r"(?<=\S) (?=[!?;:»%€](?:\s|$))")
_HELD = "\N{NO-BREAK SPACE}"
"""French puts a space before these signs; no line begins with one."""


class Text(Struct, frozen=True, tag=True):
    """Words, wrapped where they are too long; a line end in them begins a new line."""

    text: str
    align: Align = "left"
    bold: bool = False
    double: bool = False
    """Twice as high and twice as wide: half the columns."""


class Columns(Struct, frozen=True, tag=True):
    """A label on the left and an amount on the right of one line; the label wraps, the amount never breaks."""

    left: str
    right: str
    bold: bool = False
    tall: bool = False
    """Twice as high, but no wider, so that amounts stay one under the other."""


class Table(Struct, frozen=True, tag=True):
    """Rows of cells: the first column on the left, the others (numbers) on the right of theirs."""

    rows: tuple[tuple[str, ...], ...]


class Rule(Struct, frozen=True, tag=True):
    """A line across the paper."""


class Blank(Struct, frozen=True, tag=True):
    """Empty lines."""

    lines: int = 1


class Barcode(Struct, frozen=True, tag=True):
    """A bar code with its digits under it: EAN where the code is one, else Code 128."""

    code: str


class Qr(Struct, frozen=True, tag=True):
    """A QR code."""

    data: str


class Logo(Struct, frozen=True, tag=True):
    """The shop's logo, on printers that have one; nothing elsewhere."""


class Cut(Struct, frozen=True, tag=True):
    """The end of one piece of paper."""


Block: TypeAlias = Text | Columns | Table | Rule | Blank | Barcode | Qr | Logo | Cut | Label


class Document(Struct, frozen=True):
    """What is to be printed, from top to bottom."""

    blocks: tuple[Block, ...]
    again: bool = False
    """It may be on paper already, and says so."""


class Row(Struct, frozen=True):
    """One line of paper. `text` fits the paper (half of it when `wide`) and is not padded for its alignment."""

    text: str
    align: Align = "left"
    bold: bool = False
    tall: bool = False
    wide: bool = False


Rows: TypeAlias = Iterator[Row | Barcode | Qr | Logo | Cut]


def as_text(document: Document, columns: int = 42) -> tuple[str, ...]:
    """The document as plain lines of at most `columns`, without spaces at their ends. A cut leaves nothing."""
    lines: list[str] = []
    for row in layout(document, columns):
        match row:
            case Row():
                lines.append(pad(row.text, columns, row.align))
            case Barcode():
                lines.extend(code_lines(barcode_text(row.code), columns))
            case Qr():
                lines.extend(code_lines(qr_text(row.data), columns))
    return tuple(line.rstrip(" ") for line in lines)


def layout(document: Document, columns: int) -> Rows:
    """The document line by line, for paper of `columns`.

    Raises:
        ValueError: the paper is narrower than any receipt printer's.
    """
    if columns < NARROWEST:
        raise ValueError(f"{columns} columns are too few for a document: {NARROWEST} at least")
    for block in document.blocks:
        yield from _laid_out(block, columns)


def retyped(document: Document, change: Callable[[str], str]) -> Document:
    """The document with its words changed, for a printer that lacks some characters; codes stay as they are."""
    return replace(document, blocks=tuple(_retyped(block, change) for block in document.blocks))


def barcode_text(code: str) -> str:
    """How a bar code stands where none can be drawn."""
    return f"|| {clean(code)} ||"


def qr_text(data: str) -> str:
    """How a QR code stands where none can be drawn."""
    return f"[QR {clean(data)}]"


def code_lines(text: str, columns: int) -> tuple[str, ...]:
    """A code's stand-in, in the middle of the paper."""
    return tuple(pad(plain_spaces(line), columns, "center").rstrip(" ") for line in wrap(text, columns))


def _laid_out(block: Block, columns: int) -> Rows:
    match block:
        case Text():
            yield from _text(block, columns)
        case Columns():
            for line in _side_by_side(clean(block.left), clean(block.right), columns):
                yield Row(plain_spaces(line), bold=block.bold, tall=block.tall)
        case Table():
            yield from (Row(plain_spaces(line)) for line in _table(block, columns))
        case Rule():
            yield Row("-" * columns)
        case Blank():
            yield from (Row("") for _ in range(block.lines))
        case Barcode() | Qr() | Logo() | Cut():
            yield block
        case Label():
            yield from _label(block, columns)


def _label(label: Label, columns: int) -> Rows:
    """A label where none can be printed: once, with how many of it are wanted."""
    name = label.name if label.copies == 1 else f"{label.copies} × {label.name}"
    yield from _text(Text(name, bold=True), columns)
    for line in _side_by_side(clean(label.unit_price), clean(label.price), columns):
        yield Row(plain_spaces(line), bold=True)
    yield Barcode(label.code)


def _text(block: Text, columns: int) -> Iterator[Row]:
    room = columns // 2 if block.double else columns
    for paragraph in block.text.split("\n"):
        for line in wrap(_SIGN.sub(_HELD, clean(paragraph)), room):
            yield Row(plain_spaces(line), block.align, block.bold, tall=block.double, wide=block.double)


def _side_by_side(left: str, right: str, columns: int) -> Iterator[str]:
    room = columns - cells(right) - 1
    if room < columns // 3:
        yield from wrap(left, columns)
        yield from (pad(line, columns, "right") for line in wrap(right, columns))
        return
    *above, last = wrap(left, room)
    yield from above
    yield fill(last, room, "left") + " " + right


def _table(table: Table, columns: int) -> Iterator[str]:
    rows = [tuple(clean(cell) for cell in row) for row in table.rows]
    count = max(map(len, rows), default=0)
    if count * 3 > columns:
        for row in rows:
            yield from wrap(" ".join(row), columns)
        return
    widths = _widths(rows, count, columns)
    for row in rows:
        wrapped = [wrap(cell, width) for cell, width in zip(row, widths, strict=False)]
        for line in range(max(map(len, wrapped), default=0)):
            yield " ".join(
                fill(lines[line] if line < len(lines) else "", width, "right" if column else "left")
                for column, (lines, width) in enumerate(zip(wrapped, widths, strict=False))
            )


def _widths(rows: list[tuple[str, ...]], count: int, columns: int) -> list[int]:
    """The columns of each column of a table, with one between them: the room left over is shared out evenly."""
    widths = [max((cells(row[at]) for row in rows if at < len(row)), default=0) for at in range(count)]
    widths = [max(2, width) for width in widths]
    room = columns - (count - 1)
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    spare = room - sum(widths)
    return [width + spare // count + (at < spare % count) for at, width in enumerate(widths)]


def _retyped(block: Block, change: Callable[[str], str]) -> Block:
    match block:
        case Text():
            return replace(block, text=change(block.text))
        case Columns():
            return replace(block, left=change(block.left), right=change(block.right))
        case Table():
            return Table(tuple(tuple(change(cell) for cell in row) for row in block.rows))
        case Label():
            return replace(
                block,
                name=change(block.name),
                price=change(block.price),
                unit_price=change(block.unit_price),
            )
        case _:
            return block
