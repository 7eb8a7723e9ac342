"""The packaging that goods are weighed in."""

from __future__ import annotations

from decimal import Decimal

from tui_pos.inputs import Tare
from tui_pos.l10n import _, kilograms
from tui_pos.outcomes import Notice, Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.rights import Right
from tui_pos.sale import basket
from tui_pos.sale.errors import BadQuantity, shown
from tui_pos.sale.ticket import Asking

HEAVIEST = Decimal("9.999")
"""Kilograms: no scale takes more."""
_GRAM = Decimal("0.001")


@takes(Tare, right=Right.SELL)
async def tare(desk: Desk, given: Tare) -> Outcome:
    """Take this off the next weight; it survives until a line is added."""
    if not given.weight.is_finite() or not 0 <= given.weight <= HEAVIEST or given.weight % _GRAM:
        raise BadQuantity(given=shown(str(given.weight)))
    grams = int(given.weight / _GRAM)
    ticket = desk.open_ticket()
    await desk.keep(basket.ask(ticket, Asking(quantity=ticket.asking.quantity, tare=grams)))
    text = _("{weight} of packaging will be taken off the next weight.")
    return Outcome(notice=Notice("tare", text.format(weight=kilograms(given.weight))))
