"""A virtual label printer: it reads what it is sent, as the real one would, and keeps what came out."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Literal, TypeAlias

from devices.labels.inquiries import INQUIRIES
from devices.labels.status import Status
from devices.transports.transport import Transport
from devices.virtual.twin import SLOWNESS, Sleep, Twin

KEPT = 20
"""Labels that are remembered, the newest."""
MOST_HELD = 65_536
"""Bytes of a job that does not end."""

Lines: TypeAlias = tuple[str, ...]
"""What stands on a label, in the order in which it was sent: name, price, price of a unit, code."""

_ZPL = re.compile(rb"\^XA(.*?)\^XZ", re.DOTALL)
_ZPL_TEXT = re.compile(r"\^FD(.*?)\^FS", re.DOTALL)
_ZPL_HEX = re.compile(rb"_([0-9a-fA-F]{2})")
_ZPL_COPIES = re.compile(r"\^PQ(\d+)")
_EPL = re.compile(rb"\nN\n(.*?)\nP(\d+)\n", re.DOTALL)
_EPL_TEXT = re.compile(r'^[AB].*?,"((?:[^"\\]|\\.)*)"$', re.MULTILINE)


def read_zpl(job: bytes) -> Iterator[tuple[Lines, int, int]]:
    """The labels of a job in ZPL: what stands on each, its copies, and where it ends."""
    for found in _ZPL.finditer(job):
        body = found[1].decode("utf-8", "replace")
        texts = (
            _ZPL_HEX.sub(_byte, text.encode()).decode("utf-8", "replace") for text in _ZPL_TEXT.findall(body)
        )
        copies = _ZPL_COPIES.search(body)
        yield tuple(filter(None, texts)), int(copies[1]) if copies else 1, found.end()


def read_epl(job: bytes) -> Iterator[tuple[Lines, int, int]]:
    """The labels of a job in EPL, likewise."""
    for found in _EPL.finditer(job):
        texts = (
            re.sub(r"\\(.)", r"\1", text) for text in _EPL_TEXT.findall(found[1].decode("cp1252", "replace"))
        )
        yield tuple(filter(None, texts)), int(found[2]), found.end()


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


class LabelTwin(Twin):
    """Prints labels in one language.

    Faults besides those of any twin: `paper_out`, `cover` (its head is open) and `busy` (it is paused) hold what comes
    until they are mended; `mute` says nothing of them.

    Args:
        language: which.
    """

    driver = "label"
    faults: ClassVar[tuple[str, ...]] = ("offline", "slow", "paper_out", "cover", "busy", "mute")
    synonyms: ClassVar[Mapping[str, str]] = {"lost": "mute", "late": "slow"}

    def __init__(
        self, name: str = "label", language: Literal["zpl", "epl"] = "zpl", sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(name, sleep)
        self.labels: deque[tuple[Lines, int]] = deque(maxlen=KEPT)
        self.printed = 0
        """Labels that came out, copies counted."""
        self._words = INQUIRIES[language]
        self._read_job = read_zpl if language == "zpl" else read_epl
        self._held = b""
        self._taken = 0
        self._news = asyncio.Event()

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    async def serve(self, line: Transport) -> None:
        """Print what comes."""
        self._held = b""
        while data := await line.read():
            if self._words.ask in data:
                data = data.replace(self._words.ask, b"")
                if self.fault != "mute":
                    await line.write(self._words.encode(self._status()))
            if self.fault == "slow" and data:
                await self._sleep(SLOWNESS)
            self._held = (self._held + data)[-MOST_HELD:]
            self._print()
            self._taken += len(data)
            self._news.set()

    def _status(self) -> Status:
        return Status(
            paper_out=self.fault == "paper_out", head_open=self.fault == "cover", paused=self.fault == "busy"
        )

    def _print(self) -> None:
        """Print what has come whole, unless something keeps it from it."""
        if self._status() != Status():
            return
        end = 0
        for lines, copies, ended in self._read_job(self._held):
            self.labels.append((lines, copies))
            self.printed += copies
            end = ended
        self._held = self._held[end:]

    def set(self, **fields: Any) -> None:
        """Set its fault, and print what was held; who waits for labels of one that is pulled out waits no longer."""
        super().set(**fields)
        self._print()
        self._news.set()

    @asynccontextmanager
    async def taking(self, job: bytes) -> AsyncIterator[None]:
        """Send a job meanwhile; it has come out when this ends, unless the twin was pulled out."""
        until = self._taken + len(job)
        yield
        while self._taken < until and self.plugged:
            self._news.clear()
            await self._news.wait()

    def output(self) -> Mapping[str, Any]:
        """The latest labels with their copies, and how many came out in all."""
        return {
            "labels": [{"lines": list(lines), "copies": copies} for lines, copies in self.labels],
            "printed": self.printed,
        }
