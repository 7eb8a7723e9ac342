"""Nobody holds a connection for long without asking anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from backoffice.api import connections
from backoffice.api.connections import BoundedConnection
from backoffice.commands.serve import listen

WHOLE = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Serving:
    """A server whose one answer waits until it may be given."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.port = 0

    async def app(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serving]:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    made = Serving()
    socket = listen("127.0.0.1", 0)
    made.port = socket.getsockname()[1]
    config = uvicorn.Config(
        made.app, interface="asgi3", http=BoundedConnection, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    task = asyncio.get_running_loop().create_task(server.serve(sockets=[socket]))
    try:
        yield made
    finally:
        made.may_answer.set()
        server.should_exit = True
        await task


async def until_closed(serving: Serving, first: bytes, then: bytes = b"") -> bytes:
    """What comes until the server closes; `then` is sent again and again meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    writer.write(first)
    content = bytearray()
    reading = asyncio.ensure_future(_read_into(content, reader))
    while then and not reading.done():
        with suppress(OSError):
            writer.write(then)
            await writer.drain()
        await asyncio.wait([reading], timeout=0.005)
    await reading
    writer.close()
    return bytes(content)


async def _read_into(content: bytearray, reader: asyncio.StreamReader) -> None:
    # what was sent and never read makes the end of it a reset
    with suppress(ConnectionResetError):
        while part := await reader.read(1 << 12):
            content += part


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(b"", b"", id="nothing at all"),
        pytest.param(b"GET / HT", b"", id="half a line"),
        pytest.param(b"GET / HTTP/1.1\r\n", b"x: y\r\n", id="a header now and then"),
    ],
)
async def test_who_asks_nothing_is_sent_away(serving: Serving, first: bytes, then: bytes) -> None:
    assert b"HTTP/1.1 2" not in await until_closed(serving, first, then)


async def test_who_goes_on_with_a_body_after_the_answer_is_sent_away(serving: Serving) -> None:
    serving.may_answer.set()

    answered = await until_closed(
        serving, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\n", b" "
    )

    assert answered.startswith(b"HTTP/1.1 204")


async def test_who_waits_for_an_answer_waits_as_long_as_it_takes(serving: Serving) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    writer.write(WHOLE)
    # one who came later is sent away meanwhile
    assert await until_closed(serving, b"") == b""

    serving.may_answer.set()

    assert await reader.readline() == b"HTTP/1.1 204 No Content\r\n"
    writer.close()
