"""A virtual scanner: it reads the codes that are held before it, and sends them as the real one would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from devices.scanners.framing import LONGEST
from devices.transports.transport import Transport
from devices.virtual.twin import SLOWNESS, Sleep, Twin

NOISE = b"\xff\x00\x7f\xfe\x01"


class ScannerTwin(Twin):
    """Holds a scanner's end of the cable. `set(scan="3017620422003")` has it read a code.

    Faults besides those of any twin: `garbage`, noise instead of a code; `endless`, a code whose end gets lost.
    Unplugged, it reads nothing.

    Args:
        encode: how it sends a code, its end included.
        end: what of that is the end.
        noise: what comes instead of a code that was spoiled on its way.
    """

    driver = "scanner"
    faults: ClassVar[tuple[str, ...]] = ("offline", "slow", "garbage", "endless")
    synonyms: ClassVar[Mapping[str, str]] = {"late": "slow", "lost": "endless"}

    def __init__(
        self,
        name: str = "scanner",
        sleep: Sleep = asyncio.sleep,
        encode: Callable[[str], bytes] = str.encode,
        end: bytes = b"\r",
        noise: bytes = NOISE,
    ) -> None:
        super().__init__(name, sleep)
        self.scan = ""
        """What it was shown last."""
        self.scans = 0
        self._encode = encode
        self._end = end
        self._noise = noise
        self._shown: list[str] = []
        self._changed = asyncio.Event()
        self._under_way = 0
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    def set(self, **fields: Any) -> None:
        """Set its fault, or hold a code before it."""
        super().set(**fields)
        if not self.plugged:
            self._shown.clear()
            self._under_way = 0
            self._settled.set()
        elif "scan" in fields:
            self._shown.append(self.scan)
            self._under_way += 1
            self._settled.clear()
        self._changed.set()

    def taken(self) -> None:
        """A code has come out at the other end of the cable."""
        self._under_way = max(0, self._under_way - 1)
        if not self._under_way:
            self._settled.set()

    async def settled(self) -> None:
        """Wait until all that was held before it has come out."""
        await self._settled.wait()

    async def serve(self, line: Transport) -> None:
        """Send codes until it is pulled out."""
        while self.plugged:
            self._changed.clear()
            while self._shown:
                code = self._shown.pop(0)
                if self.fault == "slow":
                    await self._sleep(SLOWNESS)
                await line.write(self._sent(code))
                self.scans += 1
            await self._changed.wait()

    def _sent(self, code: str) -> bytes:
        if self.fault == "garbage":
            return self._noise + self._end
        return self._encode(code) + (b"" if self.fault == "endless" else self._end)

    def output(self) -> Mapping[str, Any]:
        """What it was shown last, and how many codes it has sent."""
        return {"scan": self.scan, "scans": self.scans}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "scan" and isinstance(value, str) and 0 < len(value) <= LONGEST:
            try:
                self._encode(value)
            except ValueError:
                raise self._refused(setting, value) from None
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + ', scan="3017620422003"'
