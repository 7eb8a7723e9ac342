"""The calls between a till and its server: what is asked and what is answered.

Bodies are JSON; fields that are not known are ignored, so a new optional field breaks nobody. Hashes, keys and
signatures are hexadecimal, times RFC 3339 in UTC with milliseconds, waits seconds, amounts minor units.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from sync.protocol.journal import Entry
from sync.protocol.reasons import Spelled
from sync.protocol.terms import OfferRecord

PROTOCOL_MIN = 1
PROTOCOL_MAX = 1
"""The protocol versions that this program speaks."""

HANDLE = 1
"""The version of the feed's records; a new required field would be a new handle."""

STREAM = "shop"
"""The stream of a shop: all that its tills consume."""

TILL_STREAM = "till"
"""Of that, what is for some tills only: for a till whose other data came by a file, which does not hold these."""

MAX_ENTRIES = 100
"""In one push."""
MAX_BODY = 256 * 1024
"""Bytes of a request's body as it is sent, compressed."""
MAX_PLAIN = 4 * 1024 * 1024
"""Bytes of a request's body once it is decompressed."""

PROTOCOL_HEADER = "tui-protocol"
"""On every answer of a server: `MIN-MAX`. A captive portal does not send it."""
TIME_HEADER = "tui-time"
"""On every answer: the server's time in milliseconds since 1970, finer than `Date`."""

Position = Annotated[int, Meta(ge=0, le=2**53)]
"""A place in a journal or in the feed: JSON elsewhere counts no further (RFC 8259, 6)."""
Epoch = Annotated[int, Meta(ge=0, le=1_000_000)]
"""Raised at each enrolment and restore. Far below what a request's header and a database can hold: they go on."""
Name = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]
"""What a database can hold and a person read."""


def _hexadecimal(size: int, *, may_be_empty: bool = False) -> Meta:
    """Says how long it is; whoever reads it says what is wrong with it, in words."""
    digits = f"[0-9a-fA-F]{{{2 * size}}}"
    return Meta(extra_json_schema={"pattern": f"^({digits})?$" if may_be_empty else f"^{digits}$"})


Hash = Annotated[str, _hexadecimal(32)]
HashOrNone = Annotated[str, _hexadecimal(32, may_be_empty=True)]


# --- enrolment


class EnrolRequest(Struct, frozen=True, kw_only=True):
    """A till presents its one-time code. The request is signed with the key that it brings, as till `""`, epoch 0."""

    code: str
    public_key: Hash
    database: Name
    """The identifier of the till's database: another machine, or one made anew, has another."""
    program: Name = ""
    schema: Name = ""
    epoch: Epoch = 0
    """The till's own so far; the new one is above it."""
    start: Position = 0
    """The position that the first entry to be sent follows; 0: the journal is sent from its beginning."""
    start_hash: HashOrNone = ""
    """The hash at `start`."""


class Enrolled(Struct, frozen=True, kw_only=True):
    """Who the till is from now on."""

    shop_id: str
    till_id: str
    number: str
    """The till's number in its shop: the prefix of its ticket numbers."""
    epoch: int
    next_seq: int
    """The position of the first entry that the server wants."""
    last_hash: str = ""
    """The hash that entry `next_seq` follows; empty: this till has sent nothing yet."""
    server_key: str
    lease: str | None = None
    settings: dict[str, Any] = {}


# --- hello


class Hello(Struct, frozen=True, kw_only=True):
    """Where the till stands; the first call after a start, and whenever the server says 401, 403 or 409."""

    epoch: Epoch
    last_seq: Position
    last_hash: HashOrNone
    database: Name
    program: Name = ""
    schema: Name = ""
    cursors: dict[str, Position] = {}
    clock: Name = ""
    """The till's own wall clock, uncorrected."""
    boot: Name = ""
    """Another one at each start of the till."""
    acked: Position = 0
    """How far the server has said that it holds the journal; a server that holds less was restored."""


class Directive(Struct, frozen=True, omit_defaults=True):
    """What the till shall do.

    - `resend_from`: send again from `seq`: the server has lost what it had acknowledged;
    - `reset`: the till came back from a backup: fetch the own entries behind `seq` (`GET /v1/journal?after=`), write
      them to the journal as they are, and go on in `epoch`;
    - `re_enrol`: the server does not know this database or key any more: a new code is needed;
    - `reload`: the feed's cursor means nothing here any more: load in full;
    - `upgrade`: this program is too old; nothing is lost meanwhile;
    - `stop`: send nothing more, keep selling, raise the alarm; `reason` is for a person.
    """

    do: Literal["resend_from", "reset", "re_enrol", "reload", "upgrade", "stop"]
    seq: int = 0
    epoch: int = 0
    reason: str = ""
    cause: Spelled | None = None
    """The reason, for who can say it in other words."""


class Welcome(Struct, frozen=True, kw_only=True):
    """The server's answer to hello."""

    seq: int
    """The last position that it holds without a gap."""
    hash: str
    """The hash that it holds at the lower of its own and the till's last position; empty at 0."""
    time: str
    directives: tuple[Directive, ...] = ()
    protocol_min: int = PROTOCOL_MIN
    protocol_max: int = PROTOCOL_MAX
    settings: dict[str, Any] = {}
    lease: str | None = None
    program: str = ""
    """The newest version of the till's program that this server publishes: a hint; its repository has to prove it."""


# --- the journal goes up


class SentEntry(Struct, frozen=True):
    """One entry on its way."""

    seq: Annotated[int, Meta(extra_json_schema={"minimum": 1, "maximum": 2**53})]
    canonical: str
    """The envelope's bytes, which are UTF-8, as they were hashed."""
    hash: Hash
    signature: Annotated[str, _hexadecimal(64)]


class Push(Struct, frozen=True):
    """Entries in a row: at most `MAX_ENTRIES`, at most `MAX_BODY` bytes compressed."""

    entries: Annotated[tuple[SentEntry, ...], Meta(extra_json_schema={"maxItems": MAX_ENTRIES})]
    prev_hash: Hash = "00" * 32
    """What the first of them follows, so that a batch can be checked by itself."""


class EntryResult(Struct, frozen=True, omit_defaults=True):
    """What became of one entry. All but `conflict` are stored."""

    seq: int
    status: Literal["stored", "duplicate", "quarantined", "conflict"]
    reason: str = ""
    cause: Spelled | None = None


class Pushed(Struct, frozen=True):
    """The server's word: everything through `acked_through` is on its disk."""

    acked_through: int
    results: tuple[EntryResult, ...] = ()


class Books(Struct, frozen=True, kw_only=True):
    """What the server's books say of the till that asks."""

    entries: int
    """How many of its entries are held."""
    last_seq: int
    """The last position that is held without a gap."""
    last_hash: str
    """The hash there: two journals whose last hashes are the same are the same. Empty at 0."""
    tickets: int
    total: int
    """Of all tickets, in minor units."""
    quarantined: int
    """Entries that are held, and that the books did not take."""
    conflicts: int
    """Other entries that were sent for positions that were taken."""


def sent(entry: Entry) -> SentEntry:
    """An entry of the journal as it is sent."""
    return SentEntry(entry.seq, entry.canonical.decode(), entry.hash.hex(), entry.signature.hex())


def push_of(entries: list[Entry]) -> Push:
    """Entries in a row as one push.

    Raises:
        IndexError: there are none.
    """
    return Push(tuple(map(sent, entries)), entries[0].prev_hash.hex())


# --- the feed comes down


class Put(Struct, frozen=True):
    """A record that is new or has changed."""

    kind: str
    """`product`, `family`, `customer`, `user`, `method`, `shop`, `offer`, `tariff`, `budget` or `setting`."""
    data: msgspec.Raw


class Remove(Struct, frozen=True):
    """A record that is gone, or is no longer this till's business."""

    kind: str
    code: str
    """The `shop` has the code `""`."""


class Commit(Struct, frozen=True):
    """The end of a page: what came before it counts from here on."""

    cursor: Position
    more: bool = False


class Withheld(Struct, frozen=True):
    """In files of an export, which anybody may read: a record that is for some tills only, without its content.

    A till that is named keeps what it has of it; any other one has it no more.
    """

    kind: str
    code: str
    tills: tuple[str, ...]
    """Their `till_id`s."""


class FeedLine(Struct, frozen=True, omit_defaults=True):
    """One line of a page of changes: exactly one of these. A page without its commit was cut."""

    put: Put | None = None
    remove: Remove | None = None
    commit: Commit | None = None
    withheld: Withheld | None = None


class Manifest(Struct, frozen=True, kw_only=True):
    """A snapshot of a stream, signed by the server's key over the canonical JSON of the other fields."""

    stream: str
    schema: int
    """The handle of its records."""
    cursor: int
    """Where changes go on from."""
    sha256: str
    size: int
    """Of the blob, compressed."""
    rows: int
    plain_size: int = 0
    """Of the lines, decompressed."""
    created_at: str
    blob: str
    """Its path; the blob behind it never changes. zstd, one `FeedLine` a line."""
    also: tuple[FeedLine, ...] = ()
    """What this till is to have beside the blob: records of the shop that are for some of its tills only; in an
    export, which these are."""
    shop: str = ""
    """The `shop_id`: a server signs for all of its shops."""
    signature: str = ""


class Increment(Struct, frozen=True, kw_only=True):
    """What has changed between two cursors, in a file of an export; signed as a manifest is.

    It has other fields than a manifest, so that nobody takes it for the whole. Its blob lies beside it: zstd, one
    `FeedLine` a line, in pages as those of the wire, each with its commit.
    """

    shop: str
    stream: str
    schema: int
    after: int
    """It goes on from this cursor; a till that stands between both may take it too, one before may not."""
    until: int
    sha256: str
    size: int
    lines: int
    created_at: str
    blob: str
    signature: str = ""


class ExportIndex(Struct, frozen=True, kw_only=True):
    """What lies in a folder of exports: a whole, and increments in their order; signed likewise.

    Each increment goes on where the one before it ends. The first ones may end before the whole: they are for tills
    that were here lately.
    """

    shop: str
    whole: str
    cursor: int
    increments: tuple[str, ...] = ()
    created_at: str
    signature: str = ""


# --- beside both


class ServerMessage(Struct, frozen=True):
    """Something that the cashier shall read."""

    id: int
    text: str
    at: str
    moment: str = "any"
    """`any`, `opening`, `closing`, `day_close` or `between`; one that a till does not know is as good as `any`."""
    must_ack: bool = False
    """Reading it is acknowledged by an event of the journal: `message_read`, with its number as `message`."""


class Messages(Struct, frozen=True):
    """Messages behind the one asked for, in their order."""

    messages: tuple[ServerMessage, ...] = ()


class BasketLine(Struct, frozen=True):
    """What offers are asked for."""

    code: Name
    quantity: str = "1"


class OffersRequest(Struct, frozen=True):
    """Which offers go for this customer and basket?"""

    customer: Name | None = None
    basket: tuple[BasketLine, ...] = ()


class Offers(Struct, frozen=True):
    """The offers that go now."""

    offers: tuple[OfferRecord, ...] = ()


class LeaseReply(Struct, frozen=True):
    """A lease renewed: a text that the server signed."""

    lease: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why a call was refused. `code` is for programs: `bad_request`, `bad_entry`, `bad_signature`, `bad_clock`,
    `replayed`, `unknown_till`, `revoked`, `bad_code`, `used_code`, `expired_code`, `epoch`, `gone`, `too_large`,
    `upgrade`, `not_found`, `not_allowed`, `no_range`, `busy`, `storage_full`, `internal`."""

    code: str
    message: str
    time: str = ""
    """The server's, where the till's clock is what was refused."""
    snapshot: str = ""
    """With `gone`: the path of the manifest to start anew from."""
    cause: Spelled | None = None
    """The message, for who can say it in other words: a code of `sync.protocol.reasons`, finer than `code`."""


class ErrorReply(Struct, frozen=True):
    """The body of every answer from 400 on."""

    error: Problem
