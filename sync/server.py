"""The server as a till calls it: typed calls, each signed, bounded in time and size, its refusals told apart."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from sync import errors
from sync.ports import Clock, Ports, Reply, Request, Stream
from sync.protocol import Signer, stamp
from sync.protocol.bodies import BadBody, pack, unpack
from sync.protocol.reasons import heard
from sync.protocol.signing import sign
from sync.protocol.wire import PROTOCOL_HEADER, PROTOCOL_MAX, PROTOCOL_MIN, TIME_HEADER, ErrorReply, Problem
from sync.timers import Timers

T = TypeVar("T")

MAX_REPLY = 32 * 1024 * 1024
"""Bytes of an answer, decompressed."""
LOG_SIZE = 200

_ACCEPTED = "zstd, gzip"
_OK = range(200, 300)
_REJECTIONS: Mapping[int, type[errors.Rejected]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Unauthorized,
    409: errors.EpochPassed,
    410: errors.Gone,
    413: errors.TooLarge,
    426: errors.UpgradeNeeded,
    429: errors.Busy,
    503: errors.Busy,
}


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
        told = headers.get(TIME_HEADER, "")
        if not (told.isascii() and told.isdigit()) or len(told) > 15:
            return
        local = self._clock.now().timestamp()
        self.offset = timedelta(seconds=round(int(told) / 1000 + seconds / 2 - local, 3))


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
            raise _rejection(reply.status, reply.headers, plain)
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
            async with self._ports.transport.stream(request, within=self.timers.service_timeout) as stream:
                self._heard(stream.headers, started)
                if stream.status not in {200, 206}:
                    raise _rejection(stream.status, stream.headers, b"")
                counted, outcome = _Counted(stream), str(stream.status)
                yield counted
        except errors.SyncError as error:
            outcome = error.reason
            raise
        finally:
            self._note(request, outcome, started, counted.received if counted is not None else 0)

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
        if not _speaks_ours(versions):
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

    def __init__(self, stream: Stream) -> None:
        self.status = stream.status
        self.headers = stream.headers
        self.received = 0
        self._stream = stream

    async def chunks(self) -> AsyncIterator[bytes]:
        """See `Stream`."""
        async for chunk in self._stream.chunks():
            self.received += len(chunk)
            yield chunk


def _speaks_ours(versions: str) -> bool:
    least, _, most = versions.partition("-")
    if not (least.isdigit() and most.isdigit()):
        raise errors.NotOurs(reason=errors.n_("its answers are not those of a tui-pos server"))
    return int(least) <= PROTOCOL_MAX and int(most) >= PROTOCOL_MIN


def _plain(reply: Reply) -> bytes:
    try:
        return unpack(reply.body, reply.headers.get("content-encoding"), MAX_REPLY)
    except BadBody as error:
        raise errors.BadReply(reason=error.reason) from error


def _rejection(status: int, headers: Mapping[str, str], body: bytes) -> errors.Rejected:
    problem = Problem(f"http_{status}", f"status {status}")
    with suppress(msgspec.MsgspecError):
        problem = msgspec.json.decode(body, type=ErrorReply).error
    details: dict[str, Any] = {"code": problem.code, "reason": heard(problem.message, problem.cause)}
    kind = _REJECTIONS.get(status, errors.Rejected)
    if kind is errors.Gone and problem.snapshot:
        details["snapshot"] = problem.snapshot
    if kind is errors.Busy:
        after = headers.get("retry-after", "")
        details["after"] = min(int(after), 3600) if after.isascii() and after.isdigit() else 1
    return kind(**details)
