"""The chain of the journal: what an entry is, how it is hashed and how it is signed.

An entry is the UTF-8 JSON of an envelope, encoded once and kept as bytes ever after. Each entry's hash takes in the one
before it, and the till signs that hash with a key of its own: whoever holds the public key can tell whether an entry
was changed, taken away or slipped in (CGI art. 286 I-3° bis; BOI-TVA-DECLA-30-10-30).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from sync.errors import Reason, n_

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

GENESIS_HASH = bytes(32)
"""What stands before the first entry."""

VERSION = 1
"""Of the envelope."""


class Identity(Struct, frozen=True):
    """Whose journal it is. A till without a server has no shop of its own yet."""

    shop: str = ""
    till: str = "1"
    epoch: int = 1
    """Raised at each enrolment or restore."""


class Envelope(Struct, frozen=True):
    """What is hashed and signed. `at` is RFC 3339 in UTC, to the millisecond."""

    v: int
    shop: str
    till: str
    epoch: int
    seq: int
    kind: str
    at: str
    body: msgspec.Raw


class Entry(Struct, frozen=True, dict=True):
    """One entry of a journal, as it is kept and sent."""

    seq: int
    """Gap-free from 1, going on across epochs."""
    kind: str
    at: str
    canonical: bytes
    """The envelope's bytes: what the hash was taken of."""
    prev_hash: bytes
    hash: bytes
    signature: bytes

    @cached_property
    def envelope(self) -> Envelope:
        """The envelope, read from the canonical bytes."""
        return read_envelope(self.canonical)

    @property
    def body(self) -> msgspec.Raw:
        """The JSON of what happened: decode it with the type that the kind has."""
        return self.envelope.body


class BadEntry(Exception):
    """An entry does not hold what it should; `reason` says what is wrong with it."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"journal entry {seq}: {reason}")
        self.seq = seq
        self.reason = reason


class Signer:
    """The till's own key.

    Args:
        seed: the 32 bytes of an Ed25519 private key.
    """

    def __init__(self, seed: bytes) -> None:
        # 20 ms, which a screen that opens no store should not pay
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        self._key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key: bytes = self._key.public_key().public_bytes_raw()
        """The 32 bytes that whoever checks the journal needs."""

    def sign(self, digest: bytes) -> bytes:
        """The 64 bytes of the signature of an entry's hash."""
        return self._key.sign(digest)


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(Envelope)


def stamp(at: datetime) -> str:
    """A moment as the journal writes it: RFC 3339, UTC, milliseconds; so that texts sort as moments do.

    Raises:
        ValueError: the moment has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_envelope(canonical: bytes) -> Envelope:
    """The envelope that these bytes hold.

    Raises:
        msgspec.DecodeError: they hold none.
    """
    return _envelopes.decode(canonical)


def chain_hash(prev_hash: bytes, canonical: bytes) -> bytes:
    """SHA-256 of the hash before and the entry's bytes."""
    return hashlib.sha256(prev_hash + canonical).digest()


def make_entry(
    identity: Identity,
    signer: Signer,
    after: tuple[int, bytes],
    kind: str,
    body: Any,
    at: datetime,
) -> Entry:
    """The entry that follows `after`, the position and hash of the one before it."""
    seq, prev_hash = after[0] + 1, after[1]
    raw = body if isinstance(body, msgspec.Raw) else msgspec.Raw(_encoder.encode(body))
    written = stamp(at)
    canonical = _encoder.encode(
        Envelope(VERSION, identity.shop, identity.till, identity.epoch, seq, kind, written, raw)
    )
    digest = chain_hash(prev_hash, canonical)
    return Entry(seq, kind, written, canonical, prev_hash, digest, signer.sign(digest))


def signature_holds(public_key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed this hash."""
    # not at the top: see Signer
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_entry(entry: Entry, after: tuple[int, bytes], public_key: bytes) -> None:
    """Check an entry by itself and against the one before it.

    Args:
        after: position and hash of the entry before it.

    Raises:
        BadEntry: with the first thing that is wrong.
    """
    if entry.seq != after[0] + 1:
        raise BadEntry(
            entry.seq, Reason(n_("follows {position}: positions must have no gap"), position=after[0])
        )
    if entry.prev_hash != after[1]:
        raise BadEntry(entry.seq, n_("does not name the hash of the entry before it"))
    if chain_hash(entry.prev_hash, entry.canonical) != entry.hash:
        raise BadEntry(entry.seq, n_("its content does not have its hash"))
    if not signature_holds(public_key, entry.hash, entry.signature):
        raise BadEntry(entry.seq, n_("its signature is not this till's"))
    try:
        envelope = entry.envelope
    except msgspec.DecodeError:
        raise BadEntry(entry.seq, n_("its content cannot be read")) from None
    if (envelope.seq, envelope.kind, envelope.at) != (entry.seq, entry.kind, entry.at):
        raise BadEntry(entry.seq, n_("its position, kind or time is not what was signed"))
