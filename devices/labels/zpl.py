"""ZPL II: labels → bytes (Zebra, and others that emulate it). UTF-8, so that € and accents need no code page.

Each line is a field of its own: a block of fields (`^FB`) prints what is too much for it upon its last line, and takes
backslashes for commands (ZPL II Programming Guide).
"""

from __future__ import annotations

from devices.labels.label import Label, Size, wanted_copies
from devices.labels.layout import Bars, laid_out

LETTER = 2.1
"""Millimetres that a letter of the name takes on an average: the font is proportional."""
_NAME = 3.5
"""Millimetres of its height."""
_WIDTH = 0.62
"""Of a digit or a sign of a price, by the width that the font is asked for: at most."""
_EAN = {"ean8": "^B8N", "ean13": "^BEN", "upca": "^BUN"}


def encode(label: Label, size: Size) -> bytes:
    """A label, as often as it is wanted.

    Raises:
        ValueError: fewer than one copy, or more than `MOST_COPIES`.
    """
    copies = wanted_copies(label)
    layout = laid_out(label, size, LETTER)
    font = round(_NAME * size.per_mm)
    names = "".join(
        f"^FO{layout.edge},{layout.names_y + row * layout.row}^A0N,{font},{font}^FH^FD{_text(name)}^FS"
        for row, name in enumerate(layout.names)
    )
    price = _right(layout.price, layout.price_y, layout.price_height, layout.edge, layout.room)
    unit = _right(layout.unit_price, layout.unit_y, layout.unit_height, layout.edge, layout.room)
    return (
        f"^XA^CI28^PW{layout.width}^LL{layout.height}^LH0,0{names}{price}{unit}{_bars(layout.bars)}"
        f"^PQ{copies}^XZ\n"
    ).encode()


def _right(text: str, y: int, height: int, edge: int, room: int) -> str:
    """A line that ends at the right edge, in letters narrow enough for it: no price is ever cut."""
    width = min(height, max(1, int(room / (_WIDTH * max(1, len(text))))))
    return f"^FO{edge},{y}^A0N,{height},{width}^FB{room},1,0,R^FH^FD{_text(text)}^FS"


def _bars(bars: Bars) -> str:
    kind = _EAN.get(bars.symbology)
    # in Code 128 a “>” begins a command, and stands for itself as “>0”
    code = bars.code if kind else bars.code.replace(">", ">0")
    drawn = f"{kind},{bars.height},Y,N" if kind else f"^BCN,{bars.height},Y,N,N"
    return f"^FO{bars.x},{bars.y}^BY{bars.module}{drawn}^FH^FD{_text(code)}^FS"


def _text(text: str) -> str:
    """Text that cannot command the printer: its own signs are written as their bytes."""
    return "".join(f"_{ord(character):02x}" if character in "^~_\\" else character for character in text)
