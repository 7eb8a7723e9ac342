"""Codes that say more than their product: weighed and priced labels of the shop, and GS1 element strings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.protocol import ProductRecord
from tui_pos.l10n import _, n_
from tui_pos.l10n import day as day_text
from tui_pos.outcomes import Notice
from tui_pos.register.desk import Desk
from tui_pos.sale import gs1, weighed
from tui_pos.sale.errors import AmbiguousCode, EmptyLabel, NotAllowed, UnknownCode
from tui_pos.sale.money import half_up

_CURRENCIES = {"EUR": "978", "CHF": "756", "GBP": "826", "USD": "840"}
"""ISO 4217."""
_OTHER_CURRENCY = n_(
    "the price in this code is in another currency than the shop's: type the product's price."
)
_BY_PIECE = n_("this code holds a weight, and {label} is sold by the piece: check its label.")
_BY_WEIGHT = n_("this code holds a number of pieces, and {label} is sold by weight: weigh it.")
_WITHIN = n_("what this code holds cannot be multiplied: scan each piece.")


class Coded(Struct, frozen=True):
    """A product, and how much of it stands in its code."""

    record: ProductRecord
    """As it is sold here: with the price of the label, where it has one."""
    quantity: Decimal | None = None
    notice: Notice | None = None


async def sealed(desk: Desk, code: str) -> Coded | None:
    """The product of a weighed or priced label, by the shop's patterns; None: the code is none.

    Raises:
        AmbiguousCode: several products have its item number.
        NotAllowed: it holds a weight and the product has none, or a number of pieces and it is weighed.
        EmptyLabel: it holds a weight, a price or a number of zero.
    """
    found = weighed.read(code, desk.shop.barcode_patterns)
    record = await _first(desk, found.items, code) if found else None
    if found is None or record is None:
        return None
    if found.kilograms is not None and not record.weighed:
        raise NotAllowed(reason=_(_BY_PIECE).format(label=record.label))
    if found.count is not None and record.weighed:
        raise NotAllowed(reason=_(_BY_WEIGHT).format(label=record.label))
    if not (found.kilograms or found.count or found.price):
        raise EmptyLabel(code=code)
    if found.price is not None:
        return Coded(_at(record, found.price), Decimal(1))
    return Coded(record, Decimal(found.count) if found.count else found.kilograms)


async def carried(desk: Desk, text: str) -> Coded:
    """The product of an element string, with the weight, price or count that it carries; a past date is noted.

    Raises:
        UnknownCode: it cannot be read, or its product is not known.
        BadBarcode: its check digit is wrong.
        EmptyLabel: it carries a weight, a price or a number of zero.
        NotAllowed: it carries a price in another currency.
    """
    found = gs1.read(text)
    record = await _first(desk, found.codes, found.gtin)
    if record is None:
        raise UnknownCode(code=found.codes[0])
    notice = _past(found, record.label, desk.now().astimezone().date())
    if found.currency not in (None, _CURRENCIES.get(desk.shop.currency)):
        raise NotAllowed(reason=_(_OTHER_CURRENCY))
    if record.weighed and found.kilograms and found.price in (None, _price_of(record, found.kilograms)):
        return Coded(record, found.kilograms, notice)
    if found.price:
        # what stands on the label is what the customer pays
        return Coded(_at(record, found.price), Decimal(1), notice)
    count = Decimal(found.count) if found.count and not record.weighed else None
    return Coded(record, count, notice)


async def _first(desk: Desk, codes: tuple[str, ...], shown: str) -> ProductRecord | None:
    for code in codes:
        found = await desk.store.catalogue.find(code)
        if len(found) > 1:
            raise AmbiguousCode(code=shown, count=len(found))
        if found:
            return found[0]
    return None


def _price_of(record: ProductRecord, kilograms: Decimal) -> int | None:
    return None if record.unit_price is None else half_up(record.unit_price * kilograms)


def _at(record: ProductRecord, price: int) -> ProductRecord:
    """The product sold as one piece, at the price that its label says."""
    return replace(record, unit_price=price, weighed=False)


def refuse_several(quantity: Decimal | None) -> None:
    """Refuse a quantity typed before a code that holds its own.

    Raises:
        NotAllowed: there is one.
    """
    if quantity is not None:
        raise NotAllowed(reason=_WITHIN)


def _past(found: gs1.Carried, label: str, today: date) -> Notice | None:
    day = found.past(today)
    if day is None:
        return None
    if day == found.use_by:
        text = _("{label} may not be sold any more: its use-by date was {day}. Take it off the ticket.")
    else:
        text = _("{label} is past its best-before date, {day}. Tell the customer, or take it off the ticket.")
    return Notice("past_date", text.format(label=label, day=day_text(day)), aloud=True)
