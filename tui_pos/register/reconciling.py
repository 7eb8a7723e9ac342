"""What the card terminals have added up, beside what the till has: at an X report and at the closing.

A terminal that can tell is asked (ZVT). For the others, which only print their totals, what the cashier counted of the
methods that go through them is their total: it is typed blind, before anybody sees what the till expects.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from msgspec.structs import replace

from devices.errors import DeviceError
from devices.payments import TerminalTotals
from tui_pos.l10n import _, amount
from tui_pos.outcomes import Notice, Report, TerminalSum
from tui_pos.register.desk import Desk

WITHIN = 4.0
"""Seconds that the terminals are given: a closing is done without them."""


async def with_terminals(desk: Desk, report: Report) -> Report:
    """The report with a line for each terminal that has taken something, or says so.

    A terminal counts since its own end of day, so it is asked for with the session's.
    """
    told = await _told(desk)
    names = (device.name for device in desk.counter.list() if device.kind == "terminal")
    sums = (_sum(desk, name, report, told.get(name)) for name in names)
    return replace(report, terminals=tuple(sum_ for sum_ in sums if sum_.till or sum_.terminal is not None))


def terminal_differs(desk: Desk, report: Report) -> Notice | None:
    """Say which terminals' totals are not the till's; None: none of those that are known."""
    currency = desk.shop.currency
    text = _("Terminal {name} has added up {theirs}, the till {ours}: compare their slips.")
    differing = [
        text.format(name=sum_.name, theirs=amount(sum_.terminal, currency), ours=amount(sum_.till, currency))
        for sum_ in report.terminals
        if sum_.terminal is not None and sum_.difference
    ]
    return Notice("terminal_differs", " ".join(differing)) if differing else None


async def _told(desk: Desk) -> dict[str, TerminalTotals]:
    """What the terminals tell in time: one that hangs takes nothing from the others."""
    asked = desk.counter.terminal_totals()
    if asked:
        await asyncio.wait(asked.values(), timeout=WITHIN)
    told: dict[str, TerminalTotals] = {}
    for name, answer in asked.items():
        if answer.done():
            with suppress(DeviceError):
                if (totals := answer.result()) is not None:
                    told[name] = totals
        else:
            answer.cancel()
    return told


def _sum(desk: Desk, name: str, report: Report, told: TerminalTotals | None) -> TerminalSum:
    """One terminal's line: its own word goes before the cashier's."""
    taken = {paid.method: paid.amount for paid in report.payments if _through(desk, paid.method) == name}
    ours = sum(taken.values())
    read = {code: counted for code, counted in report.counted.items() if _through(desk, code) == name}
    if told is not None:
        return TerminalSum(name, ours, told.amount, told.amount - ours, "terminal")
    if read and taken.keys() <= read.keys():
        theirs = sum(read.values())
        return TerminalSum(name, ours, theirs, theirs - ours, "cashier")
    return TerminalSum(name, ours)


def _through(desk: Desk, code: str) -> str | None:
    method = desk.methods.get(code)
    return None if method is None else desk.counter.terminal_for(code, marked=method.terminal)
