"""A batch of entries is checked before the database is asked anything: chain, signatures, content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from backoffice.journal.bodies import BODIES, BadContent
from backoffice.journal.signatures import Claim, Verifier
from backoffice.refusals import BadEntry
from sync.protocol import Envelope, chain_hash, read_envelope
from sync.protocol.reasons import Cause, cause
from sync.protocol.wire import MAX_ENTRIES, Push, SentEntry

_HASH_SIZE, _SIGNATURE_SIZE = 32, 64
_LARGEST_SEQ = 2**53
_VERSION = 1


class Origin(Struct, frozen=True):
    """Whose entries these are to be."""

    shop: str
    number: str
    """The till's, in its shop."""
    epoch: int
    keys: Mapping[int, bytes]
    """The till's public key in each of its epochs."""

    def key_of(self, received: Received) -> bytes:
        """The key that signed an entry."""
        return self.keys.get(received.epoch) or self.keys[self.epoch]


class Received(Struct, frozen=True):
    """An entry as it came, and what was found when it was checked by itself."""

    seq: int
    epoch: int
    kind: str
    at: str
    canonical: bytes
    prev_hash: bytes
    hash: bytes
    signature: bytes
    body: Struct | None = None
    """What the books take from it; None where they take nothing, or it has a problem."""
    problem: Cause | None = None


async def check_push(push: Push, origin: Origin, verifier: Verifier) -> list[Received]:
    """Check the entries of a push.

    Raises:
        BadEntry: one of them cannot even be stored, or they do not stand in a row.
    """
    return await _check_signatures(_check_all(push, origin), origin, verifier)


def _check_all(push: Push, origin: Origin) -> list[Received]:
    if not push.entries:
        return []
    if len(push.entries) > MAX_ENTRIES:
        raise BadEntry("too_many_entries", most=MAX_ENTRIES)
    prev_hash = _bytes(push.prev_hash, _HASH_SIZE)
    first = push.entries[0].seq
    found = []
    for place, sent in enumerate(push.entries):
        if sent.seq != first + place or not 0 < sent.seq <= _LARGEST_SEQ:
            raise BadEntry("out_of_row", seq=sent.seq)
        received = _check(sent, prev_hash, origin)
        found.append(received)
        prev_hash = received.hash
    return found


async def check_again(sent: SentEntry, prev_hash: bytes, origin: Origin, verifier: Verifier) -> Received:
    """Check an entry that is stored already."""
    return (await _check_signatures([_check(sent, prev_hash, origin)], origin, verifier))[0]


async def _check_signatures(
    entries: Sequence[Received], origin: Origin, verifier: Verifier
) -> list[Received]:
    claims = [Claim(origin.key_of(entry), entry.hash, entry.signature) for entry in entries]
    verdicts = await verifier.hold(claims)
    return [
        entry if holds or entry.problem else replace(entry, body=None, problem=cause("entry_not_signed"))
        for entry, holds in zip(entries, verdicts, strict=True)
    ]


def _bytes(text: str, size: int) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != size:
        raise BadEntry("odd_hash", text=repr(text[:80]))
    return value


def _check(sent: SentEntry, prev_hash: bytes, origin: Origin) -> Received:
    digest, signature = _bytes(sent.hash, _HASH_SIZE), _bytes(sent.signature, _SIGNATURE_SIZE)
    canonical = sent.canonical.encode("utf-8", "surrogateescape")
    try:
        envelope = read_envelope(canonical)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _unreadable(sent.seq, canonical, prev_hash, digest, signature, origin)
    problem = _problem(envelope, sent.seq, origin)
    if chain_hash(prev_hash, canonical) != digest:
        problem = cause("entry_altered")
    body = None
    if problem is None and envelope.kind in BODIES:
        try:
            body = BODIES[envelope.kind](envelope.body)
        except BadContent as error:
            problem = error.reason
    return Received(
        seq=sent.seq,
        # what a till wrote before it was enrolled, it signed with the key that it brought
        epoch=envelope.epoch if envelope.shop and problem is None else origin.epoch,
        kind=_plain(envelope.kind),
        at=_plain(envelope.at),
        canonical=canonical,
        prev_hash=prev_hash,
        hash=digest,
        signature=signature,
        body=body,
        problem=problem,
    )


def _unreadable(
    seq: int, canonical: bytes, prev_hash: bytes, digest: bytes, signature: bytes, origin: Origin
) -> Received:
    """Kept as it came all the same."""
    return Received(
        seq=seq,
        epoch=origin.epoch,
        kind="?",
        at="?",
        canonical=canonical,
        prev_hash=prev_hash,
        hash=digest,
        signature=signature,
        problem=cause("entry_unreadable"),
    )


def _plain(text: str) -> str:
    """What a column of text can hold: PostgreSQL knows no NUL."""
    return text.replace("\0", "�")[:80]


def _problem(envelope: Envelope, seq: int, origin: Origin) -> Cause | None:
    """Why the entry is not one of this till at this position."""
    if envelope.v != _VERSION or envelope.seq != seq:
        return cause("entry_elsewhere", seq=envelope.seq, version=envelope.v)
    # what a till wrote before it was enrolled names no shop
    if envelope.shop and (envelope.shop, envelope.till) != (origin.shop, origin.number):
        return cause("entry_of_another", till=_plain(envelope.till), shop=_plain(envelope.shop))
    if not 0 <= envelope.epoch <= origin.epoch:
        return cause("entry_of_epoch", epoch=envelope.epoch, now=origin.epoch)
    return None
