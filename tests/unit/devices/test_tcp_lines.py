"""Devices behind a socket: bytes both ways, and what is said when nobody picks up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from devices.transports import Tcp, TransportError, open_transport
from devices.transports.tcp import TcpTransport


@pytest.fixture
async def echo() -> AsyncIterator[asyncio.Server]:
    """Says back what it is told, until it is told `bye`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await reader.read(100)) and data != b"bye":
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server
    server.close()


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def test_tcp_carries_bytes_both_ways(echo: asyncio.Server) -> None:
    line = open_transport(f"tcp://127.0.0.1:{port_of(echo)}", "printer")
    assert not line.is_open
    await line.open()
    await line.open()

    await line.write(b"W")

    assert await line.read() == b"W"
    await line.close()
    with pytest.raises(TransportError):
        await line.read()


async def test_tcp_that_hangs_up_gives_nothing_and_is_open_no_more(echo: asyncio.Server) -> None:
    line = open_transport(f"tcp://127.0.0.1:{port_of(echo)}", "printer")
    await line.open()
    await line.write(b"bye")

    assert await line.read() == b""
    with pytest.raises(TransportError):
        await line.write(b"x")
    with pytest.raises(TransportError):
        await line.read()
    await line.open()
    await line.write(b"W")
    assert await line.read() == b"W"
    await line.close()


async def test_a_reader_that_gives_up_loses_no_byte(echo: asyncio.Server) -> None:
    line = open_transport(f"tcp://127.0.0.1:{port_of(echo)}", "printer")
    await line.open()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await line.read()

    await line.write(b"W")

    assert await line.read() == b"W"
    await line.close()


async def test_a_peer_that_does_not_pick_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*args: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "open_connection", never)
    line = TcpTransport(Tcp("192.0.2.1", 9100), "printer", connect_within=0.01)

    with pytest.raises(TransportError, match="unplugged"):
        await line.open()
