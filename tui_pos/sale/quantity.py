"""Quantities: pieces, or kilograms to the gram; negative where goods come back."""

from __future__ import annotations

import re
from decimal import Decimal

from tui_pos.sale.errors import BadQuantity, BadWeight, shown

MAX_QUANTITY = Decimal("99999.999")
_GRAM = Decimal("0.001")
_ONE = Decimal(1)
_WEIGHT = re.compile(r"([0-9]{1,6}) ?g?|((?:[0-9]{1,3})?[.,][0-9]{1,3}|[0-9]{1,3}) ?kg")
_QUANTITY = re.compile(r"-?(?:[0-9]{1,8}(?:[.,][0-9]{1,3})?|[.,][0-9]{1,3})")


def check_quantity(quantity: Decimal) -> Decimal:
    """The same quantity in plain notation: at most three decimals, no exponent.

    Raises:
        BadQuantity: not a number, zero, finer than a thousandth, or beyond ± `MAX_QUANTITY`.
    """
    # NaN does not compare: its finiteness is asked first
    if not quantity.is_finite() or quantity == 0 or not -MAX_QUANTITY <= quantity <= MAX_QUANTITY:
        raise BadQuantity(given=shown(str(quantity)))
    exponent = quantity.as_tuple().exponent
    if isinstance(exponent, int) and -3 <= exponent <= 0:
        return quantity
    plain = quantity.quantize(_GRAM if quantity % 1 else _ONE)
    if plain != quantity:
        raise BadQuantity(given=shown(str(quantity)))
    return plain


def parse_quantity(text: str) -> Decimal:
    """A quantity as it is typed: ASCII digits, perhaps a minus, up to three decimals after `.` or `,`.

    Raises:
        BadQuantity: anything else, zero, or beyond ± `MAX_QUANTITY`.
    """
    if _QUANTITY.fullmatch(text) is None:
        raise BadQuantity(given=shown(text))
    return check_quantity(Decimal(text.replace(",", ".")))


def parse_weight(text: str) -> Decimal:
    """Kilograms from a weight as it is typed: whole grams (`20`, `20 g`), or any number of kilograms (`0.02 kg`).

    A number with a decimal point and no unit is none: 250 g must not be read as 2.5 kg.

    Raises:
        BadWeight: anything else.
    """
    found = _WEIGHT.fullmatch(text.strip().lower())
    if found is None:
        raise BadWeight(given=shown(text))
    grams, kilograms = found.groups()
    return Decimal(grams).scaleb(-3) if grams is not None else Decimal(kilograms.replace(",", "."))
