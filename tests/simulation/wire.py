"""The wire between one till and the server: the real application, and everything that can happen on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from sync.errors import TimedOut, Unreachable
from sync.ports import Reply, Request, Stream

PORTAL = b"<html><body>Welcome to the station's network. Please accept our terms.</body></html>"
FAULTS = (
    "lost request", "lost reply", "doubled", "late double", "cut body", "delay", "silence", "portal", "error",
)  # fmt: skip


class Answering(Protocol):
    """Whoever answers requests: a server that may be down."""

    async def answer(self, request: Request) -> Reply:
        """The answer to a request as it came.

        Raises:
            Unreachable: it is down.
        """


class Wire:
    """A transport to a server in this process.

    Args:
        seed: of what goes wrong, and how.
        share: how many exchanges of a hundred go wrong while `chaos` is on.
    """

    def __init__(self, server: Answering, seed: object = 0, share: int = 40) -> None:
        self.server = server
        self.plugged = True
        self.chaos = False
        self.next: list[str] = []
        """Faults for the next exchanges, before any by chance."""
        self.before: Callable[[Request], Request] | None = None
        """Alters requests on the way."""
        self.passed: list[Request] = []
        """The last requests that reached the server."""
        self.faults = 0
        self._random = random.Random(f"wire {seed}")
        self._share = share
        self._doubles = set[asyncio.Task[None]]()

    async def exchange(self, request: Request, *, within: float, limit: int) -> Reply:
        """Send a request through whatever may happen to it (see `Transport`)."""
        try:
            async with asyncio.timeout(within):
                reply = await self._through(request)
        except TimeoutError:
            raise TimedOut(reason=f"no answer in {within:g} s") from None
        if len(reply.body) > limit:
            raise Unreachable(reason="too large")
        return reply

    @asynccontextmanager
    async def stream(self, request: Request, *, within: float) -> AsyncIterator[Stream]:
        """As `exchange`; where the body is to be cut, it is cut in its middle."""
        fault = self._fault()
        if fault is not None and fault != "cut body":
            self.next.insert(0, fault)
        reply = await self.exchange(request, within=within, limit=1 << 30)
        cut = self._random.randrange(len(reply.body) + 1) if fault == "cut body" else None
        yield _Streamed(reply, cut)

    async def close(self) -> None:
        """Nothing is held open."""

    async def _through(self, request: Request) -> Reply:
        await asyncio.sleep(self._random.uniform(0.001, 0.02))
        if not self.plugged:
            raise Unreachable(reason="the cable is out")
        if self.before is not None:
            request = self.before(request)
        return await self._suffer(self._fault(), request)

    async def _suffer(self, fault: str | None, request: Request) -> Reply:
        match fault:
            case "lost request":
                raise Unreachable(reason="cut on the way there")
            case "portal":
                return Reply(200, {"content-type": "text/html"}, PORTAL)
            case "error":
                return Reply(self._random.choice((500, 502, 503)), {"retry-after": "3"}, b"bad gateway")
            case "late double":
                self._later(request, self._random.uniform(0.1, 200))
            case "delay":
                await asyncio.sleep(self._random.uniform(0.1, 90))
            case "silence":
                return await self._silence(request)
        reply = await self._deliver(request)
        match fault:
            case "lost reply":
                raise Unreachable(reason="cut on the way back")
            case "doubled":
                await self._deliver(request)
            case "cut body":
                return Reply(
                    reply.status, reply.headers, reply.body[: self._random.randrange(len(reply.body) + 1)]
                )
        return reply

    async def _silence(self, request: Request) -> Reply:
        """The request may arrive; whatever is answered never comes."""
        if self._random.random() < 0.5:
            await self._deliver(request)
        await asyncio.sleep(3600)
        raise Unreachable(reason="silence")

    async def _deliver(self, request: Request) -> Reply:
        self.passed = [*self.passed[-49:], request]
        return await self.server.answer(request)

    def _later(self, request: Request, seconds: float) -> None:
        async def deliver() -> None:
            await asyncio.sleep(seconds)
            try:
                await self._deliver(request)
            except Unreachable:
                return

        task = asyncio.create_task(deliver())
        self._doubles.add(task)
        task.add_done_callback(self._doubles.discard)

    def _fault(self) -> str | None:
        fault = self.next.pop(0) if self.next else None
        if fault is None and self.chaos and self._random.randrange(100) < self._share:
            fault = self._random.choice(FAULTS)
        self.faults += fault is not None
        return fault


class _Streamed:
    def __init__(self, reply: Reply, cut: int | None) -> None:
        self.status = reply.status
        self.headers = reply.headers
        self._body = reply.body
        self._cut = cut

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in small parts, as far as it comes."""
        end = len(self._body) if self._cut is None else self._cut
        for start in range(0, end, 7_000):
            await asyncio.sleep(0.001)
            yield self._body[start : min(end, start + 7_000)]
        if self._cut is not None:
            raise Unreachable(reason="cut in the middle of the body")


async def call_app(app: Any, request: Request) -> Reply:
    """Give a request to an ASGI application and take its whole answer."""
    path, _, query = request.target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in request.headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent, status = bytearray(), 0
    headers: dict[str, str] = {}
    given = False

    async def receive() -> dict[str, Any]:
        nonlocal given
        if given:
            await asyncio.Event().wait()
        given = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.update((name.decode().lower(), value.decode()) for name, value in message["headers"])
        else:
            sent.extend(message.get("body", b""))

    call = asyncio.ensure_future(app(scope, receive, send))
    try:
        await asyncio.wait([call])
    except asyncio.CancelledError:
        # whoever asked has gone: what the server does then is its own affair, and holds up nobody
        call.cancel()
        raise
    call.result()
    return Reply(status, headers, bytes(sent))
