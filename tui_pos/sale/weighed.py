"""Codes of goods weighed elsewhere in the shop: an EAN-13 of 02, or 20 to 29, with an item and how much.

GS1 leaves these prefixes to each retailer, so the layout is the shop's own: a pattern of thirteen characters such as
`21IIIIIWWWWWC` or `23IIIIIPPPPPC`, or `22IIIIIVPPPPC` with a check digit of the price or weight alone (GS1 General
Specifications, section 7.9). A code of 02 may come as the UPC-A that it is, of twelve digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from tui_pos.sale.barcode import check_digit, is_digits
from tui_pos.sale.errors import BadBarcode

_PATTERN = re.compile(r"(2[0-9]{1,3}|02[0-9]{0,2})(I{3,6}[0-9V]?([WPN])\3{2,5}|([WPN])\4{2,5}[0-9V]?I{3,6})C")
_LENGTH = 13
_VERIFIED = (4, 5)
"""Digits of a price or weight that a check digit of its own can follow from."""


class BadPattern(ValueError):
    """A text that is no pattern of the shop's codes."""


class Pattern(Struct, frozen=True):
    """How one kind of code is laid out: each character is a digit, or the letter of what stands there.

    `I` the item, `W` its weight in grams, `P` its price in minor units, `N` the number of pieces, `V` the check digit
    of that alone, `C` the check digit.
    """

    text: str

    def holds(self, code: str) -> bool:
        """Whether a code is laid out so."""
        pairs = zip(self.text, code, strict=True)
        return all(not place.isdigit() or place == digit for place, digit in pairs)

    def part(self, code: str, letter: str) -> str:
        """The digits of a code where the pattern has this letter."""
        return "".join(digit for place, digit in zip(self.text, code, strict=True) if place == letter)


class Sealed(Struct, frozen=True):
    """What such a code says: an item, and one of weight, price and count."""

    items: tuple[str, ...]
    """Codes under which the item may stand in the catalogue, the most exact first."""
    kilograms: Decimal | None = None
    price: int | None = None
    """Minor units for the whole piece."""
    count: int | None = None


@lru_cache(maxsize=64)
def parse(text: str) -> Pattern:
    """A pattern, from its text.

    Raises:
        BadPattern: it is none: not thirteen characters, no `2` before it, or its parts are torn.
    """
    measured = sum(text.count(letter) for letter in "WPN")
    if len(text) != _LENGTH or not _PATTERN.fullmatch(text) or ("V" in text and measured not in _VERIFIED):
        raise BadPattern(f"{text!r} is no pattern of thirteen such as 21IIIIIWWWWWC")
    return Pattern(text)


def read(code: str, patterns: tuple[str, ...]) -> Sealed | None:
    """What a code says by the first pattern that it fits; None: it fits none. A pattern that is none fits nothing.

    Args:
        code: an EAN-13 or UPC-A whose check digit holds, or an EAN-13 that the scanner has made a GTIN-14 of.
        patterns: the shop's, in their order.

    Raises:
        BadBarcode: the check digit of its price or weight is wrong.
    """
    if len(code) == _LENGTH - 1:
        code = "0" + code
    elif len(code) == _LENGTH + 1:
        code = code.removeprefix("0")
    if len(code) != _LENGTH or not is_digits(code):
        return None
    return next((_sealed(code, pattern) for pattern in _usable(patterns) if pattern.holds(code)), None)


def _usable(patterns: tuple[str, ...]) -> Iterator[Pattern]:
    for text in patterns:
        try:
            yield parse(text)
        except BadPattern:
            continue


def _sealed(code: str, pattern: Pattern) -> Sealed:
    weight, price, count = (pattern.part(code, letter) for letter in "WPN")
    verifier = pattern.part(code, "V")
    if verifier and int(verifier) != _verifier(weight or price or count):
        raise BadBarcode(code=code)
    return Sealed(
        items=tuple(_items(code, pattern)),
        kilograms=Decimal(weight).scaleb(-3) if weight else None,
        price=int(price) if price else None,
        count=int(count) if count else None,
    )


def _verifier(measured: str) -> int:
    """The check digit of four or five digits of a price or weight."""
    from biip.checksums import gs1_price_weight_check_digit  # noqa: PLC0415 - few shops print it, a start needs none

    return gs1_price_weight_check_digit(measured)


def _items(code: str, pattern: Pattern) -> Iterator[str]:
    """The code itself with nothing measured, then the item's own number, then that without its zeros."""
    places = zip(pattern.text[:-1], code, strict=False)
    body = "".join("0" if place in "WPNV" else digit for place, digit in places)
    yield body + str(check_digit(body))
    item = pattern.part(code, "I")
    yield item
    if (short := item.lstrip("0")) and short != item:
        yield short
