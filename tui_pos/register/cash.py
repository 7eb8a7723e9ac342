"""The cash session: its opening and closing, money in and out, and the closing of days, months and years."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sync.store import GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, SessionRow
from tui_pos.errors import refuse
from tui_pos.events import SessionChanged
from tui_pos.inputs import CashIn, CashOut, ClosePeriod, CloseSession, OpenDrawer, OpenSession, XReport
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome, Report
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.views import timestamp
from tui_pos.rights import Right
from tui_pos.sale.errors import BadAmount, NotAllowed
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.session.reports import make_report

SESSIONS = "session"
_WITHIN = {"day": None, "month": "day", "year": "month"}
"""A period is closed over closings of the shorter one, so that nothing falls between two."""


def _check(amount: int, lowest: int = 1) -> int:
    if not lowest <= amount <= MAX_AMOUNT:
        raise BadAmount(given=amount)
    return amount


def _reason(text: str) -> str:
    if not text.strip():
        raise NotAllowed(reason=n_("say why."))
    return text.strip()[:200]


@takes(OpenSession, right=Right.SESSION, session=False)
async def open_session(desk: Desk, given: OpenSession) -> Outcome:
    """Open a session with its float."""
    if desk.session is not None:
        raise refuse("not_allowed", n_("A cash session is open already: close it first."))
    _check(given.float, 0)
    if (
        given.denominations
        and sum(piece * count for piece, count in given.denominations.items()) != given.float
    ):
        raise BadAmount(given=given.float)
    async with desk.store.transaction() as transaction:
        number = await transaction.next_number(SESSIONS)
        body = {
            "number": number,
            "user": desk.who,
            "float": given.float,
            "denominations": {str(piece): count for piece, count in given.denominations.items()},
        }
        entry = await transaction.append("session", body, at=desk.now())
        session = SessionRow(number, timestamp(desk.now()), entry.seq, given.float, desk.who)
        await transaction.open_session(session)
    desk.session = session
    desk.tell(SessionChanged(session.id))
    return Outcome()


async def _move(desk: Desk, amount: int, reason: str) -> Outcome:
    session, reason = desk.cash_session, _reason(reason)
    body = {"session": session.id, "amount": amount, "reason": reason, "user": desk.who}
    async with desk.store.transaction() as transaction:
        entry = await transaction.append("cash", body, at=desk.now())
        await transaction.cash_moved(session.id, entry.seq, amount, reason)
    desk.kick_drawer(reason)
    return Outcome()


@takes(CashIn, right=Right.CASH)
async def cash_in(desk: Desk, given: CashIn) -> Outcome:
    """Cash is put into the drawer."""
    return await _move(desk, _check(given.amount), given.reason)


@takes(CashOut, right=Right.CASH)
async def cash_out(desk: Desk, given: CashOut) -> Outcome:
    """Cash is taken from the drawer."""
    return await _move(desk, -_check(given.amount), given.reason)


@takes(OpenDrawer, right=Right.DRAWER)
async def open_drawer(desk: Desk, given: OpenDrawer) -> Outcome:
    """Open the drawer without a sale: the journal says why."""
    reason = _reason(given.reason)
    async with desk.store.transaction() as transaction:
        await desk.note(transaction, "drawer_opened", reason=reason)
    desk.kick_drawer(reason)
    return Outcome()


def _check_counted(counted: Mapping[str, int] | None) -> Mapping[str, int]:
    for amount in (counted or {}).values():
        _check(amount, -MAX_AMOUNT)
    return counted or {}


async def session_report(desk: Desk, counted: Mapping[str, int] | None = None) -> Report:
    """The session's figures so far: an X report."""
    session = desk.cash_session
    sums = await desk.store.sessions.sums(session.id)
    return make_report(
        "x",
        sums,
        opening=session.float_,
        opened_at=session.opened_at,
        counted=_check_counted(counted),
        grand_total=await desk.store.counter(GRAND_TOTAL),
        grand_total_absolute=await desk.store.counter(GRAND_TOTAL_ABSOLUTE),
        first_seq=session.seq,
        last_seq=desk.store.journal.head.seq,
    )


@takes(XReport, right=Right.SESSION)
async def x_report(desk: Desk, given: XReport) -> Outcome:
    """The session's figures so far; nothing is closed."""
    return Outcome(report=await session_report(desk, given.counted))


@takes(CloseSession, right=Right.SESSION)
async def close_session(desk: Desk, given: CloseSession) -> Outcome:
    """Close the session: its Z report is numbered, journaled and final, in one transaction."""
    if desk.ticket is not None and desk.ticket.lines:
        raise refuse(
            "not_allowed", n_("A ticket is open: finish it, hold it or void it, then close the session.")
        )
    session = desk.cash_session
    so_far = await session_report(desk, given.counted)
    async with desk.store.transaction() as transaction:
        if desk.ticket is not None:
            await transaction.drop_open(desk.ticket.uuid)
        report = msgspec.structs.replace(
            so_far, kind="z", number=await transaction.next_number("z"), closed_at=timestamp(desk.now())
        )
        entry = await transaction.append("closing", _closing_body(report, session.id), at=desk.now())
        await transaction.close_session(session.id, entry.seq, report.closed_at or "")
        await transaction.keep_closing("z", report.number or 0, report.first_seq, entry.seq, _encoded(report))
    if desk.ticket is not None:
        desk.leave_ticket()
    desk.session = None
    desk.tell(SessionChanged(None))
    return Outcome(report=report)


def _encoded(report: Report) -> bytes:
    return msgspec.json.encode(report)


def _closing_body(report: Report, session: int | None) -> dict[str, object]:
    body: dict[str, object] = msgspec.to_builtins(report)
    body["jet"] = 50 if report.kind in {"z", "day", "month"} else 60
    if session is not None:
        body["session"] = session
    return body


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


_SHORTER_FIRST = {
    "month": n_("There are sales after the last closing of a day: close the day, then the month."),
    "year": n_("There are sales after the last closing of a month: close the month, then the year."),
}


@takes(ClosePeriod, right=Right.PERIOD, session=False)
async def close_period(desk: Desk, given: ClosePeriod) -> Outcome:
    """Close a day, a month or a year: by journal position, never by date (BOI-TVA-DECLA-30-10-30)."""
    await _check_period(desk, given.period)
    last = await desk.store.sessions.last_closing(given.period)
    first_seq = last.last_seq + 1 if last else 1
    head = desk.store.journal.head.seq
    sums = await desk.store.sessions.sums_between(first_seq, head)
    opened = await desk.store.journal.entry(first_seq)
    async with desk.store.transaction() as transaction:
        report = make_report(
            given.period,
            sums,
            opening=0,
            opened_at=opened.at if opened else timestamp(desk.now()),
            number=await transaction.next_number(given.period),
            closed_at=timestamp(desk.now()),
            grand_total=await desk.store.counter(GRAND_TOTAL),
            grand_total_absolute=await desk.store.counter(GRAND_TOTAL_ABSOLUTE),
            first_seq=first_seq,
            last_seq=head,
        )
        entry = await transaction.append("closing", _closing_body(report, None), at=desk.now())
        await transaction.keep_closing(
            given.period, report.number or 0, first_seq, entry.seq, _encoded(report)
        )
    return Outcome(report=report)
