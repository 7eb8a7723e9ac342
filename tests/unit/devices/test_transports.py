"""Cables of every kind: what cannot be reached, and what was pulled out."""

from __future__ import annotations

import pytest

from devices.transports import TransportError, open_transport
from devices.transports.pair import Cable

DEAD_PORT = 9
"""Nobody listens to `discard` on loopback."""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (f"tcp://127.0.0.1:{DEAD_PORT}", "refuses"),
        ("tcp://no.such.host.invalid:9100", "not known"),
        ("serial:/dev/nothing", "not there"),
        ("file:/dev/nothing", "not there"),
        ("file:/nowhere/paper", "not there"),
    ],
)
async def test_what_cannot_be_reached_says_why_and_has_sent_nothing(address: str, reason: str) -> None:
    line = open_transport(address, "printer")

    with pytest.raises(TransportError, match="printer") as raised:
        await line.open()

    assert reason in raised.value.reason
    assert raised.value.untouched
    assert not line.is_open
    await line.close()


async def test_a_cable_in_memory_can_be_pulled_out() -> None:
    cable = Cable("twin")
    await cable.till.open()
    await cable.peer.open()
    await cable.till.write(b"hello")
    assert await cable.peer.read(2) == b"he"
    assert await cable.peer.read() == b"llo"

    cable.unplug()

    assert await cable.peer.read() == b""
    with pytest.raises(TransportError, match="unplugged"):
        await cable.till.write(b"x")
    with pytest.raises(TransportError):
        await cable.till.open()
    cable.plug()
    await cable.till.open()
    assert cable.till.is_open
