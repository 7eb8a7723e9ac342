"""A till that came back from an old backup gets its own entries back from the server, and its books with them.

Entries are written as they were signed. What searches and reports read is made from them, as it was made when they
were new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from sync.protocol.journal import BadEntry, Entry, check_entry
from sync.store import archives, compiled, journal, own_customers, settings
from sync.store.archives import Archived
from sync.store.booked import booked
from sync.store.chain import Head
from sync.store.connection import Connection
from sync.store.errors import JournalBroken
from sync.store.own_customers import CustomerEntry
from sync.store.rows import CUSTOMER, GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, TICKET, SessionRow
from sync.store.transaction import keep_closed, open_session

_NOT_KEPT = frozenset({"jet", "user", "session"})
"""What a closing's entry says beside its report."""


class _Session(Struct):
    number: int
    user: str
    float_: int = field(name="float")


class _Cash(Struct):
    session: int
    amount: int
    reason: str


class _Closing(Struct):
    kind: str
    number: int
    first_seq: int
    closed_at: str = ""
    session: int | None = None


class _Event(Struct):
    code: str = ""


def restore(connection: Connection, after: Head, entries: Sequence[Entry], public_key: bytes) -> Head:
    """Write entries behind `after`, within a transaction; gives the last one's place.

    Raises:
        JournalBroken: they are not what this till has signed, or do not follow `after`.
    """
    for entry in entries:
        try:
            check_entry(entry, after, public_key)
            _write(connection, entry)
        except (BadEntry, msgspec.MsgspecError, ValueError) as error:
            raise JournalBroken(entry.seq, getattr(error, "reason", str(error))) from error
        after = Head(entry.seq, entry.hash)
    return after


def _write(connection: Connection, entry: Entry) -> None:
    journal.add(connection, entry)
    if (book := _BOOKS.get(entry.kind)) is not None:
        book(connection, entry)


def _ticket(connection: Connection, entry: Entry) -> None:
    ticket = booked(entry)
    # it may lie open still in what the backup holds
    connection.do(compiled.DROP_OPEN, uuid=ticket.uuid)
    keep_closed(connection, ticket)
    _count_to(connection, TICKET, int(ticket.number.rpartition("-")[2]))
    settings.add_to_counter(connection, GRAND_TOTAL, ticket.total)
    settings.add_to_counter(connection, GRAND_TOTAL_ABSOLUTE, abs(ticket.total))


def _session(connection: Connection, entry: Entry) -> None:
    session = msgspec.json.decode(entry.body, type=_Session)
    opened_at = f"{entry.at[:19]}Z"
    open_session(connection, SessionRow(session.number, opened_at, entry.seq, session.float_, session.user))
    _count_to(connection, "session", session.number)


def _cash(connection: Connection, entry: Entry) -> None:
    cash = msgspec.json.decode(entry.body, type=_Cash)
    connection.do(
        compiled.ADD_MOVE, session=cash.session, seq=entry.seq, amount=cash.amount, reason=cash.reason
    )


def _closing(connection: Connection, entry: Entry) -> None:
    closing = msgspec.json.decode(entry.body, type=_Closing)
    report: dict[str, Any] = msgspec.json.decode(entry.body)
    body = msgspec.json.encode({name: value for name, value in report.items() if name not in _NOT_KEPT})
    connection.do(
        compiled.ADD_CLOSING,
        kind=closing.kind,
        number=closing.number,
        first_seq=closing.first_seq,
        last_seq=entry.seq,
        body=body,
    )
    _count_to(connection, closing.kind, closing.number)
    if closing.session is not None:
        connection.do(
            compiled.CLOSE_SESSION, of=closing.session, closed_seq=entry.seq, closed_at=closing.closed_at
        )


def _event(connection: Connection, entry: Entry) -> None:
    if msgspec.json.decode(entry.body, type=_Event).code == "archived":
        archives.add(connection, msgspec.json.decode(entry.body, type=Archived))


def _customer(connection: Connection, entry: Entry) -> None:
    told = msgspec.json.decode(entry.body, type=CustomerEntry)
    own_customers.put(connection, told.customer)
    if told.before is None:
        # a code that was given is not given again
        _count_to(connection, CUSTOMER, int(told.customer.code.rpartition("-C")[2]))


def _count_to(connection: Connection, name: str, value: int) -> None:
    settings.add_to_counter(connection, name, value - settings.count_of(connection, name))


_BOOKS = {
    TICKET: _ticket,
    "session": _session,
    "cash": _cash,
    "closing": _closing,
    CUSTOMER: _customer,
    "event": _event,
}
