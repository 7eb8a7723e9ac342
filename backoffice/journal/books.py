"""The books: what entries come to, in tables that reports read. Written in a savepoint, so that one entry that cannot
be entered takes nothing along."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Table, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError

from backoffice import schema
from backoffice.feed.publishing import Change, put
from backoffice.journal import bodies
from backoffice.journal.checking import Received
from backoffice.journal.comparing import compare_closing


class Place(Struct, frozen=True):
    """Where entries are entered."""

    till: int
    shop: int
    now: str


class Entered(Struct):
    """What came of entering entries."""

    reasons: dict[int, str] = {}
    """Why an entry could not be entered, by its position."""
    changes: list[Change] = []
    """What the shop's feed has to tell."""
    customers: set[str] = set()
    """Who bought something."""
    alarms: list[tuple[str, str]] = []
    """Kind and text."""


_Rows = dict[Table, list[dict[str, Any]]]


def enter(connection: Connection, place: Place, entries: Sequence[Received]) -> Entered:
    """Enter entries into the books; those that cannot be get a reason, and the rest is entered."""
    good = [entry for entry in entries if entry.problem is None and entry.body is not None]
    try:
        return _within_savepoint(connection, place, good)
    except (IntegrityError, DataError):
        # somebody among them is to blame: one by one, so that only he stays out
        pass
    whole = Entered()
    for entry in good:
        try:
            one = _within_savepoint(connection, place, [entry])
        except (IntegrityError, DataError) as error:
            whole.reasons[entry.seq] = _reason(entry, error)
            continue
        whole.changes += one.changes
        whole.customers |= one.customers
        whole.alarms += one.alarms
    return whole


def _within_savepoint(connection: Connection, place: Place, entries: Sequence[Received]) -> Entered:
    if not entries:
        return Entered()
    with connection.begin_nested():
        return _enter(connection, place, entries)


def _reason(entry: Received, error: IntegrityError | DataError) -> str:
    text = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "refused"
    if isinstance(entry.body, bodies.Ticket) and "uuid" in text:
        return f"another entry is ticket {entry.body.uuid} already"
    return f"the books do not take it: {text}"


def _enter(connection: Connection, place: Place, entries: Sequence[Received]) -> Entered:
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
            _add_other(rows, place, entry, entered)
    for table, values in rows.items():
        connection.execute(_insert(connection, table), values)
    _take_from_stock(connection, place.shop, sold)
    for entry in entries:
        if isinstance(entry.body, bodies.Closing):
            # after the tickets that came with it
            _close(connection, place, entry.seq, entry.body, entered)
    return entered


def _add_other(rows: _Rows, place: Place, entry: Received, entered: Entered) -> None:
    match entry.body:
        case bodies.Session() as session:
            rows[schema.cash_session].append(_session_row(place, entry, session))
        case bodies.CashMove() as move:
            rows[schema.cash_move].append(_move_row(place, entry.seq, move))
        case bodies.CustomerChange() as change:
            entered.changes.append(put(change.customer))
        case bodies.Event(code="message_read", message=int() as message):
            read = {"message": message, "till": place.till, "seq": entry.seq, "at": entry.at}
            rows[schema.message_read].append(read)


def _insert(connection: Connection, table: Table) -> Any:
    if table is not schema.message_read:
        return insert(table)
    # a message is read once, however often that is said
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def _add_ticket(rows: _Rows, place: Place, seq: int, ticket: bodies.Ticket) -> None:
    till = place.till
    value = sum(line.value if line.value is not None else line.total + line.discount for line in ticket.lines)
    rows[schema.ticket].append(
        {
            "till": till,
            "seq": seq,
            "shop": place.shop,
            "uuid": ticket.uuid,
            "number": ticket.number,
            "session": ticket.session,
            "customer": ticket.customer,
            "user": ticket.user,
            "opened_at": ticket.opened_at,
            "closed_at": ticket.closed_at,
            "subtotal": ticket.subtotal,
            "discount": ticket.discount,
            "total": ticket.total,
            "change": ticket.change,
            "value": value,
            "refund_of": ticket.refund_of,
        }
    )
    rows[schema.ticket_line] += [
        {
            "till": till,
            "seq": seq,
            "n": line.n,
            "code": line.code,
            "label": line.label,
            "quantity": line.thousandths,
            "unit_price": line.unit_price,
            "discount": line.discount,
            "total": line.total,
            "vat_rate": line.vat_rate,
            "value": line.value,
        }
        for line in ticket.lines
    ]
    rows[schema.ticket_vat] += [
        {"till": till, "seq": seq, "rate": row.rate, "net": row.net, "vat": row.vat, "gross": row.gross}
        for row in ticket.vat
    ]
    amounts, times = Counter[str](), Counter[str]()
    for payment in ticket.payments:
        amounts[payment.method] += payment.amount
        times[payment.method] += 1
    rows[schema.ticket_payment] += [
        {"till": till, "seq": seq, "method": method, "amount": amounts[method], "times": count}
        for method, count in times.items()
    ]


def _session_row(place: Place, entry: Received, session: bodies.Session) -> dict[str, Any]:
    return {
        "till": place.till,
        "number": session.number,
        "seq": entry.seq,
        "opened_at": entry.at,
        "user": session.user,
        "float": session.float_,
    }


def _move_row(place: Place, seq: int, move: bodies.CashMove) -> dict[str, Any]:
    return {
        "till": place.till,
        "seq": seq,
        "session": move.session,
        "amount": move.amount,
        "reason": move.reason,
        "user": move.user,
    }


def _take_from_stock(connection: Connection, shop: int, sold: Counter[str]) -> None:
    """What was sold is there no more; what came back is. In the order of codes, so that no two wait in a ring."""
    rows = [{"shop": shop, "code": code, "quantity": -count} for code, count in sorted(sold.items()) if count]
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = dialect.insert(schema.stock)
    total = schema.stock.c.quantity + made.excluded.quantity
    connection.execute(
        made.on_conflict_do_update(index_elements=["shop", "code"], set_={"quantity": total}), rows
    )


def _close(connection: Connection, place: Place, seq: int, closing: bodies.Closing, entered: Entered) -> None:
    """Keep a closing, with what it says differently from the entries that it closes."""
    differences = compare_closing(connection, place.till, closing)
    connection.execute(
        insert(schema.closing).values(
            till=place.till,
            seq=seq,
            kind=closing.kind,
            number=closing.number,
            first_seq=closing.first_seq,
            last_seq=closing.last_seq,
            closed_at=closing.closed_at,
            tickets=closing.tickets,
            total=closing.total,
            differences="; ".join(differences),
        )
    )
    if differences:
        text = f"{closing.kind} {closing.number} does not say what was sold: {'; '.join(differences)}"
        entered.alarms.append(("closing", text))
    if closing.session is not None:
        table = schema.cash_session
        mine = (table.c.till == place.till) & (table.c.number == closing.session)
        connection.execute(update(table).where(mine).values(closed_seq=seq, closed_at=closing.closed_at))
