"""Labels for shelves and products: the name, the price, and the price for a kilogram or a litre.

That last one is owed to the customer on goods sold by weight or volume: arrêté of 16 November 1999.
"""

from __future__ import annotations

import re
from decimal import Decimal

from devices.labels.label import Label
from sync.protocol import ProductRecord
from tui_pos.l10n import amount
from tui_pos.sale.money import half_up

_CONTENT = re.compile(
    r"(?:([0-9]{1,3}) ?[x×] ?)?([0-9]{1,6}(?:[.,][0-9]{1,3})?) ?(kg|g|l|dl|cl|ml)", re.IGNORECASE
)
_OF_A_WHOLE = {
    "kg": (Decimal(1), "kg"),
    "g": (Decimal("0.001"), "kg"),
    "l": (Decimal(1), "l"),
    "dl": (Decimal("0.1"), "l"),
    "cl": (Decimal("0.01"), "l"),
    "ml": (Decimal("0.001"), "l"),
}


def label_of(product: ProductRecord, currency: str, copies: int = 1) -> Label:
    """The label of a product; without a price of its own there is none on it."""
    price = product.unit_price
    if price is None:
        return Label(product.label, "", product.code, copies=copies)
    shown = amount(price, currency)
    if product.weighed or product.unit != "piece":
        unit = product.unit if product.unit != "piece" else "kg"
        return Label(product.label, f"{shown}/{unit}", product.code, copies=copies)
    unit_price = _unit_price(price, product.content or "", currency)
    return Label(product.label, shown, product.code, unit_price, copies)


def _unit_price(price: int, content: str, currency: str) -> str:
    """`4,98 €/kg`; empty where the content is not known, or is none of weight or volume."""
    found = _CONTENT.fullmatch(content.strip())
    if found is None:
        return ""
    share, unit = _OF_A_WHOLE[found[3].lower()]
    whole = Decimal(found[2].replace(",", ".")) * share * int(found[1] or 1)
    return f"{amount(half_up(price / whole), currency)}/{unit}" if whole else ""
