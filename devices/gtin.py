"""Which digits are a GTIN: a bar code of EAN or UPC can be drawn of no others."""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)


def is_gtin(code: str) -> bool:
    """8, 12, 13 or 14 digits with GS1's check digit: a printer draws nothing, or other digits, where it is wrong."""
    if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()):
        return False
    return sum(int(digit) * (3 - place % 2 * 2) for place, digit in enumerate(code[-2::-1])) % 10 == (
        -int(code[-1]) % 10
    )
