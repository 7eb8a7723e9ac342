"""The transport on real sockets: whatever sits at the other end, an exchange ends in time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sync.addresses import check_address
from sync.errors import BadAddress, NotTrusted, TimedOut, Unreachable
from sync.http import HttpTransport
from sync.ports import Request
from tests.certificates import authority

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PING = Request("GET", "/v1/ping")
LIMIT = 1000


@asynccontextmanager
async def listening(handle: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that does as the test says; gives its address."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handle(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=context)
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def transport(url: str, ca: str | None = None) -> AsyncIterator[HttpTransport]:
    made = HttpTransport(url, ca=ca)
    try:
        yield made
    finally:
        await made.close()


def saying(answer: bytes) -> Handler:
    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return handle


async def a_byte_at_a_time(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def test_an_answer_comes_with_its_headers_in_lower_case() -> None:
    answer = b"HTTP/1.1 204 No Content\r\nTUI-Protocol: 1-1\r\n\r\n"
    async with listening(saying(answer)) as url, transport(url) as wire:
        reply = await wire.exchange(PING, within=2, limit=LIMIT)

    assert (reply.status, reply.headers["tui-protocol"], reply.body) == (204, "1-1", b"")


async def test_the_target_goes_out_byte_for_byte_as_it_was_signed() -> None:
    seen = asyncio.get_running_loop().create_future()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.set_result(await reader.readline())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with transport(url) as wire:
        await wire.exchange(Request("GET", "/v1/a%2Fb/../c?x=%7E&y="), within=2, limit=LIMIT)
    server.close()

    assert await seen == b"GET /v1/a%2Fb/../c?x=%7E&y= HTTP/1.1\r\n"


async def test_a_server_that_sends_a_byte_at_a_time_is_given_up_in_time() -> None:
    async with listening(a_byte_at_a_time) as url, transport(url) as wire:
        with pytest.raises(TimedOut):
            await wire.exchange(PING, within=0.3, limit=10**9)


async def test_a_download_that_only_trickles_is_given_up_too() -> None:
    async def bring(wire: HttpTransport) -> None:
        async with wire.stream(PING, within=0.3) as stream:
            async for _chunk in stream.chunks():
                pass

    async with listening(a_byte_at_a_time) as url, transport(url) as wire:
        with pytest.raises(TimedOut):
            await bring(wire)


async def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with listening(silent) as url, transport(url) as wire:
        with pytest.raises(TimedOut, match=r"no answer in 0\.2 s"):
            await wire.exchange(PING, within=0.2, limit=LIMIT)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        b"\x16\x03\x01\x02\x00not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n" + b"x" * 2000,
    ],
    ids=["nothing", "cut", "cut in a chunk", "noise", "larger than is taken"],
)
async def test_an_answer_that_is_cut_or_none_is_no_answer(answer: bytes) -> None:
    async with listening(saying(answer)) as url, transport(url) as wire:
        with pytest.raises(Unreachable):
            await wire.exchange(PING, within=2, limit=LIMIT)


async def test_where_nobody_listens_nobody_answers() -> None:
    async with listening(saying(b"")) as url:
        pass
    async with transport(url) as wire:
        with pytest.raises(Unreachable):
            await wire.exchange(PING, within=2, limit=LIMIT)


# --- TLS


async def test_a_server_is_trusted_by_its_own_authority_and_by_no_other(tmp_path: Path) -> None:
    ours, context = authority(tmp_path, "ours")
    others, _ = authority(tmp_path, "others")
    async with listening(saying(b"HTTP/1.1 204 No Content\r\n\r\n"), context) as url:
        async with transport(url, ca=ours) as wire:
            assert (await wire.exchange(PING, within=5, limit=LIMIT)).status == 204
        for ca in (others, None):
            async with transport(url, ca=ca) as wire:
                with pytest.raises(NotTrusted, match="certificate is not trusted"):
                    await wire.exchange(PING, within=5, limit=LIMIT)


async def test_a_certificate_authority_that_is_none_is_refused() -> None:
    with pytest.raises(NotTrusted, match="cannot be read"):
        HttpTransport("https://server.example", ca="no certificate")


# --- addresses


@pytest.mark.parametrize("url", ["https://é..example", "https://☃.example"])
def test_a_name_that_no_server_can_have_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(BadAddress, match="Nothing was changed"):
        HttpTransport(url)


@pytest.mark.parametrize(
    "url", ["https://pos.example", "https://pos.example:8443/", "http://127.0.0.1:8000", "http://localhost"]
)
def test_an_address_is_taken_without_the_slash_at_its_end(url: str) -> None:
    assert check_address(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["http://pos.example", "ftp://pos.example", "pos.example", "", "https://", "https://a:b@pos.example",
     "https://pos.example/path", "https://pos.example?x=1", "https://pos.example:port"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(BadAddress, match="Nothing was changed"):
        check_address(url)


async def test_where_nothing_listens_or_no_tls_is_spoken_it_is_said_what_to_look_at() -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with transport(url.replace("http:", "https:")) as made:
        with pytest.raises(Unreachable, match="no TLS is spoken there"):
            await made.exchange(PING, within=5, limit=LIMIT)
    server.close()
    async with transport(url) as made:
        with pytest.raises(Unreachable, match="check the address, the port"):
            await made.exchange(PING, within=5, limit=LIMIT)


async def test_a_name_that_nobody_knows_is_told_from_a_server_that_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    # what this machine says of unknown names, and when, is its own affair
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with transport("https://no-such-till.invalid") as made:
        with pytest.raises(Unreachable, match="its name is not known here"):
            await made.exchange(PING, within=5, limit=LIMIT)


async def test_a_connection_that_is_cut_without_a_word_is_said_to_be_cut() -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with listening(cut) as url, transport(url) as made:
        with pytest.raises(Unreachable, match=r"cut|disconnected"):
            await made.exchange(PING, within=5, limit=LIMIT)
