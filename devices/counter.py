"""The counter: all the devices of one till, by name.

Work is given without waiting, and done by each device's owner. Whatever happens to a device, the till goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from devices.document import Document
from devices.errors import DeviceError, NoDevice, UnknownDevice
from devices.events import DeviceEvent, DrawerKicked, DrawerStuck
from devices.health import DeviceView
from devices.owners import DisplayOwner, DrawerOwner, Owner, ScaleOwner, TerminalOwner, now
from devices.ports import Approval, Steerable, Weight
from devices.printers.profile import Profile
from devices.spool import PrintOwner

O = TypeVar("O", bound=Owner[Any])  # noqa: E741 - an owner


def _nobody(_: DeviceEvent) -> None:
    """Nobody listens."""


class Counter:
    """The devices of one till. All of it is called from the loop on which it was started.

    Args:
        owners: one for each device; the first of a kind is the one that is meant when none is named.
        on_event: is told what happens; it returns at once.
        clock: gives the time, UTC.
    """

    def __init__(
        self,
        owners: Iterable[Owner[Any]] = (),
        on_event: Callable[[DeviceEvent], None] = _nobody,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.on_event = on_event
        self._owners = {owner.name: owner for owner in owners}
        self._tasks: list[asyncio.Task[None]] = []
        self._paper: ThreadPoolExecutor | None = None
        for owner in self._owners.values():
            owner.tell = self._tell
            owner.clock = clock
            if isinstance(owner, PrintOwner):
                owner.encode = self._encode

    async def start(self) -> None:
        """Let every device be owned. Work given before is done now."""
        if self._tasks:
            return
        self._paper = ThreadPoolExecutor(1, thread_name_prefix="paper")
        self._tasks = [
            asyncio.create_task(owner.run(), name=f"device {owner.name}") for owner in self._owners.values()
        ]

    async def stop(self) -> None:
        """Let go of every device; what waits stays, and is done after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._paper is not None:
            self._paper.shutdown(wait=False, cancel_futures=True)
        for owner in self._owners.values():
            await owner.device.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def devices(self) -> tuple[DeviceView, ...]:
        """Every device with its health, in the order of the counter."""
        return tuple(owner.view() for owner in self._owners.values())

    def has(self, kind: str) -> bool:
        """Whether there is a device of this kind: `printer`, `drawer`, `display`, `scale` or `terminal`."""
        return any(owner.kind == kind for owner in self._owners.values())

    def submit(self, job: Document | bytes, to: str | None = None) -> str:
        """Print a document, or bytes as they are, on the printer named or the first. Never waits.

        Returns:
            The job's id, which `Printed` and `PrintLost` name.

        Raises:
            NoDevice, UnknownDevice: there is no such printer.
        """
        return self._one(PrintOwner, to).submit(job)

    def show(self, upper: str, lower: str) -> None:
        """Show two lines on every customer display. Never waits; the latest wins."""
        for owner in self._all(DisplayOwner):
            owner.show(upper, lower)

    def kick(self) -> None:
        """Open the first drawer, now or never; without one nothing happens. Never waits: an event says what came of it."""
        for owner in self._all(DrawerOwner)[:1]:
            owner.kick().add_done_callback(lambda done, name=owner.name: self._kicked(name, done))

    async def weigh(self, scale: str | None = None) -> Weight:
        """The next stable weight.

        Raises:
            NoWeight: the load moves, or there is none.
            NoDevice, DeviceDown: there is no scale, or it does not answer within two seconds.
        """
        return await self._one(ScaleOwner, scale).weigh()

    async def pay(self, amount: int, reference: str, terminal: str | None = None) -> Approval:
        """Take `amount` minor units from a card; minutes may go by. The payment goes on when the caller is cancelled.

        Raises:
            Declined: nothing was paid.
            NoDevice, DeviceDown: nothing was sent.
            PaymentUnknown: the money may have moved.
        """
        return await self._one(TerminalOwner, terminal).pay(amount, reference)

    async def refund(self, amount: int, reference: str, terminal: str | None = None) -> Approval:
        """Give `amount` minor units (positive) back to a card. Raises as `pay` does."""
        return await self._one(TerminalOwner, terminal).refund(amount, reference)

    async def printed(self) -> None:
        """Wait until no printer has anything left to print."""
        printers = self._all(PrintOwner)
        while any(not owner.idle.is_set() for owner in printers):
            for owner in printers:
                await owner.idle.wait()

    def retry(self, name: str | None = None) -> None:
        """Try again now, on the device named or on all, what waits for a device to come back; look at its health."""
        for owner in [self._named(name)] if name else self._owners.values():
            owner.wake()

    def set(self, name: str, fields: Mapping[str, Any]) -> None:
        """Steer a virtual device: `{"fault": "paper_out"}`, `{"weight": "1.250"}`; what waits is tried at once.

        Raises:
            UnknownDevice: no virtual device has this name.
            BadSetting: it does not take this; nothing changed.
        """
        self._twin(name).set(**fields)
        self.retry(name)

    def output(self, name: str) -> Mapping[str, Any]:
        """What a virtual device has put out, as plain data. Raises UnknownDevice."""
        return self._twin(name).output()

    def outputs(self) -> dict[str, Mapping[str, Any]]:
        """What each virtual device has put out, by name."""
        return {
            name: owner.device.output()
            for name, owner in self._owners.items()
            if isinstance(owner.device, Steerable)
        }

    def _named(self, name: str) -> Owner[Any]:
        if name not in self._owners:
            raise UnknownDevice(device=name)
        return self._owners[name]

    def _twin(self, name: str) -> Steerable:
        device = self._named(name).device
        if not isinstance(device, Steerable):
            raise UnknownDevice(device=name)
        return device

    def _all(self, owned: type[O]) -> list[O]:
        return [owner for owner in self._owners.values() if isinstance(owner, owned)]

    def _one(self, owned: type[O], name: str | None) -> O:
        if name is not None:
            owner = self._named(name)
            if isinstance(owner, owned):
                return owner
            raise UnknownDevice(device=name)
        found = self._all(owned)
        if not found:
            raise NoDevice(kind=owned.kind)
        return found[0]

    def _kicked(self, name: str, done: asyncio.Future[None]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if isinstance(error, DeviceError):
            self._tell(DrawerStuck(name, error.reason))
        else:
            self._tell(DrawerKicked(name))

    def _tell(self, event: DeviceEvent) -> None:
        self.on_event(event)

    async def _encode(self, document: Document, profile: Profile) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._paper, _encode, document, profile)


def _encode(document: Document, profile: Profile) -> bytes:
    from devices.printers.escpos import encode  # noqa: PLC0415 - takes a third of a second, so only to print

    return encode(document, profile)
