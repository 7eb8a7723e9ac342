"""Closings: how each is numbered and kept, and those of a day, a month and a year.

A closing holds a stretch of the journal, itself included, and the next of its kind begins behind it: by position,
never by date, so that nothing is counted twice or left out (BOI-TVA-DECLA-30-10-30).
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from sync.store import GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, Transaction
from tui_pos.errors import refuse
from tui_pos.events import PeriodClosed
from tui_pos.inputs import ClosePeriod
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome, Report
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.jet import Jet
from tui_pos.register.views import timestamp
from tui_pos.rights import Right
from tui_pos.session.reports import make_report

_WITHIN = {"day": None, "month": "day", "year": "month"}
"""A period is closed over closings of the shorter one, so that nothing falls between two."""
_SHORTER_FIRST = {
    "month": n_("There are sales after the last closing of a day: close the day, then the month."),
    "year": n_("There are sales after the last closing of a month: close the month, then the year."),
}


async def keep_closing(
    desk: Desk, transaction: Transaction, kind: str, so_far: Report, session: int | None = None
) -> Report:
    """Number, journal and keep a closing; gives its report, whose last position is that of its own entry.

    Args:
        so_far: its figures and where it begins.
        session: that of a Z.
    """
    await desk.note(transaction, "closing_started", Jet.CLOSING_START, kind=kind)
    report = replace(
        so_far,
        kind=kind,
        number=await transaction.next_number(kind),
        closed_at=timestamp(desk.now()),
        last_seq=transaction.head.seq + 1,
    )
    body: dict[str, object] = msgspec.to_builtins(report)
    body["jet"] = (Jet.YEAR_CLOSED if kind == "year" else Jet.PERIOD_CLOSED).value
    body["user"] = desk.who
    if session is not None:
        body["session"] = session
    entry = await transaction.append("closing", body, at=desk.now())
    await transaction.keep_closing(
        kind, report.number or 0, report.first_seq, entry.seq, msgspec.json.encode(report)
    )
    return report


async def _check_period(desk: Desk, period: str) -> None:
    if desk.session is not None:
        raise refuse("not_allowed", n_("A cash session is open: close it, then close the period."))
    shorter = _WITHIN[period]
    if shorter is None:
        return
    last = await desk.store.sessions.last_closing(shorter)
    after = last.last_seq + 1 if last else 1
    left = await desk.store.sessions.sums_between(after, desk.store.journal.head.seq)
    if left.tickets or left.cash_in or left.cash_out:
        raise refuse("not_allowed", _SHORTER_FIRST[period])


@takes(ClosePeriod, right=Right.PERIOD, session=False)
async def close_period(desk: Desk, given: ClosePeriod) -> Outcome:
    """Close the books of a day, a month or a year."""
    await _check_period(desk, given.period)
    last = await desk.store.sessions.last_closing(given.period)
    first_seq = last.last_seq + 1 if last else 1
    first = await desk.store.journal.entry(first_seq)
    so_far = make_report(
        given.period,
        await desk.store.sessions.sums_between(first_seq, desk.store.journal.head.seq),
        opening=0,
        opened_at=first.at if first else timestamp(desk.now()),
        grand_total=await desk.store.counter(GRAND_TOTAL),
        grand_total_absolute=await desk.store.counter(GRAND_TOTAL_ABSOLUTE),
        first_seq=first_seq,
    )
    async with desk.transaction() as transaction:
        report = await keep_closing(desk, transaction, given.period, so_far)
    desk.tell(PeriodClosed(given.period))
    return Outcome(report=report)
