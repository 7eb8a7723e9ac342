"""The books: what entries come to, in tables that reports read. Written in a savepoint, so that one entry that cannot
be entered takes nothing along."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from backoffice.bulk import Row, insert_rows
from backoffice.database import in_a_line, refuses_content
from backoffice.feed.publishing import Change
from backoffice.journal import bodies
from backoffice.journal.checking import Received
from backoffice.journal.customers import change_customer
from sync.protocol.reasons import Cause, cause


class Place(Struct, frozen=True):
    """Where entries are entered."""

    till: int
    shop: int
    now: str


class Entered(Struct):
    """What came of entering entries."""

    reasons: dict[int, Cause] = {}
    """Why an entry could not be entered, by its position."""
    changes: list[Change] = []
    """What the shop's feed has to tell."""
    customers: set[str] = set()
    """Who bought something."""
    alarms: list[tuple[str, str]] = []
    """Kind and text."""


_Rows = dict[str, list[Row]]
"""By table, in the order of its columns below."""

_COLUMNS: dict[str, tuple[str, ...]] = {
    "ticket": (
        *("till", "seq", "shop", "uuid", "number", "session", "customer", "user", "opened_at", "closed_at"),
        *("subtotal", "discount", "total", "change", "value", "refund_of"),
    ),
    "ticket_line": (
        *("till", "seq", "n", "code", "label", "quantity", "unit_price", "discount", "total", "vat_rate"),
        *("value", "family"),
    ),
    "ticket_vat": ("till", "seq", "rate", "net", "vat", "gross"),
    "ticket_payment": ("till", "seq", "method", "amount", "times"),
    "cash_session": ("till", "number", "seq", "opened_at", "user", "float"),
    "cash_move": ("till", "seq", "session", "amount", "reason", "user"),
    "closing": (
        *("till", "seq", "kind", "number", "first_seq", "last_seq", "closed_at", "tickets", "total"),
        "differences",
    ),
    "message_read": ("message", "till", "seq", "at"),
}
_ADD_UP = "ON CONFLICT (shop, code) DO UPDATE SET quantity = stock.quantity + excluded.quantity"
# a message is read once, however often that is said
_ENDINGS = {"message_read": "ON CONFLICT DO NOTHING"}


def enter(connection: Connection, place: Place, entries: Sequence[Received]) -> Entered:
    """Enter entries into the books; those that cannot be get a reason, and the rest is entered."""
    good = [entry for entry in entries if entry.problem is None and entry.body is not None]
    try:
        return _within_savepoint(connection, place, good)
    except (DBAPIError, OverflowError) as error:
        if not refuses_content(error):
            raise
    # somebody among them is to blame: one by one, so that only he stays out
    whole = Entered()
    for entry in good:
        try:
            one = _within_savepoint(connection, place, [entry], whole.changes)
        except (DBAPIError, OverflowError) as error:
            if not refuses_content(error):
                raise
            whole.reasons[entry.seq] = _reason(entry, error)
            continue
        whole.changes += one.changes
        whole.customers |= one.customers
        whole.alarms += one.alarms
    return whole


def _within_savepoint(
    connection: Connection, place: Place, entries: Sequence[Received], pending: Sequence[Change] = ()
) -> Entered:
    """Enter entries; `pending`: what the feed has to tell of those before them."""
    if not entries:
        return Entered()
    with connection.begin_nested():
        return _enter(connection, place, entries, pending)


def _reason(entry: Received, error: DBAPIError | OverflowError) -> Cause:
    match entry.body:
        case bodies.Ticket() as ticket if isinstance(error, IntegrityError) and "uuid" in str(error.orig):
            return cause("ticket_taken", uuid=ticket.uuid)
        case bodies.Session() as session if isinstance(error, IntegrityError):
            return cause("session_taken", number=session.number)
        case bodies.Closing() as closing if isinstance(error, IntegrityError):
            return cause("closing_taken", kind=closing.kind, number=closing.number)
    return cause("books_refuse", error=in_a_line(error))


def _enter(
    connection: Connection, place: Place, entries: Sequence[Received], pending: Sequence[Change]
) -> Entered:
    entered = Entered()
    rows: _Rows = defaultdict(list)
    sold: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry.body, bodies.Ticket):
            _add_ticket(rows, place, entry.seq, entry.body)
            for line in entry.body.lines:
                sold[line.code] += line.thousandths
            if entry.body.customer is not None:
                entered.customers.add(entry.body.customer)
        else:
            _add_other(rows, place, entry)
    for table, values in rows.items():
        insert_rows(connection, table, _COLUMNS[table], values, _ENDINGS.get(table, ""))
    _take_from_stock(connection, place.shop, sold)
    for entry in entries:
        if isinstance(entry.body, bodies.CustomerChange):
            change, kept = change_customer(connection, place.shop, entry.body, (*pending, *entered.changes))
            entered.changes.append(change)
            entered.alarms += [
                ("customer", cause("entry_in_part", seq=entry.seq, reason=text)) for text in kept
            ]
    return entered


def _add_other(rows: _Rows, place: Place, entry: Received) -> None:
    match entry.body:
        case bodies.Session() as session:
            opened = (session.number, entry.seq, entry.at, session.user, session.float_)
            rows["cash_session"].append((place.till, *opened))
        case bodies.CashMove() as move:
            moved = (move.session, move.amount, move.reason, move.user)
            rows["cash_move"].append((place.till, entry.seq, *moved))
        case bodies.Closing() as closing:
            closed = (closing.kind, closing.number, closing.first_seq, closing.last_seq, closing.closed_at)
            # judged once all that it closes is here
            rows["closing"].append((place.till, entry.seq, *closed, closing.tickets, closing.total, ""))
        case bodies.Event(code="message_read", message=int() as message):
            rows["message_read"].append((message, place.till, entry.seq, entry.at))


def _add_ticket(rows: _Rows, place: Place, seq: int, ticket: bodies.Ticket) -> None:
    key = (place.till, seq)
    lines, amounts, times = ticket.lines, Counter[str](), Counter[str]()
    for payment in ticket.payments:
        amounts[payment.method] += payment.amount
        times[payment.method] += 1
    value = sum(line.value if line.value is not None else line.total for line in lines)
    names = (ticket.uuid, ticket.number, ticket.session, ticket.customer, ticket.user)
    moments = (ticket.opened_at, ticket.closed_at)
    sums = (ticket.subtotal, ticket.discount, ticket.total, ticket.change, value)
    rows["ticket"].append((*key, place.shop, *names, *moments, *sums, ticket.refund_of))
    rows["ticket_line"] += [
        (
            *key,
            line.n,
            line.code,
            line.label,
            line.thousandths,
            line.unit_price,
            line.discount,
            line.total,
            line.vat_rate,
            line.value,
            line.family,
        )
        for line in lines
    ]
    rows["ticket_vat"] += [(*key, row.rate, row.net, row.vat, row.gross) for row in ticket.vat]
    rows["ticket_payment"] += [(*key, method, amounts[method], count) for method, count in times.items()]


def _take_from_stock(connection: Connection, shop: int, sold: Counter[str]) -> None:
    """What was sold is there no more; what came back is. In the order of codes, so that no two wait in a ring."""
    rows = [(shop, code, -count) for code, count in sorted(sold.items()) if count]
    insert_rows(connection, "stock", ("shop", "code", "quantity"), rows, _ADD_UP)
