"""A virtual label printer: it keeps what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from devices.transports.transport import Transport
from devices.virtual.twin import Sleep, Twin

KEPT = 65_536


class LabelTwin(Twin):
    """Takes labels in any language."""

    driver = "label"

    def __init__(self, name: str = "label", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.received = b""

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    async def serve(self, line: Transport) -> None:
        """Take what comes."""
        while data := await line.read():
            self.received = (self.received + data)[-KEPT:]

    def output(self) -> Mapping[str, Any]:
        """What it was sent."""
        return {"received": self.received.decode("utf-8", "replace")}
