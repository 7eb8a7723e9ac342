"""GS1 element strings: what a GS1-128 or a DataMatrix on a carton or a tray says besides its product.

They come as scanners send them, with the separator of their fields; as people read and type them, with their
identifiers in parentheses; and as a GS1 Digital Link, the web address in a QR code on the goods (its standard, 1.2).

Parsed by biip, which knows the application identifiers of the GS1 General Specifications. It is imported at the first
such code, since a start and a plain scan need none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from tui_pos.sale.barcode import BLANKS, is_digits, is_gtin, without_symbology
from tui_pos.sale.errors import BadBarcode, EmptyLabel, UnknownCode, shown
from tui_pos.sale.money import half_up

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

SEPARATOR = "\x1d"
LONGEST = 128
_WITH_FNC1 = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""GS1-128, DataBar, DataMatrix, QR, DotCode: each with its FNC1 in the first place (ISO/IEC 15424)."""
_GTIN, _CONTENT, _BATCH, _BEST_BEFORE, _SELL_BY, _USE_BY = "01", "02", "10", "15", "16", "17"
_USE_BY_HOUR = "7003"
_COUNTS = ("30", "37")
_WEIGHT, _PRICE, _PRICE_IN = "310", "392", "393"
_IN_PARENTHESES = re.compile(r"\(([0-9]{2,4})\)")
_SPELT = re.compile(r"(?:\([0-9]{2,4}\)[^(]*)*\(0[12]\)[0-9]")
_LINK = re.compile(r"https?://", re.IGNORECASE)
_LONGEST_LINK = 300


class Carried(Struct, frozen=True):
    """What the elements say of the goods."""

    gtin: str
    """Fourteen digits."""
    batch: str | None = None
    best_before: date | None = None
    """The day until which it keeps its quality."""
    use_by: date | None = None
    """The day after which it may not be sold (Regulation (EU) 1169/2011, article 24)."""
    kilograms: Decimal | None = None
    price: int | None = None
    """Hundredths of a currency."""
    currency: str | None = None
    """The number of that currency (ISO 4217); None: it is the shop's."""
    count: int | None = None

    def past(self, today: date) -> date | None:
        """The date that is over; None: none is."""
        dates = [day for day in (self.use_by, self.best_before) if day is not None and day < today]
        return min(dates, default=None)

    @property
    def codes(self) -> tuple[str, ...]:
        """The GTIN in each length under which a catalogue may have it, the usual first."""
        lengths = (13, 14, 12, 8)
        return tuple(self.gtin[-length:] for length in lengths if not self.gtin[: 14 - length].strip("0"))


def is_element_string(text: str) -> bool:
    """Whether a scan is one: by its symbology, by what is in it, or by its length behind a GTIN that holds."""
    code = text.strip(BLANKS)
    if code.startswith(_WITH_FNC1) or SEPARATOR in code:
        return True
    code = without_symbology(code)
    if _spelt(code) or "/01/" in _path(code):
        return True
    return len(code) > 16 and code[:2] in (_GTIN, _CONTENT) and is_digits(code[:16]) and is_gtin(code[2:16])


def is_bare(text: str) -> bool:
    """Whether a text is a GTIN behind its identifier and nothing more, which a code of the shop's own might be too."""
    return len(text) == 16 and text[:2] in (_GTIN, _CONTENT) and is_gtin(text[2:])


def read(text: str) -> Carried:
    """What an element string says.

    Raises:
        UnknownCode: it cannot be read, or names no product.
        BadBarcode: the check digit of its GTIN is wrong.
    """
    from biip import ParseError  # noqa: PLC0415 - see above
    from biip.gs1_messages import GS1Message  # noqa: PLC0415

    code = _message(text)
    try:
        elements = {string.ai.ai: string for string in GS1Message.parse(code).element_strings}
    except ParseError as error:
        raise UnknownCode(code=shown(code)) from error
    gtin = elements.get(_GTIN) or elements.get(_CONTENT)
    if gtin is None:
        raise UnknownCode(code=shown(code))
    if not is_gtin(gtin.value):
        raise BadBarcode(code=gtin.value)
    carried = Carried(
        gtin=gtin.value,
        batch=elements[_BATCH].value if _BATCH in elements else None,
        best_before=_day(elements, _BEST_BEFORE),
        use_by=_day(elements, _USE_BY, _USE_BY_HOUR, _SELL_BY),
        kilograms=next(_decimals(elements, _WEIGHT), None),
        price=next((half_up(price * 100) for price in _decimals(elements, _PRICE, _PRICE_IN)), None),
        currency=next((s.value[:3] for ai, s in elements.items() if ai.startswith(_PRICE_IN)), None),
        count=next((int(elements[ai].value) for ai in _COUNTS if ai in elements), None),
    )
    if 0 in (carried.kilograms, carried.price, carried.count):
        raise EmptyLabel(code=shown(code))
    return carried


def _day(elements: dict[str, GS1ElementString], *identifiers: str) -> date | None:
    """The first of these dates that it tells."""
    return next((elements[ai].date for ai in identifiers if ai in elements), None)


def _decimals(elements: dict[str, GS1ElementString], *kinds: str) -> Iterator[Decimal]:
    """The numbers of the elements of these kinds, whose last digit says where their point is."""
    for ai, element in elements.items():
        if ai.startswith(kinds) and element.decimal is not None:
            yield element.decimal


def _message(text: str) -> str:
    """An element string as it is parsed: no symbology before it, a separator behind each field that wants one."""
    code = without_symbology(text.strip(BLANKS))
    if _spelt(code):
        code = _joined(_IN_PARENTHESES.split(code)[1:])
    elif "/01/" in _path(code):
        code = _linked(code)
    code = code.strip(SEPARATOR)
    if not code or len(code) > LONGEST or not code.replace(SEPARATOR, "").isprintable():
        raise UnknownCode(code=shown(code or text) or "—")
    return code


def _spelt(code: str) -> bool:
    """Whether its identifiers stand in parentheses, one that names goods among them."""
    return code.startswith("(") and _SPELT.match(code) is not None


def _path(code: str) -> str:
    """The path of a web address; empty: it is none."""
    if len(code) > _LONGEST_LINK or not _LINK.match(code):
        return ""
    try:
        return urlsplit(code).path
    except ValueError:  # an address that is none
        return ""


def _linked(code: str) -> str:
    """The element string of a GS1 Digital Link: pairs in its path from the GTIN on, then those of its query."""
    gtin, *pairs = map(unquote, _path(code).partition("/01/")[2].split("/"))
    queried = [word for pair in parse_qsl(urlsplit(code).query) if pair[0].isdecimal() for word in pair]
    return _joined(["01", gtin.rjust(14, "0"), *pairs, *queried])


def _joined(words: list[str]) -> str:
    """Identifiers and their values by turns, each pair with a separator behind it."""
    return SEPARATOR.join(ai + value for ai, value in zip(words[::2], words[1::2], strict=False))
