"""How the devices of a running till are, in a file beside its database: for commands that ask while it runs.

The till writes it when something changes, and at least every half minute while it runs; it is a copy for whoever looks,
and nothing is ever read back from it by the till.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from devices.counter import Counter
from devices.events import DeviceEvent
from devices.health import DeviceView

_log = logging.getLogger(__name__)

FILE = "devices.json"
OFTEN = 1.0
"""Seconds between two looks at what no event tells: how much waits."""
SELDOM = 30.0
"""Seconds after which it is written though nothing but times has changed."""


class LiveDevices(Struct, frozen=True):
    """What a running till says of its devices."""

    pid: int
    at: datetime
    devices: tuple[DeviceView, ...]


def read_live(profile: Path) -> LiveDevices | None:
    """What the till that runs in this folder says; None: none runs, or it has not said anything."""
    try:
        found = msgspec.json.decode((profile / FILE).read_bytes(), type=LiveDevices)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if _runs(found.pid) else None


def _runs(pid: int) -> bool:
    """Whether a process of this number is there: a till that was killed leaves its file behind."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class LiveReport:
    """Keeps the file up to date until it is stopped.

    Args:
        counter: the till's devices.
        profile: the till's folder.
    """

    def __init__(self, counter: Counter, profile: Path) -> None:
        self._counter = counter
        self._file = profile / FILE
        self._news = asyncio.Event()
        self._unhear = counter.overhear(self._heard)
        self._task = asyncio.create_task(self._keep(), name="state of the devices")

    async def stop(self) -> None:
        """The till ends, and its file with it."""
        self._unhear()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _heard(self, _event: DeviceEvent) -> None:
        self._news.set()

    async def _keep(self) -> None:
        written, at = None, 0.0
        while True:
            self._news.clear()
            devices = tuple(replace(device, output=None) for device in self._counter.list())
            essence = [(device.name, device.health, device.reason, device.queue) for device in devices]
            time = asyncio.get_running_loop().time()
            if essence != written or time - at >= SELDOM:
                await asyncio.to_thread(self._write, devices)
                written, at = essence, time
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OFTEN):
                    await self._news.wait()

    def _write(self, devices: tuple[DeviceView, ...]) -> None:
        data = msgspec.json.encode(LiveDevices(os.getpid(), datetime.now(UTC), devices))
        fresh = self._file.with_suffix(".new")
        try:
            fresh.touch(mode=0o600)
            fresh.write_bytes(data)
            fresh.replace(self._file)
        except OSError as error:
            # whoever looks sees the last state that could be written; the till needs none of it
            _log.warning("the state of the devices could not be written: %s", error)
