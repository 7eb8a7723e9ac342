"""What is written together: a step of a sale is one transaction, on disk as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from sync.protocol.journal import Entry, Identity, Signer, stamp
from sync.store import inbox, journal, schema, settings
from sync.store.connection import Held
from sync.store.journal import Head

if TYPE_CHECKING:
    from sync.store.rows import ClosedRow, SessionRow

P = ParamSpec("P")
T = TypeVar("T")

_COUNT = upsert(schema.counter)
_ADD_TO_COUNTER = _COUNT.on_conflict_do_update(
    index_elements=["name"], set_={"value": schema.counter.c.value + _COUNT.excluded.value}
).returning(schema.counter.c.value)

_PUT_HEADER = upsert(schema.open_ticket)
_PUT_HEADER = _PUT_HEADER.on_conflict_do_update(
    index_elements=["uuid"], set_={"header": _PUT_HEADER.excluded.header}
)

_PUT_LINE = upsert(schema.open_line)
_PUT_LINE = _PUT_LINE.on_conflict_do_update(
    index_elements=["uuid", "n"], set_={"data": _PUT_LINE.excluded.data}
)

_DROP_LINE = delete(schema.open_line).where(
    schema.open_line.c.uuid == bindparam("of"), schema.open_line.c.n == bindparam("number")
)
_LAST_HELD = select(func.coalesce(func.max(schema.open_ticket.c.held), 0) + 1)


class Transaction:
    """Writes that become durable together when the `async with` of `Store.transaction` ends, or none of them.

    Every method may raise a `StoreError`; the whole transaction is then undone.
    """

    def __init__(self, writer: Held, head: Head, identity: Identity, signer: Signer) -> None:
        self._writer = writer
        self._identity = identity
        self._signer = signer
        self.head = head
        """Position and hash of the last entry, those of this transaction included."""

    async def _run(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        return await self._writer.run(work, *args, **named)

    # --- the journal

    async def append(self, kind: str, body: object, *, at: datetime) -> Entry:
        """Add an entry to the journal.

        Args:
            body: what msgspec can encode, or a `msgspec.Raw` of JSON.
            at: when it happened, with its zone.
        """
        entry = await self._run(self._append, kind, body, at)
        self.head = Head(entry.seq, entry.hash)
        return entry

    def _append(self, connection: Connection, kind: str, body: object, at: datetime) -> Entry:
        return journal.append(
            connection, self._identity, self._signer, self.head, kind=kind, body=body, at=at
        )

    async def next_number(self, series: str) -> int:
        """The next number of a series, from 1; without a gap, since it is given back with the transaction."""
        return await self.add_to_counter(series, 1)

    async def add_to_counter(self, name: str, amount: int) -> int:
        """Add to a counter, and give what it comes to."""
        return await self._run(_add_to_counter, name, amount)

    async def put_setting(self, name: str, value: bytes) -> None:
        """Write a setting over what it was."""
        await self._run(settings.put, name, value)

    async def message_read(self, id_: str, at: datetime) -> None:
        """Somebody here has read a message of the server."""
        await self._run(inbox.mark_read, id_, stamp(at))

    # --- open tickets

    async def keep_open(
        self, uuid: str, header: bytes, lines: Mapping[int, bytes], dropped: Collection[int] = ()
    ) -> None:
        """Keep an open ticket: its header, and those of its lines that changed.

        Args:
            lines: the new and changed ones, by number.
            dropped: the numbers of those that are gone.
        """
        await self._run(_keep_open, uuid, header, lines, dropped)

    async def set_held(self, uuid: str, *, held: bool, at: datetime) -> None:
        """Set a ticket aside, or take it up again: one ticket at most is not aside."""
        await self._run(_set_held, uuid, held, at)

    async def drop_open(self, uuid: str) -> None:
        """Forget an open ticket: it is closed or given up."""
        await self._run(_drop_open, uuid)

    # --- what is closed

    async def keep_closed(self, row: ClosedRow) -> None:
        """Keep what searches and reports need of a ticket whose entry is in the journal."""
        await self._run(_keep_closed, row)

    async def open_session(self, row: SessionRow) -> None:
        """Open a cash session; there must be no other."""
        await self._run(_open_session, row)

    async def close_session(self, session: int, seq: int, closed_at: str) -> None:
        """Close a cash session.

        Args:
            seq: position of the journal entry that closes it.
        """
        await self._run(_close_session, session, seq, closed_at)

    async def cash_moved(self, session: int, seq: int, amount: int, reason: str) -> None:
        """Keep cash that was put into the drawer (positive) or taken from it.

        Args:
            seq: position of its journal entry.
        """
        await self._run(_insert, schema.cash_move, session=session, seq=seq, amount=amount, reason=reason)

    async def keep_closing(self, kind: str, number: int, first_seq: int, last_seq: int, body: bytes) -> None:
        """Keep a closing, for ever.

        Args:
            kind: `z`, `day`, `month` or `year`.
            number: the next one of its kind.
            first_seq: the first and
            last_seq: the last journal entry that it holds.
        """
        await self._run(
            _insert,
            schema.closing,
            kind=kind,
            number=number,
            first_seq=first_seq,
            last_seq=last_seq,
            body=body,
        )


def _insert(connection: Connection, table: Table, /, **values: object) -> None:
    connection.execute(insert(table), values)


def _add_to_counter(connection: Connection, name: str, amount: int) -> int:
    return int(connection.execute(_ADD_TO_COUNTER, {"name": name, "value": amount}).scalar_one())


def _keep_open(
    connection: Connection, uuid: str, header: bytes, lines: Mapping[int, bytes], dropped: Collection[int]
) -> None:
    connection.execute(_PUT_HEADER, {"uuid": uuid, "header": header})
    if lines:
        rows = [{"uuid": uuid, "n": n, "data": data} for n, data in lines.items()]
        connection.execute(_PUT_LINE, rows)
    if dropped:
        connection.execute(_DROP_LINE, [{"of": uuid, "number": n} for n in dropped])


def _set_held(connection: Connection, uuid: str, held: bool, at: datetime) -> None:
    table = schema.open_ticket
    order = connection.execute(_LAST_HELD).scalar_one() if held else None
    values = {"held": order, "held_at": stamp(at) if held else None}
    connection.execute(update(table).where(table.c.uuid == uuid), values)


def _drop_open(connection: Connection, uuid: str) -> None:
    connection.execute(delete(schema.open_ticket).where(schema.open_ticket.c.uuid == uuid))


def _keep_closed(connection: Connection, row: ClosedRow) -> None:
    _insert(
        connection,
        schema.closed_ticket,
        seq=row.seq,
        number=row.number,
        uuid=row.uuid,
        session=row.session,
        closed_at=row.closed_at,
        total=row.total,
        change=row.change,
        lines=row.lines,
        user=row.user,
        customer=row.customer,
        refund_of=row.refund_of,
    )
    if row.vat:
        vat = [dict(zip(("rate", "net", "vat", "gross"), sums, strict=True)) for sums in row.vat]
        connection.execute(insert(schema.closed_vat), [{"seq": row.seq, **sums} for sums in vat])
    if row.payments:
        payments = [dict(zip(("method", "amount", "times"), sums, strict=True)) for sums in row.payments]
        connection.execute(insert(schema.closed_payment), [{"seq": row.seq, **sums} for sums in payments])


def _open_session(connection: Connection, row: SessionRow) -> None:
    _insert(
        connection,
        schema.session,
        id=row.id,
        seq=row.seq,
        opened_at=row.opened_at,
        float=row.float_,
        user=row.user,
    )


def _close_session(connection: Connection, session: int, seq: int, closed_at: str) -> None:
    table = schema.session
    connection.execute(
        update(table).where(table.c.id == session), {"closed_seq": seq, "closed_at": closed_at}
    )
