"""Who calls: bodies bounded, signatures verified, tills known, requests not seen before."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select
from starlette.requests import ClientDisconnect, Request

from backoffice import refusals, schema
from backoffice.nonces import Nonces, take_for_all
from backoffice.server import Server
from sync.protocol import stamp
from sync.protocol.bodies import BadBody, BodyTooLarge, unpack
from sync.protocol.reasons import unreadable
from sync.protocol.signing import WINDOW, BadSignature, Signed, claimed, verify
from sync.protocol.wire import MAX_BODY, MAX_PLAIN

T = TypeVar("T")

BODY_PATIENCE = 60
"""Seconds for a body to arrive: a caller that sends a byte a second does not hold a connection for ever."""


class Caller(Struct, frozen=True):
    """A till that has proved who it is."""

    id: int
    uuid: str
    shop: int
    shop_uuid: str
    number: str
    epoch: int
    keys: dict[int, bytes]
    """Its public key in each epoch."""
    body: bytes
    """What it sent, as it came."""
    created: int
    """When it signed that, by the time that it was told: in seconds since 1970."""


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body as it comes.

    Raises:
        TooLarge: it has more bytes than are taken.
        BadRequest: it did not arrive whole.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise refusals.TooLarge("body_too_large", limit=limit)
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise refusals.TooLarge("body_too_large", limit=limit)
                parts.append(part)
    except (ClientDisconnect, TimeoutError):
        raise refusals.BadRequest("body_not_whole") from None
    return b"".join(parts)


def decoded(request: Request, body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """What a body says, decompressed and decoded.

    Raises:
        TooLarge: it would be too large.
        BadRequest: it cannot be read.
    """
    if len(request.headers.getlist("content-encoding")) > 1:
        raise refusals.BadRequest("body_encoded_twice")
    try:
        return decoder.decode(unpack(body, request.headers.get("content-encoding"), MAX_PLAIN))
    except BodyTooLarge as error:
        raise refusals.TooLarge("body_refused", reason=error.reason) from error
    except BadBody as error:
        raise refusals.BadRequest("body_refused", reason=error.reason) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise refusals.BadRequest("body_refused", reason=unreadable(error)) from error


def raw_target(request: Request) -> str:
    """Path and query as they were sent: a URL that is put together again may differ."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    return (path + b"?" + query if query else path).decode("latin-1")


class Access:
    """Lets tills in."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._nonces = Nonces()

    async def till(self, request: Request, *, once: bool = False) -> Caller:
        """The till that signed this request.

        Args:
            once: it changes something when it is repeated: no process takes it twice.

        Raises:
            Refusal: it did not, or not lately, or not only once; or the till is revoked, or of an old epoch.
        """
        body = await read_body(request)
        signed = self._claim(request)
        known = await self._server.database.read(_find, signed.till)
        if known is None:
            raise refusals.UnknownTill(till=signed.till or "?")
        till, keys = known
        # a till whose epoch was raised knows of it only once it is told: its hello is heard in the one before
        key = keys.get(signed.epoch) or keys.get(till.epoch)
        if key is None:
            raise refusals.UnknownTill(till=signed.till)
        created = self.verify(request, body, key).created
        if till.revoked_at is not None:
            raise refusals.Revoked(at=till.revoked_at)
        if signed.epoch != till.epoch and request.url.path != "/v1/hello":
            raise refusals.OldEpoch(epoch=till.epoch)
        now = self._server.now().timestamp()
        if once and not await self._server.database.write(take_for_all, signed.till, signed.nonce, now):
            raise refusals.Replayed
        shop = till.shop, till.shop_uuid
        return Caller(till.id, till.uuid, *shop, till.number, till.epoch, keys, body, created)

    def _claim(self, request: Request) -> Signed:
        try:
            return claimed(request.headers)
        except BadSignature as error:
            raise refusals.NotSigned(reason=error.reason) from error

    def verify(self, request: Request, body: bytes, key: bytes) -> Signed:
        """Check signature, time and nonce of a request."""
        try:
            signed = verify(key, request.method, raw_target(request), request.headers, body)
        except BadSignature as error:
            raise refusals.NotSigned(reason=error.reason) from error
        now = self._server.now().timestamp()
        if abs(now - signed.created) > WINDOW:
            raise refusals.BadClock(seconds=round(abs(now - signed.created)), time=stamp(self._server.now()))
        if not self._nonces.take(signed.till, signed.nonce, now):
            raise refusals.Replayed
        return signed


def _find(connection: Connection, uuid: str) -> tuple[Row[Any], dict[int, bytes]] | None:
    if not _is_uuid(uuid):
        return None
    table, key = schema.till, schema.till_key
    with_shop = select(table, schema.shop.c.uuid.label("shop_uuid")).join(
        schema.shop, schema.shop.c.id == table.c.shop
    )
    till = connection.execute(with_shop.where(table.c.uuid == uuid)).one_or_none()
    if till is None:
        return None
    rows = connection.execute(select(key.c.epoch, key.c.public_key).where(key.c.till == till.id))
    return till, {row.epoch: bytes(row.public_key) for row in rows}


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(sign in "0123456789abcdef-" for sign in text) and text.count("-") == 4
