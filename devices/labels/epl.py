"""EPL2: labels → bytes (Eltron and older Zebra desktop printers), in code page 1252.

Its letters are drawn dot by dot: how large they are, the printer's density says (EPL2 Programmer's Manual, command A).
"""

from __future__ import annotations

from devices.labels.label import Label, Size, wanted_copies
from devices.labels.layout import laid_out
from devices.printers.likeness import likeness

_SYMBOLOGIES = {"ean8": "E80", "ean13": "E30", "upca": "UA0", "code128": "1"}
_PAGE = "I8,A,001\n"
"""Eight bits, Windows 1252."""
_FONTS = {
    203: {2: (12, 16), 3: (14, 20), 4: (16, 24)},
    300: {2: (18, 28), 3: (22, 36), 4: (26, 44)},
}
"""For each density the width, with the white behind it, and the height of a letter of each font, in dots."""
_LARGEST = 6
"""Times that a letter is enlarged; those of the smallest font would only be coarse."""


def encode(label: Label, size: Size) -> bytes:
    """A label, as often as it is wanted.

    Raises:
        ValueError: fewer than one copy, or more than `MOST_COPIES`.
    """
    copies = wanted_copies(label)
    fonts = _FONTS[300 if size.dpi >= 300 else 203]
    layout = laid_out(label, size, fonts[3][0] / size.per_mm)
    lines = [
        f'A{layout.edge},{layout.names_y + row * layout.row},0,3,1,1,N,"{_quoted(name)}"'
        for row, name in enumerate(layout.names)
    ]
    price, unit, bars = _text(layout.price), _text(layout.unit_price), layout.bars
    font, times = _largest(price, layout.room, layout.price_height, fonts)
    x = _right(price, fonts[font][0] * times, layout.width, layout.edge)
    lines.append(f'A{x},{layout.price_y},0,{font},{times},{times},N,"{_quoted(price)}"')
    x = _right(unit, fonts[2][0], layout.width, layout.edge)
    lines.append(f'A{x},{layout.unit_y},0,2,1,1,N,"{_quoted(unit)}"')
    kind = _SYMBOLOGIES[bars.symbology]
    lines.append(
        f'B{bars.x},{bars.y},0,{kind},{bars.module},{2 * bars.module},{bars.height},B,"{_quoted(bars.code)}"'
    )
    body = "\n".join(lines)
    head = f"\nN\nq{layout.width}\nQ{layout.height},24\n{_PAGE}"
    return f"{head}{body}\nP{copies}\n".encode("cp1252", "replace")


def _largest(text: str, room: int, height: int, fonts: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """The largest letters in which a text fits, a font and how often it is enlarged; else the smallest."""
    fitting = [
        (tall * times, font, times)
        for font, (wide, tall) in fonts.items()
        for times in range(1, _LARGEST + 1 if font > min(fonts) else 2)
        if wide * times * len(text) <= room and tall * times <= height
    ]
    return max(fitting)[1:] if fitting else (min(fonts), 1)


def _text(text: str) -> str:
    return likeness(text, "CP1252")


def _quoted(text: str) -> str:
    """Text between quotes: quotes and backslashes in it are told from those around it."""
    return _text(text).replace("\\", "\\\\").replace('"', '\\"')


def _right(text: str, letter: int, width: int, edge: int) -> int:
    """Where a text begins that ends at the right edge."""
    return max(edge, width - edge - letter * len(text))
