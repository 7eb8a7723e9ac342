"""A virtual customer display."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from devices.displays.board import Board
from devices.virtual.twin import Sleep, Twin

WIDTH = 20


class VirtualDisplay(Twin):
    """Two lines of twenty characters; what is longer is cut, as a pole display does."""

    def __init__(self, name: str = "display", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.lines = (" " * WIDTH, " " * WIDTH)
        self.shows = 0

    async def show(self, upper: str, lower: str) -> None:
        """Show two lines."""
        await self._begin()
        self.lines = (upper[:WIDTH].ljust(WIDTH), lower[:WIDTH].ljust(WIDTH))
        self.shows += 1

    def output(self) -> Mapping[str, Any]:
        """The two lines, and how often they were changed."""
        return {"lines": list(self.lines), "shows": self.shows}


class VirtualScreen(VirtualDisplay):
    """A second screen, with room for the whole sale."""

    driver = "screen"

    def __init__(self, name: str = "screen", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.board = Board()

    async def show(self, upper: str, lower: str) -> None:
        """Two lines are a message."""
        await self.show_board(Board(message="\n".join(line.strip() for line in (upper, lower))))

    async def show_board(self, board: Board) -> None:
        """Show this instead of what was there."""
        await self._begin()
        self.board = board
        self.shows += 1

    def output(self) -> Mapping[str, Any]:
        """What it shows, and how often that was changed."""
        return {"board": msgspec.to_builtins(self.board), "shows": self.shows}
