"""What the API is, as a table; and as an OpenAPI document drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from backoffice import refusals
from backoffice.api.answers import JSON, NDJSON, ZIP, ZSTD
from backoffice.refusals import Refusal
from sync.protocol import updates, wire

_FILES = frozenset({ZSTD, ZIP})
"""What comes by ranges."""
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_STREAM: Schema = {"type": "string", "enum": [wire.STREAM]}


class Health(Struct, frozen=True):
    """The server's database answers."""

    status: str
    version: str


class Parameter(Struct, frozen=True):
    """A parameter of a query, of a path or among the headers."""

    name: str
    text: str
    schema: Schema = msgspec.field(default_factory=lambda: _TEXT)


class Call(Struct, frozen=True):
    """One call of tills."""

    name: str
    """Of the method that answers it."""
    method: str
    path: str
    text: str
    body: type[Struct] | None = None
    reply: type[Struct] | None = None
    media: str = JSON
    signed: bool = True
    query: tuple[Parameter, ...] = ()
    refusals: tuple[type[Refusal], ...] = ()
    """Beside those of every signed call."""


_SIGNED = (
    refusals.BadRequest,
    refusals.NotSigned,
    refusals.BadClock,
    refusals.Replayed,
    refusals.UnknownTill,
    refusals.Revoked,
    refusals.OldEpoch,
    refusals.TooLarge,
)
"""Why any signed call may be refused."""

_WAIT = Parameter("wait", "seconds to wait for news; 55 at most", _COUNT)
_CURSOR = (
    Parameter(
        "stream",
        "shop: all; till: what is for some tills only",
        {"type": "string", "enum": [wire.STREAM, wire.TILL_STREAM]},
    ),
    Parameter("handle", "the version of the records", {**_COUNT, "minimum": 1}),
    Parameter("cursor", "where the till stands", _COUNT),
    Parameter("limit", "changes in one page", _COUNT),
    _WAIT,
)
_PLACES = {
    "stream": Parameter("stream", "the one there is", _STREAM),
    "blob": Parameter(
        "blob", "its SHA-256, with or without .zst", {**_TEXT, "pattern": r"^[0-9a-f]{64}(\.zst)?$"}
    ),
    "list": Parameter("list", "one of TUF's roles, most with a number before it"),
    "package": Parameter("package", "its name in the list of targets"),
}

CALLS = (
    Call("ping", "GET", "/v1/ping", "Is there a server?", signed=False),
    Call(
        "enrol",
        "POST",
        "/v1/enrol",
        "A till gets its identity",
        wire.EnrolRequest,
        wire.Enrolled,
        refusals=(refusals.BadCode, refusals.UsedCode, refusals.ExpiredCode),
    ),
    Call("hello", "POST", "/v1/hello", "Where do both sides stand?", wire.Hello, wire.Welcome),
    Call(
        "push",
        "POST",
        "/v1/journal",
        "Entries go up",
        wire.Push,
        wire.Pushed,
        refusals=(refusals.BadEntry, refusals.Overloaded),
    ),
    Call(
        "entries",
        "GET",
        "/v1/journal",
        "A till's own entries go back to it",
        reply=wire.SentEntry,
        media=NDJSON,
        query=(
            Parameter("after", "the last position that the till has", _COUNT),
            Parameter("limit", "entries", _COUNT),
        ),
    ),
    Call("books", "GET", "/v1/books", "What the books say of the till that asks", reply=wire.Books),
    Call(
        "changes",
        "GET",
        "/v1/changes",
        "Changes come down",
        reply=wire.FeedLine,
        media=NDJSON,
        query=_CURSOR,
        refusals=(refusals.CursorGone, refusals.Upgrade),
    ),
    Call(
        "manifest",
        "GET",
        "/v1/snapshots/{stream}",
        "The latest snapshot",
        reply=wire.Manifest,
        refusals=(refusals.NotFound, refusals.NotReady),
    ),
    Call(
        "blob",
        "GET",
        "/v1/snapshots/{stream}/{blob}",
        "A snapshot's blob, by ranges",
        media=ZSTD,
        refusals=(refusals.NotFound, refusals.NoSuchRange),
    ),
    Call(
        "messages",
        "GET",
        "/v1/messages",
        "Messages to the cashier",
        reply=wire.Messages,
        query=(Parameter("after", "the last one had", _COUNT), _WAIT),
    ),
    Call("offers", "POST", "/v1/offers", "Offers for a basket", wire.OffersRequest, wire.Offers),
    Call("lease", "POST", "/v1/lease", "A lease renewed", reply=wire.LeaseReply),
    Call(
        "updates_root",
        "GET",
        updates.ROOT_PATH,
        "Where trust in the repository of updates begins",
        reply=updates.RepositoryRoot,
        refusals=(refusals.NotFound,),
    ),
    Call(
        "update_metadata",
        "GET",
        updates.METADATA_PATH + "{list}",
        "A signed list of the repository of updates (TUF)",
        reply=updates.TufList,
        refusals=(refusals.NotFound,),
    ),
    Call(
        "update_package",
        "GET",
        updates.TARGETS_PATH + "{package}",
        "An update of the till's program, by ranges",
        media=ZIP,
        refusals=(refusals.NotFound, refusals.NoSuchRange),
    ),
)
"""What tills ask."""

HEALTH = Call("health", "GET", "/healthz", "Does the database answer?", reply=Health, signed=False)
"""What whoever watches over the server asks."""

_SIGNED_HEADERS = (
    Parameter("signature-input", "what is signed, when, and the nonce (RFC 9421)"),
    Parameter("signature", "`tui=:BASE64:`", {**_TEXT, "pattern": "^tui=:[A-Za-z0-9+/]{86}==:$"}),
    Parameter("content-digest", "of the body as sent (RFC 9530)"),
    Parameter("tui-till", "the till's identifier; empty at enrolment"),
    Parameter("tui-epoch", "the till's epoch; 0 at enrolment", {**_TEXT, "pattern": "^[0-9]{1,9}$"}),
)
_ENCODED = Parameter("content-encoding", "of the body, once", {**_TEXT, "enum": ["identity", "zstd", "gzip"]})
_RANGE = Parameter("range", "one range of bytes (RFC 9110, 14)")
_MARKS = {
    wire.PROTOCOL_HEADER: {"description": "the protocol versions spoken", "schema": _TEXT, "required": True},
    wire.TIME_HEADER: {
        "description": "milliseconds since 1970",
        "schema": {**_TEXT, "pattern": "^[0-9]+$"},
        "required": True,
    },
}
"""What every answer carries."""
_RETRY = {"retry-after": {"description": "seconds", "schema": {"type": "integer"}, "required": True}}
_REFERENCE = "#/components/schemas/{name}"
_ABOUT = (
    "What tills ask of their server. Requests are signed (HTTP Message Signatures, Ed25519); bodies may be compressed "
    "once, with zstd or gzip. Fields that are not known are ignored."
)


def describe(version: str) -> Schema:
    """The OpenAPI document."""
    calls = (*CALLS, HEALTH)
    types: list[type[Struct]] = [wire.ErrorReply]
    for call in calls:
        types += [kind for kind in (call.body, call.reply) if kind is not None and kind not in types]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    references = dict(zip(types, schemas, strict=True))
    paths: dict[str, Schema] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tui-pos-server", "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(call: Call, references: dict[type[Struct], Schema]) -> Schema:
    operation: Schema = {
        "operationId": call.name,
        "summary": call.text,
        "parameters": _parameters(call),
        "responses": _replies(call, references) | _refusals(call, references[wire.ErrorReply]),
    }
    if call.body is not None:
        content = {JSON: {"schema": references[call.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _replies(call: Call, references: dict[type[Struct], Schema]) -> Schema:
    if call.media in _FILES:
        content = {call.media: {"schema": {"type": "string", "format": "binary"}}}
        ranged = {**_MARKS, "content-range": {"schema": _TEXT, "required": True}}
        return {
            "200": {"description": "the whole", "headers": _MARKS, "content": content},
            "206": {"description": "the range", "headers": ranged, "content": content},
        }
    if call.reply is None:
        return {"204": {"description": "yes", "headers": _MARKS}}
    shape = references[call.reply]
    if call.media == NDJSON:
        # OpenAPI 3.1 has no word for a row of records
        shape = {"type": "string", "description": "one record a line", "x-line": shape}
    return {"200": {"description": call.text, "headers": _MARKS, "content": {call.media: {"schema": shape}}}}


def _refusals(call: Call, error: Schema) -> Schema:
    """Each status with the codes that the body may have."""
    if call.name == "ping":
        return {}
    codes: dict[int, list[str]] = {500: ["internal"], 503: ["busy", "storage_full"]}
    for refusal in (*(_SIGNED if call.signed else ()), *call.refusals):
        if refusal.code not in codes.setdefault(refusal.status, []):
            codes[refusal.status].append(refusal.code)
    return {
        str(status): {
            "description": ", ".join(codes[status]),
            "headers": {**_MARKS, **_RETRY} if status == 503 else _MARKS,
            "content": {JSON: {"schema": error}},
        }
        for status in sorted(codes)
    }


def _parameters(call: Call) -> list[Schema]:
    path = [_PLACES[part[1:-1]] for part in call.path.split("/") if part.startswith("{")]
    optional = [_ENCODED] if call.body is not None else [_RANGE] if call.media in _FILES else []
    return [
        *_placed("query", call.query, required=False),
        *_placed("path", path, required=True),
        *_placed("header", _SIGNED_HEADERS if call.signed else (), required=True),
        *_placed("header", optional, required=False),
    ]


def _placed(place: str, parameters: Sequence[Parameter], *, required: bool) -> list[Schema]:
    return [
        {
            "name": parameter.name,
            "in": place,
            "required": required,
            "schema": parameter.schema,
            "description": parameter.text,
        }
        for parameter in parameters
    ]
