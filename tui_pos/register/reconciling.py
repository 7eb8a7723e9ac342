"""What the card terminals have added up, beside what the till has: at an X report and at the closing."""

from __future__ import annotations

import asyncio

from tui_pos.l10n import _, amount
from tui_pos.outcomes import Notice, Report
from tui_pos.register.desk import Desk

WITHIN = 4.0
"""Seconds that the terminals are given: a closing is done without them."""


async def terminal_difference(desk: Desk, report: Report) -> Notice | None:
    """Say where a terminal's total is not the till's; None: they agree, or the terminals do not tell.

    The terminal counts since its own end of day, so it is asked for with the session's.
    """
    try:
        async with asyncio.timeout(WITHIN):
            told = await desk.counter.terminal_totals()
    except TimeoutError:
        return None
    for name, totals in told.items():
        ours = sum(paid.amount for paid in report.payments if _through(desk, paid.method) == name)
        if ours != totals.amount:
            text = _("Terminal {name} has added up {theirs}, the till {ours}: compare their slips.")
            currency = desk.shop.currency
            shown = text.format(
                name=name, theirs=amount(totals.amount, currency), ours=amount(ours, currency)
            )
            return Notice("terminal_differs", shown)
    return None


def _through(desk: Desk, code: str) -> str | None:
    method = desk.methods.get(code)
    return None if method is None else desk.counter.terminal_for(code, marked=method.terminal)
