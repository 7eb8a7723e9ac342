"""A proxy on the way: it is told who asks, by the credentials of the settings, and learns nothing of what is inside."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sync.errors import BadAddress, ProxyRefused, Unreachable
from sync.http import HttpTransport
from sync.ports import Request

PING = Request("GET", "/v1/ping?a=%2F")
WELCOME = "Basic " + base64.b64encode(b"till:open sesame").decode()


class Proxy:
    """Answers whoever brings the credentials, in the place of the server behind it; others get 407."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        """The request line and the credentials of each request."""
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        given = next((line.split(": ", 1)[1] for line in head if line.lower().startswith("proxy-auth")), "")
        assert "host" in headers
        self.asked.append((head[0], given))
        known = given == WELCOME
        writer.write(
            b"HTTP/1.1 204 No Content\r\n\r\n" if known else b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n"
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def proxied(url: str, user: str) -> AsyncIterator[tuple[Proxy, HttpTransport]]:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport = HttpTransport(url, proxy=f"http://{user}127.0.0.1:{port}")
    try:
        yield proxy, transport
    finally:
        await transport.close()
        server.close()


async def test_a_request_goes_by_the_proxy_with_its_credentials_and_its_target_as_it_was_signed() -> None:
    async with proxied("http://127.0.0.1:9", "till:open%20sesame@") as (proxy, transport):
        reply = await transport.exchange(PING, within=5, limit=100)

    assert reply.status == 204
    assert proxy.asked == [("GET http://127.0.0.1:9/v1/ping?a=%2F HTTP/1.1", WELCOME)]


async def test_inside_tls_the_proxy_sees_the_address_alone() -> None:
    async with proxied("https://till.example.org", "till:open%20sesame@") as (proxy, transport):
        with pytest.raises(Unreachable):
            await transport.exchange(PING, within=5, limit=100)

    assert proxy.asked == [("CONNECT till.example.org:443 HTTP/1.1", WELCOME)]


@pytest.mark.parametrize(
    ("url", "asked"), [("https://till.example.org", "CONNECT"), ("http://127.0.0.1:9", "GET")]
)
async def test_a_proxy_that_does_not_know_the_credentials_is_named_and_its_password_stays_secret(
    url: str, asked: str
) -> None:
    async with proxied(url, "till:wrong@") as (proxy, transport):
        with pytest.raises(ProxyRefused, match="it asks for a user and a password, or refuses") as caught:
            await transport.exchange(PING, within=5, limit=100)

    assert proxy.asked[0][0].startswith(asked)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("address", ["proxy.example.org:3128", "gopher://proxy", "http://[", "http://"])
async def test_an_address_of_a_proxy_that_cannot_be_used_is_refused_with_the_reason(address: str) -> None:
    with pytest.raises(BadAddress, match="proxy"):
        HttpTransport("https://till.example.org", proxy=address)
