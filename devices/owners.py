"""Owner tasks: each device is spoken to by one task, and nobody else.

An owner takes work without ever blocking, does it in order, keeps the device's health, and outlives every failure.
What cannot be done now waits where that makes sense (paper, the display's last text) and is forgotten where it does
not (a drawer, a weight, a payment).
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from devices.displays.board import Board
from devices.errors import (
    TOO_LATE,
    Declined,
    DeviceDown,
    DeviceError,
    NotReady,
    NoWeight,
    PaymentUnknown,
    n_,
)
from devices.events import DeviceEvent, HealthChanged
from devices.health import DeviceView, Health, State
from devices.payments import Approval, Order, Progress, TerminalTotals, nobody
from devices.ports import BoardDisplay, Device, Display, Outspoken, Scale, Steerable, Terminal, Weight

logger = logging.getLogger(__name__)

D = TypeVar("D", bound=Device)
R = TypeVar("R")

LET_GO = n_("the till let go of it")
BACK_OFF = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds between attempts; the last repeats."""
CARD = "CARD"
"""The payment method that every terminal takes unless it is told which."""
RECOVERY, TOTALS = 15.0, 3.0
"""Seconds that a terminal is given to tell how a payment ended, and what it has added up."""
DRIVER_FAILED = n_("its driver failed; the log says why")


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def state_after(error: DeviceError) -> State:
    """What an error says of the device that raised it."""
    if isinstance(error, Declined | NoWeight):
        return State.ONLINE
    if isinstance(error, DeviceDown) and not isinstance(error, NotReady):
        return State.OFFLINE
    return State.DEGRADED


class Owner(ABC, Generic[D]):
    """The one who speaks to a device.

    Args:
        name: of the device on the counter.
        device: a driver or a virtual twin.
    """

    kind: ClassVar[str]
    poll: float | None = None
    """Seconds between two looks at a device that does not call by itself: what comes back is found within that."""

    def __init__(self, name: str, device: D) -> None:
        self.name = name
        self.device = device
        self.health = Health()
        self.tell: Callable[[DeviceEvent], None] = lambda _: None
        self.clock: Callable[[], datetime] = now
        self._wake = asyncio.Event()
        self._spoken = asyncio.Event()
        self._failures = 0
        if isinstance(cast("object", device), Outspoken):
            cast("Outspoken", device).on_change(self.wake)

    @property
    @abstractmethod
    def queue(self) -> int:
        """How much waits, what is being done included."""

    @abstractmethod
    async def work(self) -> bool:
        """Do the next piece of work; False: it waits, and is tried again later."""

    def view(self) -> DeviceView:
        """The device as it is shown."""
        health, device = self.health, cast("object", self.device)
        return DeviceView(
            self.name,
            self.kind,
            self.device.driver,
            health.state,
            health.reason,
            self.queue,
            health.since,
            health.last_success,
            device.output() if isinstance(device, Steerable) else None,
        )

    def wake(self) -> None:
        """There is work, or a reason to try again now."""
        self._failures = 0
        self._wake.set()

    async def seen(self, within: float) -> None:
        """Wait until the device was spoken to once more, or so many seconds."""
        self._spoken.clear()
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._spoken.wait()

    async def run(self) -> None:
        """Own the device until cancelled."""
        await self.look()
        while True:
            self._spoken.set()
            if self.queue:
                self._wake.clear()
                if not await self.work():
                    self._spoken.set()
                    await self._back_off()
                continue
            await self._woken(self.poll)
            self._wake.clear()
            if not self.queue:
                await self.look()

    async def look(self) -> None:
        """Bring the health up to date."""
        with suppress(DeviceError):
            await self.attempt(self.device.probe, limit=2.0)

    async def attempt(
        self,
        work: Callable[[], Awaitable[R]],
        limit: float | None = None,
        unsure: type[DeviceError] = DeviceDown,
        remark: Callable[[R], str] = lambda _: "",
    ) -> R:
        """Speak to the device once, and note what that says of its health.

        Args:
            work: one call of the device.
            limit: seconds it may take; None: the driver's own limits hold.
            unsure: what is raised when the driver breaks, or is late: what can then be said of the work.
            remark: what the result says that is worth saying, though all is well.
        """
        try:
            async with asyncio.timeout(limit):
                result = await work()
        except DeviceError as error:
            self.found(error)
            raise
        except TimeoutError as late:
            raise self._unsure(unsure, TOO_LATE) from late
        except Exception as bug:
            # a driver's mistake must not end the till, nor the other devices
            logger.exception("the driver of %s failed", self.name)
            raise self._unsure(unsure, DRIVER_FAILED) from bug
        self._failures = 0
        self.found(None, remark(result))
        return result

    def found(self, trouble: DeviceError | None, remark: str = "") -> None:
        """Note what was found out about the device, and tell it if that is news.

        Args:
            trouble: what keeps it from working; None: all is well.
            remark: what is worth saying though all is well.
        """
        state = State.ONLINE if trouble is None else state_after(trouble)
        reason = remark if trouble is None else trouble.reason if state is not State.ONLINE else ""
        before = self.health
        self.health = replace(before, state=state, reason=reason)
        if trouble is None:
            self.health = replace(self.health, last_success=self.clock())
        if (before.state, before.reason) != (state, reason):
            self.health = replace(self.health, since=self.clock())
            self.tell(HealthChanged(self.name, self.health, self.kind))

    def _unsure(self, kind: type[DeviceError], reason: str) -> DeviceError:
        trouble = kind(device=self.name, reason=reason)
        self.found(trouble)
        return trouble

    async def _back_off(self) -> None:
        """Wait before the next attempt; a device that is found to have come back is tried at once."""
        delay = BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1
        until = asyncio.get_running_loop().time() + delay
        while (left := until - asyncio.get_running_loop().time()) > 0:
            if await self._woken(min(left, self.poll or left)):
                return
            if self.poll and left > self.poll:
                await self.look()
                if self.health.state is State.ONLINE:
                    return

    async def _woken(self, within: float | None) -> bool:
        """Wait to be woken; False: nobody did within so many seconds."""
        try:
            async with asyncio.timeout(within):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True


class Request(Struct):
    """A question to a device, and where its answer goes."""

    work: Callable[[], Awaitable[Any]]
    limit: float | None
    unsure: type[DeviceError]
    answer: asyncio.Future[Any]


class AskedOwner(Owner[D]):
    """Owns a device that answers questions. A question is asked once, now; it is never kept for later."""

    def __init__(self, name: str, device: D) -> None:
        super().__init__(name, device)
        self._requests: deque[Request] = deque()

    @property
    def queue(self) -> int:
        """Questions that wait."""
        return len(self._requests)

    def ask(
        self,
        work: Callable[[], Awaitable[R]],
        limit: float | None = None,
        unsure: type[DeviceError] = DeviceDown,
    ) -> asyncio.Future[R]:
        """Put a question; its answer, or its `DeviceError`, comes with the future."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._requests.append(Request(work, limit, unsure, answer))
        self.wake()
        return answer

    async def run(self) -> None:
        """Own the device until cancelled; what nobody could ask by then is answered for."""
        try:
            await super().run()
        finally:
            for request in self._requests:
                if not request.answer.done():
                    request.answer.set_exception(DeviceDown(device=self.name, reason=LET_GO))
            self._requests.clear()

    async def work(self) -> bool:
        """Ask the next question, unless nobody waits for its answer any more."""
        request = self._requests[0]
        try:
            if not request.answer.done():
                await self._answer(request)
        finally:
            self._requests.popleft()
        return True

    async def _answer(self, request: Request) -> None:
        try:
            result = await self.attempt(request.work, request.limit, request.unsure)
        except DeviceError as error:
            if not request.answer.done():
                request.answer.set_exception(error)
        except asyncio.CancelledError:
            if not request.answer.done():
                request.answer.set_exception(request.unsure(device=self.name, reason=LET_GO))
            raise
        else:
            if not request.answer.done():
                request.answer.set_result(result)


class ScaleOwner(AskedOwner[Scale]):
    """Owns the scale."""

    kind = "scale"

    def weigh(self, tare: int = 0, price: int = 0) -> asyncio.Future[Weight]:
        """The next stable weight, less so many grams of packaging."""
        return self.ask(lambda: self.device.weigh(tare, price), limit=2.0)


class TerminalOwner(AskedOwner[Terminal]):
    """Owns the card terminal. It keeps the time limits of its protocol."""

    kind = "terminal"

    def __init__(self, name: str, device: Terminal, methods: frozenset[str] = frozenset()) -> None:
        super().__init__(name, device)
        self._methods = frozenset(code.casefold() for code in methods)
        """The payment methods that it takes; empty: cards, and those that the shop marks as a terminal's."""

    def takes(self, method: str, *, marked: bool) -> bool:
        """Whether payments of this method go through it; `marked`: the shop says that they go through a terminal."""
        return method.casefold() in self._methods if self._methods else marked or method == CARD

    def carry_out(self, order: Order, progress: Progress = nobody) -> asyncio.Future[Approval]:
        """Have it do what is ordered."""
        return self.ask(lambda: self.device.carry_out(order, progress), unsure=PaymentUnknown)

    def recover(self, order: Order) -> asyncio.Future[Approval]:
        """Find out how an order ended."""
        return self.ask(lambda: self.device.recover(order), limit=RECOVERY, unsure=PaymentUnknown)

    def totals(self) -> asyncio.Future[TerminalTotals | None]:
        """What it has added up."""
        return self.ask(self.device.totals, limit=TOTALS)


class DisplayOwner(Owner[Display]):
    """Owns the customer display: the latest text wins, and comes up by itself when the display is back."""

    kind = "display"

    def __init__(self, name: str, device: Display) -> None:
        super().__init__(name, device)
        self._wanted: tuple[str, str, Board | None] | None = None

    @property
    def queue(self) -> int:
        """One text at most."""
        return int(self._wanted is not None)

    @property
    def has_room(self) -> bool:
        """Whether it shows the whole sale."""
        return isinstance(cast("object", self.device), BoardDisplay)

    def show(self, upper: str, lower: str, board: Board | None = None) -> None:
        """Show this next, instead of what waits: the board where there is room for it."""
        self._wanted = (upper, lower, board)
        self._wake.set()

    async def work(self) -> bool:
        """Show the latest text."""
        wanted = self._wanted
        assert wanted is not None
        try:
            await self.attempt(lambda: self._shown(*wanted), limit=0.5)
        except DeviceError:
            return False
        if self._wanted is wanted:
            self._wanted = None
        return True

    async def _shown(self, upper: str, lower: str, board: Board | None) -> None:
        device = cast("object", self.device)
        if board is not None and isinstance(device, BoardDisplay):
            await device.show_board(board)
        else:
            await self.device.show(upper, lower)
