"""A drawer with an interface of its own, on a serial line or behind a serial server."""

from __future__ import annotations

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, n_
from devices.transports import Transport, open_transport

BELL = b"\x07"
"""What most of these interfaces open at."""


class SerialDrawer:
    """A drawer that opens when it is sent a few bytes, and says nothing back."""

    driver = "serial"

    def __init__(self, name: str, transport: Transport, opening: bytes = BELL) -> None:
        self.name = name
        self._transport = transport
        self._opening = opening

    async def probe(self) -> None:
        """Whether its line is there."""
        await self._transport.open()

    async def kick(self) -> None:
        """Send it its bytes."""
        await self._transport.open()
        await self._transport.write(self._opening)

    async def opened(self) -> bool | None:
        """It does not say."""
        return None

    async def close(self) -> None:
        """Let go of the line."""
        await self._transport.close()


def make(config: DeviceConfig) -> SerialDrawer:
    """A drawer as it is configured; option `bytes`: what opens it, in hexadecimal (default `07`).

    Raises:
        BadDevice: the bytes are none.
    """
    try:
        opening = bytes.fromhex(config.options.get("bytes", BELL.hex()))
    except ValueError:
        opening = b""
    if not opening:
        raise BadDevice(device=config.name, reason=n_("the option bytes is hexadecimal, as in 1b700019fa"))
    return SerialDrawer(config.name, open_transport(config.place, config.name), opening)
