"""EPL2: labels → bytes (Eltron and older Zebra desktop printers), in code page 1252."""

from __future__ import annotations

from devices.cells import clean, plain_spaces, wrap
from devices.labels.label import MOST_COPIES, Label, Size
from devices.printers.likeness import likeness

_EAN = {8: "E80", 13: "E30"}
_PAGE = "I8,A,001\n"
"""Eight bits, Windows 1252."""


def encode(label: Label, size: Size) -> bytes:
    """A label, as often as it is wanted.

    Raises:
        ValueError: fewer than one copy, or more than `MOST_COPIES`.
    """
    if not 1 <= label.copies <= MOST_COPIES:
        raise ValueError(f"{label.copies} copies of a label cannot be printed at once")
    width, height = size.dots
    code = _text(label.code)
    kind = _EAN.get(len(code), "1") if code.isascii() and code.isdecimal() else "1"
    names = wrap(_text(label.name), max(8, (width - 32) // 14))[:2]
    lines = [f'A16,{12 + 30 * row},0,3,1,1,N,"{_quoted(name)}"' for row, name in enumerate(names)]
    lines += [
        f'A{_right(label.price, 32, width)},78,0,4,2,2,N,"{_quoted(_text(label.price))}"',
        f'A{_right(label.unit_price, 12, width)},140,0,2,1,1,N,"{_quoted(_text(label.unit_price))}"',
        f'B16,{height - 84},0,{kind},2,4,48,B,"{_quoted(code)}"',
    ]
    body = "\n".join(lines)
    return f"\nN\nq{width}\nQ{height},24\n{_PAGE}{body}\nP{label.copies}\n".encode("cp1252", "replace")


def _text(text: str) -> str:
    return likeness(plain_spaces(clean(text)), "CP1252")


def _quoted(text: str) -> str:
    """Text between quotes: quotes and backslashes in it are told from those around it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _right(text: str, each: int, width: int) -> int:
    """Where a text begins that ends at the right margin."""
    return max(16, width - 16 - each * len(_text(text)))
