"""What the API is, as a table; and as an OpenAPI document drawn from it."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from sync.protocol import wire


class Parameter(Struct, frozen=True):
    """A parameter of a query."""

    name: str
    text: str
    required: bool = False


class Call(Struct, frozen=True):
    """One call of tills."""

    name: str
    """Of the method that answers it."""
    method: str
    path: str
    text: str
    body: type[Struct] | None = None
    reply: type[Struct] | None = None
    media: str = "application/json"
    signed: bool = True
    query: tuple[Parameter, ...] = ()


_CURSOR = (
    Parameter("stream", "shop"),
    Parameter("handle", "the version of the records"),
    Parameter("cursor", "where the till stands"),
    Parameter("limit", "changes in one page"),
    Parameter("wait", "seconds to wait for a change"),
)
_NDJSON, _ZSTD = "application/x-ndjson", "application/zstd"

CALLS = (
    Call("ping", "GET", "/v1/ping", "Is there a server?", signed=False),
    Call("enrol", "POST", "/v1/enrol", "A till gets its identity", wire.EnrolRequest, wire.Enrolled),
    Call("hello", "POST", "/v1/hello", "Where do both sides stand?", wire.Hello, wire.Welcome),
    Call("push", "POST", "/v1/journal", "Entries go up", wire.Push, wire.Pushed),
    Call(
        "entries",
        "GET",
        "/v1/journal",
        "A till's own entries go back to it",
        reply=wire.SentEntry,
        media=_NDJSON,
        query=(Parameter("after", "the last position that the till has"), Parameter("limit", "entries")),
    ),
    Call("books", "GET", "/v1/books", "What the books say of the till that asks", reply=wire.Books),
    Call(
        "changes",
        "GET",
        "/v1/changes",
        "Changes come down",
        reply=wire.FeedLine,
        media=_NDJSON,
        query=_CURSOR,
    ),
    Call("manifest", "GET", "/v1/snapshots/{stream}", "The latest snapshot", reply=wire.Manifest),
    Call("blob", "GET", "/v1/snapshots/{stream}/{blob}", "A snapshot's blob, by ranges", media=_ZSTD),
    Call(
        "messages",
        "GET",
        "/v1/messages",
        "Messages to the cashier",
        reply=wire.Messages,
        query=(Parameter("after", "the last one had"), Parameter("wait", "seconds to wait for one")),
    ),
    Call("offers", "POST", "/v1/offers", "Offers for a basket", wire.OffersRequest, wire.Offers),
    Call("lease", "POST", "/v1/lease", "A lease renewed", reply=wire.LeaseReply),
)

_SIGNED_HEADERS = ("signature-input", "signature", "content-digest", "tui-till", "tui-epoch")
_REFERENCE = "#/components/schemas/{name}"


def describe(version: str) -> dict[str, Any]:
    """The OpenAPI document."""
    types: list[type[Struct]] = [wire.ErrorReply]
    for call in CALLS:
        types += [kind for kind in (call.body, call.reply) if kind is not None and kind not in types]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    references = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tui-pos-server", "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": components},
    }


_ABOUT = (
    "What tills ask of their server. Requests are signed (HTTP Message Signatures, Ed25519); bodies may be compressed "
    "once, with zstd or gzip."
)


def _operation(call: Call, references: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.text,
        "parameters": _parameters(call),
        "responses": {"200" if call.reply or call.media == _ZSTD else "204": _reply(call, references)},
    }
    error = {"application/json": {"schema": references[wire.ErrorReply]}}
    operation["responses"]["default"] = {"description": "refused, with the reason", "content": error}
    if call.body is not None:
        content = {"application/json": {"schema": references[call.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _reply(call: Call, references: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    if call.reply is None and call.media != _ZSTD:
        return {"description": "yes"}
    shape = references[call.reply] if call.reply else {"type": "string", "format": "binary"}
    if call.media == _NDJSON:
        shape = {"type": "string", "description": "one record a line"}
    return {"description": call.text, "content": {call.media: {"schema": shape}}}


def _parameters(call: Call) -> list[dict[str, Any]]:
    text = {"type": "string"}
    named = [
        {"name": parameter.name, "in": "query", "schema": text, "description": parameter.text}
        for parameter in call.query
    ]
    path = [part[1:-1] for part in call.path.split("/") if part.startswith("{")]
    placed = [{"name": name, "in": "path", "required": True, "schema": text} for name in path]
    headers = [
        {"name": name, "in": "header", "required": True, "schema": text}
        for name in _SIGNED_HEADERS
        if call.signed
    ]
    return named + placed + headers
