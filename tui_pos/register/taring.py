"""The packaging that goods are weighed in."""

from __future__ import annotations

from tui_pos.inputs import Tare
from tui_pos.l10n import _, kilograms
from tui_pos.outcomes import Notice, Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.rights import Right
from tui_pos.sale import basket
from tui_pos.sale.errors import BadQuantity, shown
from tui_pos.sale.ticket import Asking

HEAVIEST = 9_999
"""Grams: no scale takes more."""


@takes(Tare, right=Right.SELL)
async def tare(desk: Desk, given: Tare) -> Outcome:
    """Take this off the next weight; it survives until a line is added."""
    grams = given.weight * 1000 if given.weight.is_finite() else given.weight
    if not grams.is_finite() or grams % 1 or not 0 <= grams <= HEAVIEST:
        raise BadQuantity(given=shown(str(given.weight)))
    ticket = desk.open_ticket()
    await desk.keep(basket.ask(ticket, Asking(quantity=ticket.asking.quantity, tare=int(grams))))
    text = _("{weight} of packaging will be taken off the next weight.")
    return Outcome(notice=Notice("tare", text.format(weight=kilograms(given.weight))))
