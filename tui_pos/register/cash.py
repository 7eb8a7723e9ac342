"""The cash session: its opening and closing, and money in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from devices.jobs import Job
from sync.store import GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, SessionRow
from tui_pos.errors import refuse
from tui_pos.events import SessionChanged
from tui_pos.inputs import CashIn, CashOut, CloseSession, OpenDrawer, OpenSession, XReport
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome, Report
from tui_pos.register.desk import Desk, decode_ticket
from tui_pos.register.handlers import takes
from tui_pos.register.jobs import print_job
from tui_pos.register.periods import keep_closing
from tui_pos.register.reconciling import terminal_differs, with_terminals
from tui_pos.register.tickets import give_up
from tui_pos.register.views import timestamp
from tui_pos.rights import Right
from tui_pos.sale.errors import Amount, BadAmount, NotAllowed, shown
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.session.reports import make_report

SESSIONS = "session"
"""The series of session numbers."""


def _check(amount: int, lowest: int = 1) -> int:
    if not lowest <= amount <= MAX_AMOUNT:
        raise BadAmount(given=Amount(amount))
    return amount


def _reason(text: str) -> str:
    if not text.strip():
        raise NotAllowed(reason=n_("say why."))
    return shown(text.strip(), 200)


def _check_denominations(given: OpenSession) -> None:
    """Refuse a count by coins and notes that is none, or that does not come to the float."""
    counts = given.denominations
    if counts and (
        any(piece <= 0 or count < 0 for piece, count in counts.items())
        or sum(piece * count for piece, count in counts.items()) != given.float
    ):
        raise BadAmount(given=Amount(given.float))


@takes(OpenSession, right=Right.SESSION, session=False)
async def open_session(desk: Desk, given: OpenSession) -> Outcome:
    """Open a session with its float."""
    if desk.session is not None:
        raise refuse("not_allowed", n_("A cash session is open already: close it first."))
    _check(given.float, 0)
    _check_denominations(given)
    async with desk.transaction() as transaction:
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
    async with desk.transaction() as transaction:
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


@takes(OpenDrawer, right=Right.DRAWER, session=False)
async def open_drawer(desk: Desk, given: OpenDrawer) -> Outcome:
    """Open the drawer without a sale, also to count a float: the journal says who did, and why."""
    reason = _reason(given.reason)
    if given.drawer is not None:
        desk.counter.list(given.drawer)  # one that is not there is not written down as opened
    named: dict[str, Any] = {"drawer": given.drawer} if given.drawer else {}
    async with desk.transaction() as transaction:
        await desk.note(transaction, "drawer_opened", reason=reason, **named)
    desk.kick_drawer(reason, given.drawer)
    return Outcome()


def _check_counted(desk: Desk, counted: Mapping[str, int] | None) -> Mapping[str, int]:
    for method, amount in (counted or {}).items():
        if method not in desk.methods:
            text = n_(
                "There is no payment method {code} here. Nothing changed: count those that the till shows."
            )
            raise refuse("not_allowed", text, code=shown(method))
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
        counted=_check_counted(desk, counted),
        grand_total=await desk.store.counter(GRAND_TOTAL),
        grand_total_absolute=await desk.store.counter(GRAND_TOTAL_ABSOLUTE),
        first_seq=session.seq,
        last_seq=desk.store.journal.head.seq,
    )


@takes(XReport, right=Right.SESSION)
async def x_report(desk: Desk, given: XReport) -> Outcome:
    """The session's figures so far; nothing is closed."""
    report = await with_terminals(desk, await session_report(desk, given.counted))
    desk.last_x = report
    return Outcome(report=report, notice=terminal_differs(desk, report))


async def x_on_paper(desk: Desk) -> Report:
    """The X report as it was asked for, count and terminals' totals included; anew if something has moved since."""
    fresh, known = await session_report(desk), desk.last_x
    if known is None or _figures(known) != _figures(fresh):
        desk.last_x = known = await with_terminals(desk, fresh)
    return known


def _figures(report: Report) -> Report:
    """The till's own figures in a report."""
    return replace(report, counted={}, difference={}, terminals=(), last_seq=0)


@takes(CloseSession, right=Right.SESSION)
async def close_session(desk: Desk, given: CloseSession) -> Outcome:
    """Close the session: its Z report is numbered, journaled and final, in one transaction."""
    if desk.ticket is not None and desk.ticket.lines:
        raise refuse(
            "not_allowed", n_("A ticket is open: finish it, hold it or void it, then close the session.")
        )
    if any(decode_ticket(row.header, row.lines).payments for row in await desk.store.tickets.held()):
        # its money is in the drawer, and in no figure of the session
        text = n_("A held ticket is paid in part: recall it, finish or void it, then close the session.")
        raise refuse("not_allowed", text)
    session = desk.cash_session
    so_far = await with_terminals(desk, await session_report(desk, given.counted))
    orders: tuple[Job, ...] = ()
    async with desk.transaction() as transaction:
        if desk.ticket is not None:
            orders = await give_up(desk, transaction, desk.ticket)
        report = await keep_closing(desk, transaction, "z", so_far, session=session.id)
        await transaction.close_session(session.id, report.last_seq, report.closed_at or "")
    if desk.ticket is not None:
        desk.take_up(None)
    for order in orders:
        print_job(desk, order)
    desk.session = None
    desk.tell(SessionChanged(None))
    return Outcome(report=report, notice=terminal_differs(desk, report))
