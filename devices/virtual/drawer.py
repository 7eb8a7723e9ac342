"""A virtual cash drawer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from devices.virtual.twin import Sleep, Twin


class VirtualDrawer(Twin):
    """Counts its kicks, and stays open until it is shut with `set(open=False)`."""

    def __init__(self, name: str = "drawer", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.open = False
        self.kicks = 0

    async def kick(self) -> None:
        """Spring open."""
        await self._begin()
        self.kicks += 1
        self.open = True

    async def opened(self) -> bool | None:
        """Whether it stands open."""
        self._raise_trouble()
        return self.open

    def output(self) -> Mapping[str, Any]:
        """How often it was kicked, and whether it is open."""
        return {"kicks": self.kicks, "open": self.open}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "open" and isinstance(value, bool):
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + ", open=true|false"
