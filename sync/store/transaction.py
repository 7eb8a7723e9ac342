"""What is written together: a step of a sale is one transaction, on disk as a whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sync.protocol.journal import Entry, Identity, Signer, make_entry, stamp
from sync.store import archives, compiled, inbox, journal, own_customers, settings, spool
from sync.store.chain import Head
from sync.store.connection import Connection
from sync.store.database import Writing

if TYPE_CHECKING:
    from sync.protocol.records import CustomerRecord
    from sync.store.archives import Archived
    from sync.store.rows import ClosedRow, SessionRow
    from sync.store.spool import JobRow


class Transaction:
    """Writes that become durable together when the `async with` of `Store.transaction` ends, or none of them.

    A `StoreError` undoes the whole transaction: it is raised by the end of it, or by the next method that gives
    something back. Until then writes are collected, so that most steps make one trip to the database.
    """

    def __init__(self, writer: Writing, head: Head, identity: Identity, signer: Signer) -> None:
        self._writer = writer
        self._identity = identity
        self._signer = signer
        self.head = head
        """Position and hash of the last entry, those of this transaction included."""

    # --- the journal

    async def append(self, kind: str, body: object, *, at: datetime) -> Entry:
        """Add an entry to the journal.

        Args:
            body: what msgspec can encode, or a `msgspec.Raw` of JSON.
            at: when it happened, with its zone.
        """
        entry = make_entry(self._identity, self._signer, self.head, kind, body, at)
        self._writer.later(journal.add, entry)
        self.head = Head(entry.seq, entry.hash)
        return entry

    async def next_number(self, series: str) -> int:
        """The next number of a series, from 1; without a gap, since it is given back with the transaction."""
        return await self.add_to_counter(series, 1)

    async def add_to_counter(self, name: str, amount: int) -> int:
        """Add to a counter, and give what it comes to."""
        return await self._writer.run(settings.add_to_counter, name, amount)

    async def put_setting(self, name: str, value: bytes) -> None:
        """Write a setting over what it was."""
        self._writer.later(settings.put, name, value)

    async def message_read(self, id_: str, at: datetime) -> None:
        """Somebody here has read a message of the server."""
        self._writer.later(inbox.mark_read, id_, stamp(at))

    async def put_customer(self, record: CustomerRecord) -> None:
        """Write a customer made or changed here, as its entry tells; the feed brings the server's word later."""
        self._writer.later(own_customers.put, record)

    # --- archives

    async def keep_archive(self, archived: Archived) -> None:
        """An archive was made: its entry belongs to the same transaction."""
        self._writer.later(archives.add, archived)

    async def let_go(self, through: int, at: datetime) -> None:
        """Let go every entry through this one, the last of an archive; `Archives.sweep` takes them away."""
        archives.put_let_go(self._writer, through, stamp(at))

    # --- print jobs

    async def add_job(self, row: JobRow, at: datetime) -> None:
        """Keep a new print job, behind the others."""
        self._writer.later(spool.add, row, stamp(at))

    async def move_job(self, row: JobRow, at: datetime, data: bytes | None = None) -> None:
        """Keep how far a print job has come; one that was never added is passed over.

        Args:
            data: the bytes that are about to leave; None: those that were kept stay.
        """
        self._writer.later(spool.move, row, data, stamp(at))

    # --- open tickets

    async def keep_open(
        self, uuid: str, header: bytes, lines: Mapping[int, bytes], dropped: Collection[int] = ()
    ) -> None:
        """Keep an open ticket: its header, and those of its lines that changed.

        Args:
            lines: the new and changed ones, by number.
            dropped: the numbers of those that are gone.
        """
        self._writer.later(_keep_open, uuid, header, lines, dropped)

    async def set_held(self, uuid: str, *, held: bool, at: datetime) -> None:
        """Set a ticket aside, or take it up again: one ticket at most is not aside."""
        self._writer.later(_set_held, uuid, held, at)

    async def drop_open(self, uuid: str) -> None:
        """Forget an open ticket: it is closed or given up."""
        self._writer.later(Connection.do, compiled.DROP_OPEN, uuid=uuid)

    # --- what is closed

    async def keep_closed(self, row: ClosedRow) -> None:
        """Keep what searches and reports need of a ticket whose entry is in the journal."""
        self._writer.later(keep_closed, row)

    async def open_session(self, row: SessionRow) -> None:
        """Open a cash session; there must be no other."""
        self._writer.later(open_session, row)

    async def close_session(self, session: int, seq: int, closed_at: str) -> None:
        """Close a cash session.

        Args:
            seq: position of the journal entry that closes it.
        """
        self._writer.later(
            Connection.do, compiled.CLOSE_SESSION, of=session, closed_seq=seq, closed_at=closed_at
        )

    async def cash_moved(self, session: int, seq: int, amount: int, reason: str) -> None:
        """Keep cash that was put into the drawer (positive) or taken from it.

        Args:
            seq: position of its journal entry.
        """
        self._writer.later(
            Connection.do, compiled.ADD_MOVE, session=session, seq=seq, amount=amount, reason=reason
        )

    async def keep_closing(self, kind: str, number: int, first_seq: int, last_seq: int, body: bytes) -> None:
        """Keep a closing, for ever.

        Args:
            kind: `z`, `day`, `month` or `year`.
            number: the next one of its kind.
            first_seq: the first and
            last_seq: the last journal entry that it holds.
        """
        self._writer.later(
            Connection.do,
            compiled.ADD_CLOSING,
            kind=kind,
            number=number,
            first_seq=first_seq,
            last_seq=last_seq,
            body=body,
        )


def _keep_open(
    connection: Connection, uuid: str, header: bytes, lines: Mapping[int, bytes], dropped: Collection[int]
) -> None:
    connection.do(compiled.PUT_HEADER, uuid=uuid, header=header)
    connection.many(compiled.PUT_LINE, [{"uuid": uuid, "n": n, "data": data} for n, data in lines.items()])
    connection.many(compiled.DROP_LINE, [{"uuid": uuid, "n": n} for n in dropped])


def _set_held(connection: Connection, uuid: str, held: bool, at: datetime) -> None:
    order = (connection.value(compiled.LAST_HELD) or 0) + 1 if held else None
    connection.do(compiled.SET_HELD, of=uuid, held=order, held_at=stamp(at) if held else None)


def keep_closed(connection: Connection, row: ClosedRow) -> None:
    """Write a closed ticket with its sums."""
    connection.do(
        compiled.ADD_CLOSED,
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
    connection.many(
        compiled.ADD_CLOSED_VAT,
        [
            {"seq": row.seq, "rate": rate, "net": net, "vat": vat, "gross": gross}
            for rate, net, vat, gross in row.vat
        ],
    )
    connection.many(
        compiled.ADD_CLOSED_PAYMENT,
        [
            {"seq": row.seq, "method": method, "amount": amount, "times": times}
            for method, amount, times in row.payments
        ],
    )


def open_session(connection: Connection, row: SessionRow) -> None:
    """Write a cash session that begins."""
    connection.do(
        compiled.OPEN_SESSION,
        id=row.id,
        seq=row.seq,
        opened_at=row.opened_at,
        float=row.float_,
        user=row.user,
    )
