"""The counter: all the devices of one till, by name.

Work is given without waiting, and done by each device's owner. Whatever happens to a device, the till
goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias

from devices.configuration import CounterConfig
from devices.displays.board import Board
from devices.document import Document
from devices.drawers.owner import DrawerOwner
from devices.errors import DeviceError, UnknownDevice
from devices.events import DeviceEvent, DrawerKicked, DrawerStuck, Rerouted
from devices.health import DeviceView
from devices.owners import DisplayOwner, Owner, ScaleOwner, TerminalOwner, now
from devices.payments import Approval, Order, Progress, TerminalTotals, nobody
from devices.ports import Steerable
from devices.printers.owner import PrintOwner
from devices.printers.worker import Encoder
from devices.scanners.owner import ScannerOwner
from devices.scanners.wedge import Wedge, WedgeScanner
from devices.spool import Spool
from devices.staff import Staff

logger = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds in which a device that lives has been looked at."""

Fitting: TypeAlias = Callable[[CounterConfig, "Counter"], "Fitted"]
"""Makes the owners of a configuration; those whose devices stay as they are, are the counter's own."""


class Fitted(NamedTuple):
    """The owners of a counter as it is to be, in its order, and where its documents go."""

    config: CounterConfig
    owners: tuple[Owner[Any], ...]


def _nobody(_: DeviceEvent) -> None:
    """Nobody listens."""


class Counter:
    """The devices of one till. All of it is called from the loop on which it was started.

    Args:
        owners: one for each device; the first of a kind is the one that is meant when none is named.
        on_event: is told what happens; it returns at once.
        clock: gives the time, UTC.
        documents: the printer's name for each kind of document.
    """

    def __init__(
        self,
        owners: Iterable[Owner[Any]] = (),
        on_event: Callable[[DeviceEvent], None] = _nobody,
        clock: Callable[[], datetime] = now,
        documents: Mapping[str, str] | None = None,
    ) -> None:
        self.on_event = on_event
        self.config = CounterConfig()
        """What it was fitted with, where it was made from a configuration."""
        self.fitting: Fitting | None = None
        self._shown: tuple[str, str, Callable[[], Board] | None] | None = None
        self._beside: list[Callable[[DeviceEvent], None]] = []
        self._clock = clock
        self._encoder = Encoder()
        self._staff = Staff()
        for owner in self._staff.hire(owners):
            self._instruct(owner)
        self.spool = Spool(self._staff.all(PrintOwner), documents)
        self.spool.rerouted = lambda job, to: self._tell(Rerouted(job.device, job.id, to))

    def _instruct(self, owner: Owner[Any]) -> None:
        owner.tell = self._tell
        owner.clock = self._clock
        if isinstance(owner, PrintOwner):
            owner.encode = self._encoder.encode

    async def start(self) -> None:
        """Let every device be owned. Work given before, also to an earlier program, is done now."""
        if self._staff.works:
            return
        await self.spool.restore()
        # a twin prints for nobody who waits
        prints = any(not isinstance(owner.device, Steerable) for owner in self._staff.all(PrintOwner))
        self._encoder.start(prepare=prints)
        self._staff.begin(self.owners)

    def fitted(self, config: CounterConfig) -> Fitted:
        """What this counter would be by another configuration; no cable is touched.

        Raises:
            BadDevice, BadAddress: a device makes no sense.
        """
        assert self.fitting is not None, "a counter that was made by hand has no configuration"
        return self.fitting(config, self)

    async def refit(self, fitted: Fitted) -> None:
        """Be this counter from now on. Devices that stay go on undisturbed; prints of one that goes find another."""
        for owner in self.owners:
            if owner not in fitted.owners:
                await self._staff.dismiss(owner)
        self.config = fitted.config
        new = self._staff.hire(fitted.owners)
        for owner in new:
            self._instruct(owner)
            if isinstance(owner, DisplayOwner):
                self._show_on(owner)
        documents = {str(kind): name for kind, name in fitted.config.documents.items()}
        await self.spool.refit(self._staff.all(PrintOwner), documents)
        if self._staff.works:
            self._staff.begin(new)

    async def stop(self) -> None:
        """Let go of every device; what waits stays, and is done after the next start."""
        await self._staff.end()
        self._encoder.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def list(self, name: str | None = None) -> tuple[DeviceView, ...]:
        """The device named, or every one in the order of the counter: health, and what a virtual one has put out.

        Raises:
            UnknownDevice: no device has this name.
        """
        owners = self.owners if name is None else (self._staff.named(name),)
        return tuple(owner.view() for owner in owners)

    def devices(self) -> tuple[DeviceView, ...]:
        """Every device with its health, in the order of the counter."""
        return self.list()

    def outputs(self) -> dict[str, Mapping[str, Any]]:
        """What each virtual device has put out, by name, as plain data."""
        return {device.name: device.output for device in self.list() if device.output is not None}

    @property
    def owners(self) -> tuple[Owner[Any], ...]:
        """Who speaks to each device, in the order of the counter."""
        return self._staff.owners

    def has(self, kind: str) -> bool:
        """Whether there is a device of this kind: `printer`, `drawer`, `display`, `scale` or `terminal`."""
        return any(owner.kind == kind for owner in self.owners)

    def print(self, job: Document | bytes, to: str | None = None) -> str | None:
        """Print a document, or bytes as they are, on the printer named or that of receipts. Never waits.

        The job ends with the program; one that must not is kept first, and given to `spool`.

        Returns:
            The job's id, which `Printed` and `PrintLost` name; None when the counter has no printer.

        Raises:
            UnknownDevice: there is no printer of this name.
        """
        made = self.spool.job(job, to=to)
        if made is None:
            return None
        self.spool.submit(made)
        return made.id

    def show(self, upper: str, lower: str, board: Callable[[], Board] | None = None) -> None:
        """Show two lines, or the board where there is room for it, on every customer display.

        Never waits; the latest wins. A display that comes later, or comes back, shows it too.

        Args:
            board: makes the board; it is called where a display has room for it, at any time.
        """
        self._shown = (upper, lower, board)
        for owner in self._staff.all(DisplayOwner):
            self._show_on(owner)

    def _show_on(self, display: DisplayOwner) -> None:
        if self._shown is not None:
            upper, lower, board = self._shown
            display.show(upper, lower, board() if board is not None and display.has_room else None)

    @property
    def wedge(self) -> Wedge:
        """How the scanner types that is this till's keyboard; where none is configured, as most do."""
        devices = (owner.device for owner in self._staff.all(ScannerOwner))
        return next((device.wedge for device in devices if isinstance(device, WedgeScanner)), Wedge())

    def kick(self, drawer: str | None = None) -> None:
        """Open the drawer named, or the first, now or never.

        Never waits: `DrawerKicked` or `DrawerStuck` says what came of it. Nothing is done where there is no drawer.

        Raises:
            UnknownDevice: there is no drawer of this name.
        """
        if drawer is None and not self.has(DrawerOwner.kind):
            return
        owner = self._staff.one(DrawerOwner, drawer)
        owner.kick().add_done_callback(partial(self._kicked, owner.name))

    async def weigh(self, scale: str | None = None, tare: int = 0, price: int = 0) -> Decimal:
        """The next stable weight in kilograms, less `tare` grams of packaging, within two seconds.

        `price`, in minor units for a kilogram, is for scales that show it.

        Raises:
            NoDevice: there is no scale.
            NoWeight: it is empty, its load moves or is out of range; `reason` says which.
            DeviceDown: it does not answer, or not so that it can be understood.
        """
        return (await self._staff.one(ScaleOwner, scale).weigh(tare, price)).kilograms

    def terminal_for(self, method: str, *, marked: bool = False) -> str | None:
        """The terminal that takes payments of this method; None: they are taken by hand.

        Args:
            method: the code of the payment method.
            marked: the shop says that this method goes through a terminal where there is one.
        """
        terminals = (owner for owner in self._staff.all(TerminalOwner) if owner.takes(method, marked=marked))
        return next((owner.name for owner in terminals), None)

    async def carry_out(
        self, order: Order, progress: Progress = nobody, terminal: str | None = None
    ) -> Approval:
        """Have the terminal named, or the first, do what is ordered; minutes may go by.

        A caller who leaves does not end it.

        Raises:
            Declined: nothing was paid.
            NoDevice, DeviceDown: nothing was sent.
            PaymentUnknown: the money may have moved.
        """
        return await self._staff.one(TerminalOwner, terminal).carry_out(order, progress)

    async def give_up(self, terminal: str | None = None) -> bool:
        """Ask the terminal to give up the order under way, whose end `carry_out` tells; False: it cannot be asked."""
        try:
            return await self._staff.one(TerminalOwner, terminal).device.give_up()
        except DeviceError:
            return False

    async def recover(self, order: Order, terminal: str | None = None) -> Approval:
        """Ask the terminal how an order ended whose answer was lost; nothing is ordered by this.

        Raises:
            Declined: nothing was paid.
            NoDevice, DeviceDown, PaymentUnknown: it cannot tell.
        """
        return await self._staff.one(TerminalOwner, terminal).recover(order)

    def terminal_totals(self) -> dict[str, asyncio.Future[TerminalTotals | None]]:
        """What each terminal has added up since its last end of day, once it tells; None: its protocol does not."""
        return {owner.name: owner.totals() for owner in self._staff.all(TerminalOwner)}

    async def printed(self) -> None:
        """Wait until no printer has anything left to print."""
        await self.spool.printed()

    def overhear(self, listener: Callable[[DeviceEvent], None]) -> Callable[[], None]:
        """Tell `listener` too what happens, as it is told to `on_event`; gives a function that ends it."""
        self._beside.append(listener)
        return lambda: self._beside.remove(listener)

    async def look(self, name: str) -> None:
        """Have the device's health brought up to date, and wait for it some seconds at most.

        Raises:
            UnknownDevice: there is no device of this name.
        """
        await self._staff.named(name).seen(within=LOOK)

    def retry(self, name: str | None = None) -> None:
        """Try at once what waits for the device named, or for any to come back, and look at its health."""
        for owner in self.owners if name is None else (self._staff.named(name),):
            owner.wake()

    async def set(self, name: str, /, **fields: Any) -> None:
        """Steer a virtual device: `fault="paper_out"`, `weight="1.250"`; its health is known when this returns.

        What waits for it is tried at once.

        Raises:
            UnknownDevice: no virtual device has this name.
            BadSetting: it does not take this; nothing changed.
        """
        owner = self._staff.named(name)
        if not isinstance(owner.device, Steerable):
            raise UnknownDevice(device=name)
        owner.device.set(**fields)
        await owner.look()  # a twin takes no harm from being asked beside its owner's task
        owner.wake()

    def _kicked(self, name: str, done: asyncio.Future[None]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if isinstance(error, DeviceError):
            self._tell(DrawerStuck(name, error.reason))
        else:
            self._tell(DrawerKicked(name))

    def _tell(self, event: DeviceEvent) -> None:
        for listener in (self.on_event, *self._beside):
            try:
                listener(event)
            except Exception:
                # who listens must not be able to stop a device
                logger.exception("%r could not be told", event)
