"""The server as a till calls it: typed calls, each signed, bounded in time and size, its refusals told apart."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from msgspec import Struct

from sync import errors
from sync.answers import number, rejection, speaks_ours
from sync.patience import Patience
from sync.ports import Clock, Ports, Reply, Request, Stream
from sync.protocol import Signer, stamp
from sync.protocol.bodies import BadBody, pack, unpack
from sync.protocol.signing import sign
from sync.protocol.wire import PROTOCOL_HEADER, TIME_HEADER
from sync.timers import Timers

T = TypeVar("T")

MAX_REPLY = 32 * 1024 * 1024
"""Bytes of an answer, decompressed."""
LOG_SIZE = 200
_FURTHEST = timedelta(days=100 * 366)
"""No clock is wrong by more: whoever says so is wrong himself."""

_ACCEPTED = "zstd, gzip"
_OK = range(200, 300)


class Exchange(Struct, frozen=True):
    """One line of the log of exchanges."""

    at: str
    call: str
    outcome: str
    """The status, or why there was none."""
    seconds: float
    sent: int
    """Bytes of the body that went out."""
    received: int
    """Bytes of the body that came back."""


class ServerTime:
    """The time as the server tells it: the till's own clock, corrected by what each answer says.

    Nothing is ordered by it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.offset = timedelta()
        """What the till's clock lacks."""

    def now(self) -> datetime:
        """The server's time, in UTC."""
        return self._clock.now() + self.offset

    def learn(self, headers: Mapping[str, str], seconds: float) -> None:
        """Take the time that an answer tells.

        Args:
            seconds: how long the exchange took: half of it lies behind the server's word.
        """
        told = number(headers.get(TIME_HEADER, ""))
        if told is None:
            return
        local = self._clock.now().timestamp()
        offset = timedelta(seconds=round(told / 1000 + seconds / 2 - local, 3))
        if abs(offset) < _FURTHEST:
            self.offset = offset


class Server:
    """Calls to one server in the name of one till.

    Args:
        signer: the till's key.
        till_id: empty until it is enrolled.
    """

    def __init__(self, ports: Ports, signer: Signer, till_id: str, epoch: int, timers: Timers) -> None:
        self.till_id = till_id
        self.epoch = epoch
        self.timers = timers
        self.time = ServerTime(ports.clock)
        self.log = deque[Exchange](maxlen=LOG_SIZE)
        """The last exchanges, the oldest first."""
        self.answered_at = float("-inf")
        """When the server last answered, in the loop's time."""
        self._ports = ports
        self._signer = signer
        self._patience = Patience()

    @property
    def public_key(self) -> bytes:
        """By which the server knows the till."""
        return self._signer.public_key

    async def ping(self) -> None:
        """Ask whether the server is there.

        Raises:
            Unreachable: it is not, or something else is: `NotOurs`.
        """
        request = Request("GET", "/v1/ping")
        reply = await self._timed(request, self.timers.ping_timeout)
        if reply.status != 204:
            raise errors.NotOurs(
                reason=errors.Reason(errors.n_("it answers ping with {status}"), status=reply.status)
            )

    async def call(
        self,
        method: str,
        target: str,
        reply: type[T],
        body: Struct | None = None,
        *,
        extra: float = 0,
    ) -> T:
        """One call whose answer is JSON.

        Args:
            reply: what the answer is read as.
            extra: seconds that the server may take beyond the usual.

        Raises:
            SyncError: it did not succeed.
        """
        plain = await self.fetch(method, target, body, extra=extra)
        try:
            return msgspec.json.decode(plain, type=reply)
        except msgspec.MsgspecError as error:
            raise errors.BadReply(reason=str(error)) from error

    async def fetch(self, method: str, target: str, body: Struct | None = None, *, extra: float = 0) -> bytes:
        """One call; the body of the answer, decompressed.

        Raises:
            SyncError: it did not succeed.
        """
        packed, encoding = pack(msgspec.json.encode(body)) if body is not None else (b"", None)
        return await self.send(method, target, packed, encoding, extra=extra)

    async def send(
        self, method: str, target: str, packed: bytes, encoding: str | None, *, extra: float = 0
    ) -> bytes:
        """As `fetch`, with a body that is compressed already."""
        try:
            return await self._send(method, target, packed, encoding, extra)
        except errors.Unauthorized as error:
            if error.code != "bad_clock":
                raise
            # the answer has told the time: signed by it, the same request is accepted
            return await self._send(method, target, packed, encoding, extra)

    async def _send(
        self, method: str, target: str, packed: bytes, encoding: str | None, extra: float
    ) -> bytes:
        request = self._signed(method, target, packed, encoding)
        reply = await self._timed(request, self.timers.service_timeout + extra)
        plain = _plain(reply)
        if reply.status not in _OK:
            raise rejection(reply.status, reply.headers, plain)
        return plain

    @asynccontextmanager
    async def stream(self, target: str, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        """A GET whose answer is taken as it comes; its status is 200 or 206.

        Raises:
            SyncError: it did not succeed.
        """
        signed = self._signed("GET", target, b"", None)
        request = Request("GET", target, {**signed.headers, **headers, "accept-encoding": "identity"})
        started = asyncio.get_running_loop().time()
        counted, outcome = None, "-"
        try:
            async with AsyncExitStack() as opened:
                answer = self._ports.transport.stream(request, within=self.timers.service_timeout)
                async with self._patience.wait(_named(request)):
                    stream = await opened.enter_async_context(answer)
                self._heard(stream.headers, started)
                if stream.status not in {200, 206}:
                    raise rejection(stream.status, stream.headers, b"")
                counted, outcome = _Counted(stream, self._patience, _named(request)), str(stream.status)
                yield counted
        except errors.SyncError as error:
            outcome = error.reason
            raise
        finally:
            self._note(request, outcome, started, counted.received if counted is not None else 0)

    def line_is_back(self) -> None:
        """It answers again: what was asked before is soon answered too, or asked again."""
        self._patience.line_is_back(self.timers.ticket_interval / 2)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._ports.transport.close()

    def _signed(self, method: str, target: str, body: bytes, encoding: str | None) -> Request:
        created = int(self.time.now().timestamp())
        nonce = self._ports.randomness.take(16).hex()
        headers = sign(self._signer, method, target, body, self.till_id, self.epoch, created, nonce)
        headers |= {"accept-encoding": _ACCEPTED, "user-agent": "tui-pos"}
        if body:
            headers["content-type"] = "application/json"
        if encoding:
            headers["content-encoding"] = encoding
        return Request(method, target, headers, body)

    async def _timed(self, request: Request, within: float) -> Reply:
        started = asyncio.get_running_loop().time()
        try:
            async with self._patience.wait(_named(request)):
                reply = await self._ports.transport.exchange(request, within=within, limit=MAX_REPLY)
            self._heard(reply.headers, started)
        except errors.SyncError as error:
            self._note(request, error.reason, started, 0)
            raise
        self._note(request, str(reply.status), started, len(reply.body))
        return reply

    def _heard(self, headers: Mapping[str, str], started: float) -> None:
        """Make sure that it was the server that answered, and take what every answer tells."""
        versions = headers.get(PROTOCOL_HEADER)
        if versions is None:
            raise errors.NotOurs(reason=errors.n_("its answers are not those of a tui-pos server"))
        now = asyncio.get_running_loop().time()
        self.time.learn(headers, now - started)
        self.answered_at = now
        if not speaks_ours(versions):
            raise errors.UpgradeNeeded(
                code="upgrade",
                reason=errors.Reason(errors.n_("the server speaks protocol {versions}"), versions=versions),
            )

    def _note(self, request: Request, outcome: str, started: float, received: int) -> None:
        seconds = asyncio.get_running_loop().time() - started
        at = stamp(self._ports.clock.now())
        call = f"{request.method} {request.target}"
        self.log.append(Exchange(at, call, outcome, round(seconds, 3), len(request.body), received))


class _Counted:
    """An answer whose bytes are counted as they come."""

    def __init__(self, stream: Stream, patience: Patience, name: str) -> None:
        self.status = stream.status
        self.headers = stream.headers
        self.received = 0
        self._stream = stream
        self._patience = patience
        self._name = name

    async def chunks(self) -> AsyncIterator[bytes]:
        """See `Stream`."""
        chunks = aiter(self._stream.chunks())
        while True:
            async with self._patience.wait(self._name):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            self.received += len(chunk)
            yield chunk


def _named(request: Request) -> str:
    """What is asked, whatever its values are."""
    return f"{request.method} {request.target.partition('?')[0]}"


def _plain(reply: Reply) -> bytes:
    try:
        return unpack(reply.body, reply.headers.get("content-encoding"), MAX_REPLY)
    except BadBody as error:
        raise errors.BadReply(reason=error.reason) from error
