"""A till that came back from a backup gets the entries that it lost back from the server."""

from __future__ import annotations

from msgspec import DecodeError, json
from msgspec.structs import replace

from sync.errors import BadReply, Reason, n_
from sync.events import Events, JournalRestored
from sync.membership import Membership, keep_membership
from sync.ports import Clock
from sync.protocol import Entry, Identity, read_envelope
from sync.protocol.wire import MAX_ENTRIES, SentEntry
from sync.server import Server
from sync.store import Head, Store

_sent = json.Decoder(SentEntry)


async def take_epoch(store: Store, membership: Membership, epoch: int) -> Membership:
    """Go on in another epoch, before anything is written in it."""
    membership = replace(membership, epoch=epoch)
    identity = Identity(membership.shop_id, membership.number, epoch)
    async with store.enrolment(identity) as transaction:
        await keep_membership(transaction, membership)
    return membership


async def recover(store: Store, server: Server, events: Events, clock: Clock) -> int:
    """Bring back every entry behind the last one that is here; gives how many they were.

    Raises:
        SyncError: they could not be had; nothing was written.
        JournalBroken: they are not this till's, or somebody has sold here meanwhile.
    """
    lost, after = list[Entry](), store.journal.head
    while entries := await _fetch(server, after):
        lost += entries
        after = Head(entries[-1].seq, entries[-1].hash)
    if lost:
        # all at once: nobody can sell between two of them
        await store.restore(lost)
        await store.outbox.settle(after.seq)
        async with store.transaction() as transaction:
            body = {"code": "journal_restored", "entries": len(lost)}
            await transaction.append("event", body, at=clock.now())
        events.tell(JournalRestored(after.seq))
    return len(lost)


async def _fetch(server: Server, after: Head) -> list[Entry]:
    body = await server.fetch("GET", f"/v1/journal?after={after.seq}&limit={MAX_ENTRIES}")
    entries, prev_hash = [], after.hash
    for line in body.splitlines():
        try:
            entry = _entry(_sent.decode(line), prev_hash)
        except (DecodeError, ValueError) as error:
            raise BadReply(
                reason=Reason(n_("an entry of this till's journal: {error}"), error=error)
            ) from error
        entries.append(entry)
        prev_hash = entry.hash
    return entries


def _entry(sent: SentEntry, prev_hash: bytes) -> Entry:
    canonical = sent.canonical.encode()
    envelope = read_envelope(canonical)
    return Entry(
        sent.seq,
        envelope.kind,
        envelope.at,
        canonical,
        prev_hash,
        bytes.fromhex(sent.hash),
        bytes.fromhex(sent.signature),
    )
