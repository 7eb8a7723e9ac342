"""ZPL II: labels → bytes (Zebra, and others that emulate it). UTF-8, so that € and accents need no code page."""

from __future__ import annotations

from devices.cells import clean, plain_spaces
from devices.labels.label import MOST_COPIES, Label, Size

_EAN = {8: "^B8N", 13: "^BEN"}


def encode(label: Label, size: Size) -> bytes:
    """A label, as often as it is wanted.

    Raises:
        ValueError: fewer than one copy, or more than `MOST_COPIES`.
    """
    if not 1 <= label.copies <= MOST_COPIES:
        raise ValueError(f"{label.copies} copies of a label cannot be printed at once")
    width, height = size.dots
    margin = 16
    room = width - 2 * margin
    code = plain_spaces(clean(label.code))
    ean = _EAN.get(len(code)) if code.isascii() and code.isdecimal() else None
    bars = f"{ean},48,Y,N" if ean else "^BCN,48,Y,N,N"
    return (
        f"^XA^CI28^PW{width}^LL{height}^LH0,0"
        f"^FO{margin},12^A0N,28,28^FB{room},2,2,L^FH^FD{_text(label.name)}^FS"
        f"^FO{margin},78^A0N,68,60^FB{room},1,0,R^FH^FD{_text(label.price)}^FS"
        f"^FO{margin},146^A0N,22,22^FB{room},1,0,R^FH^FD{_text(label.unit_price)}^FS"
        f"^FO{margin},{height - 84}^BY2{bars}^FH^FD{_text(code)}^FS"
        f"^PQ{label.copies}^XZ\n"
    ).encode()


def _text(text: str) -> str:
    """Text that cannot command the printer: its own signs are written as their bytes."""
    return "".join(
        f"_{ord(character):02x}" if character in "^~_\\" else character
        for character in plain_spaces(clean(text))
    )
