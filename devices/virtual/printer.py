"""A virtual receipt printer: it reads ESC/POS and shows its paper as text."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from devices.errors import BUSY, CoverOpen, DeviceError, NotReady, PaperOut, PrintUnknown
from devices.ports import Notice
from devices.virtual.roll import Paper, Roll
from devices.virtual.twin import Sleep, Twin

Sink: TypeAlias = Callable[[Paper], None]


class VirtualPrinter(Twin):
    """Prints on a paper of its own.

    Faults: `paper_out`, `cover`, `busy` and `offline` refuse a job before its first byte; `lost` prints it and loses
    the confirmation; `slow` takes its time.

    Args:
        columns: of its paper.
        keep: so many papers are remembered, the last ones.
        sink: is given each paper as it is cut, in a worker thread.
    """

    faults = ("paper_out", "cover", "busy", "offline", "slow", "lost")
    synonyms: ClassVar[Mapping[str, str]] = {"late": "slow"}

    def __init__(
        self,
        name: str = "receipt",
        columns: int = 42,
        keep: int = 20,
        sink: Sink | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(name, sleep)
        self.papers: deque[Paper] = deque(maxlen=keep)
        self.count = 0
        """Papers cut since it was switched on."""
        self._roll = Roll(columns)
        self._sink = sink

    @property
    def pulses(self) -> int:
        """Drawer pulses found inside what was printed: a receipt has none."""
        return self._roll.pulses

    async def ready(self) -> str:
        """Whether it could print. Raises what its fault makes it raise."""
        self._raise_trouble()
        return ""

    async def send(self, job: bytes, notice: Notice) -> None:  # noqa: ARG002 - nothing ever holds it up
        """Read one job, and put what it cuts on the pile."""
        await self._begin()
        for paper in self._roll.feed(job):
            self.papers.append(paper)
            self.count += 1
            if self._sink is not None:
                await asyncio.to_thread(self._sink, paper)

    async def confirm(self, job: bytes, notice: Notice) -> bool:  # noqa: ARG002 - nothing ever holds it up
        """Say that it is on paper, unless the word is lost on the way."""
        if self.fault == "lost":
            raise PrintUnknown(device=self.name)
        return True

    async def rest(self) -> None:
        """Nobody else wants it."""

    def interrupted(self) -> None:
        """Its roll goes on where it was."""

    def output(self) -> Mapping[str, Any]:
        """The papers that it remembers, as lines, the oldest first; and how many it ever cut."""
        return {
            "papers": [list(paper.lines) for paper in self.papers],
            "count": self.count,
            "pulses": self.pulses,
        }

    def trouble(self) -> DeviceError | None:
        """What its fault makes it raise."""
        if self.fault == "paper_out":
            return PaperOut(device=self.name)
        if self.fault == "cover":
            return CoverOpen(device=self.name)
        if self.fault == "busy":
            return NotReady(device=self.name, reason=BUSY)
        return super().trouble()
