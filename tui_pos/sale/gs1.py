"""GS1 element strings: what a GS1-128 or a DataMatrix on a carton or a tray says besides its product.

Parsed by biip, which knows the application identifiers of the GS1 General Specifications. It is imported at the first
such code, since a start and a plain scan need none of it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tui_pos.sale.barcode import BLANKS, is_digits, is_gtin
from tui_pos.sale.errors import BadBarcode, UnknownCode, shown

SEPARATOR = "\x1d"
LONGEST = 128
_SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""GS1-128, DataBar, DataMatrix, QR, DotCode: each with its FNC1 in the first place (ISO/IEC 15424)."""
_GTIN, _CONTENT, _BATCH, _BEST_BEFORE, _SELL_BY, _USE_BY = "01", "02", "10", "15", "16", "17"
_COUNTS = ("30", "37")
_WEIGHT, _PRICE = "310", "392"


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
    """Minor units of the shop's currency."""
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
    """Whether a scan is one: by its symbology, by a separator in it, or by its length behind a GTIN that holds."""
    code = text.strip(BLANKS)
    if code.startswith(_SYMBOLOGIES) or SEPARATOR in code:
        return True
    return len(code) > 16 and code[:2] in (_GTIN, _CONTENT) and is_digits(code[:16]) and is_gtin(code[2:16])


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
    weight = next((string.decimal for ai, string in elements.items() if ai.startswith(_WEIGHT)), None)
    price = next((string.decimal for ai, string in elements.items() if ai.startswith(_PRICE)), None)
    count = next((elements[ai].value for ai in _COUNTS if ai in elements), None)
    batch = elements.get(_BATCH)
    use_by = elements.get(_USE_BY) or elements.get(_SELL_BY)
    best_before = elements.get(_BEST_BEFORE)
    return Carried(
        gtin=gtin.value,
        batch=batch.value if batch else None,
        best_before=best_before.date if best_before else None,
        use_by=use_by.date if use_by else None,
        kilograms=weight,
        price=None if price is None else int(price * 100),
        count=int(count) if count else None,
    )


def _message(text: str) -> str:
    code = text.strip(BLANKS).removeprefix(
        next((s for s in _SYMBOLOGIES if text.strip(BLANKS).startswith(s)), "")
    )
    code = code.strip(SEPARATOR)
    if not code or len(code) > LONGEST or not code.replace(SEPARATOR, "").isprintable():
        raise UnknownCode(code=shown(code or text) or "—")
    return code
