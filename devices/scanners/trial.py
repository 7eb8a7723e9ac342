"""A scanner is tried: what it reads next is shown, and sold to nobody."""

from __future__ import annotations

import asyncio

from devices.counter import Counter
from devices.errors import NO_ANSWER, DeviceDown, UnknownDevice
from devices.events import DeviceEvent, ScanLost, Scanned
from devices.health import State
from devices.ports import Steerable
from devices.scanners.owner import ScannerOwner

WITHIN = 20.0
"""Seconds in which somebody has scanned something."""
SAMPLE = "3017620422003"
"""What is held before a virtual scanner, which nobody can hold anything before."""


def scanner_of(counter: Counter, name: str) -> ScannerOwner:
    """Who speaks to the scanner of this name. Raises `UnknownDevice` where there is none."""
    for owner in counter.owners:
        if owner.name == name and isinstance(owner, ScannerOwner):
            return owner
    raise UnknownDevice(device=name)


async def scan_once(counter: Counter, name: str, within: float = WITHIN) -> Scanned | ScanLost | None:
    """What the scanner of this name reads next; None: nothing within so many seconds.

    Raises:
        UnknownDevice: there is no scanner of this name.
        DeviceDown: it cannot be read from.
    """
    owner = scanner_of(counter, name)
    read: asyncio.Queue[DeviceEvent] = asyncio.Queue()
    end = owner.divert(read.put_nowait)
    try:
        await counter.look(name)
        if owner.health.state is not State.ONLINE:
            raise DeviceDown(device=name, reason=owner.health.reason or NO_ANSWER)
        if isinstance(owner.device, Steerable):
            await counter.set(name, scan=SAMPLE)
        async with asyncio.timeout(within):
            event = await read.get()
    except TimeoutError:
        return None
    finally:
        end()
    assert isinstance(event, Scanned | ScanLost), event
    return event
