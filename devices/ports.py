"""What a device must do: small protocols that drivers and virtual twins fill.

A driver speaks to one device and is spoken to by one task, its owner on the counter: its methods are never called
two at a time. It keeps its own time limits, and raises a `DeviceError` when it cannot do what it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

from devices.displays.board import Board
from devices.errors import DeviceError
from devices.payments import Approval, Order, Progress, TerminalTotals

__all__ = [
    "KINDS",
    "Approval",
    "BoardDisplay",
    "Device",
    "Display",
    "Drawer",
    "Notice",
    "Outspoken",
    "Printer",
    "Scale",
    "Scanner",
    "Steerable",
    "Terminal",
    "Weight",
]

KINDS = ("printer", "drawer", "display", "scale", "terminal", "scanner", "label")


class Weight(Struct, frozen=True):
    """A stable weight, without the tare."""

    grams: int

    @property
    def kilograms(self) -> Decimal:
        """The weight as a quantity of a ticket line: three decimals."""
        return Decimal(self.grams).scaleb(-3)


class Device(Protocol):
    """Anything on the counter."""

    @property
    def driver(self) -> str:
        """The driver's name, as `devices list` shows it: `virtual`, `escpos`…"""

    async def probe(self) -> None:
        """Ask whether it is ready to work.

        Raises:
            DeviceDown: it is not; `reason` says why.
        """

    async def close(self) -> None:
        """Let go of cables and handles; it may be used again afterwards."""


Notice: TypeAlias = Callable[[DeviceError | None], None]
"""Told what holds up the work under way; None: it goes on."""


class Printer(Device, Protocol):
    """A receipt printer. A job goes through `ready`, `send` and `confirm`, in that order."""

    async def ready(self) -> str:
        """See that it can print.

        Returns:
            What is worth saying all the same, such as paper that is nearly out; empty: nothing.

        Raises:
            PaperOut, CoverOpen, NotReady, DeviceDown: it cannot.
        """

    async def send(self, job: bytes, notice: Notice) -> None:
        """Give it one whole job, in its own language.

        Raises:
            DeviceDown: not a byte was sent; the job may be tried again.
            PrintUnknown: bytes have left, and the rest cannot; the job must not be sent again by itself.
        """

    async def confirm(self, job: bytes, notice: Notice) -> bool:
        """Wait until the job that was just sent is on paper. False: this printer can never say.

        Raises:
            PrintUnknown: no confirmation came; the job must not be sent again by itself.
        """

    async def rest(self) -> None:
        """Nothing is printed for a while: let go of a line that others may want."""

    def interrupted(self) -> None:
        """Know that a job may have been broken off, before the next is sent."""


@runtime_checkable
class Outspoken(Protocol):
    """A device that says by itself when something is otherwise than before."""

    def on_change(self, told: Callable[[], None]) -> None:
        """Call this then; it returns at once."""


class Drawer(Device, Protocol):
    """A cash drawer."""

    async def kick(self) -> None:
        """Open it now. A kick is never kept for later.

        Raises:
            DeviceDown: it stayed shut.
        """

    async def opened(self) -> bool | None:
        """Whether it stands open; None: it cannot say.

        Raises:
            DeviceDown: it does not answer.
        """


class Display(Device, Protocol):
    """A customer display of two lines of twenty."""

    async def show(self, upper: str, lower: str) -> None:
        """Show two lines instead of what was there.

        Raises:
            DeviceDown: it shows something else, or nothing.
        """


@runtime_checkable
class BoardDisplay(Protocol):
    """A display with room for the whole sale."""

    async def show_board(self, board: Board) -> None:
        """Show this instead of what was there.

        Raises:
            DeviceDown: it shows something else, or nothing.
        """


class Scale(Device, Protocol):
    """A weighing scale."""

    async def weigh(self, tare: int = 0, price: int = 0) -> Weight:
        """Give the next stable weight.

        Args:
            tare: grams of packaging, which are taken off.
            price: minor units for a kilogram, for scales that show it; 0: none.

        Raises:
            Unstable: no stable weight within a second.
            NothingOnScale: it is empty.
            DeviceDown: it does not answer; `reason` says what to check.
        """


class Scanner(Device, Protocol):
    """A barcode scanner."""

    async def read(self) -> str:
        """Wait for the next code, however long; a reader that is cancelled loses none.

        Raises:
            ScanSpoiled: something came that is no code.
            DeviceDown: it was pulled out.
        """

    def verbatim(self) -> str:
        """All that came since this was asked last, with what stands around a code; empty: it cannot say."""


class Terminal(Device, Protocol):
    """A card payment terminal."""

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have the terminal do what is ordered; minutes may go by.

        Args:
            order: the payment, refund or cancel.
            progress: is awaited before the order leaves; when it fails, nothing is sent.

        Raises:
            Declined: nothing was paid.
            DeviceDown: nothing was sent; it may be tried again.
            PaymentUnknown: it was asked, and its answer did not come. Never asked again by itself.
        """

    async def recover(self, order: Order) -> Approval:
        """Find out how an order ended whose answer was lost, within ten seconds. Nothing is ordered by this.

        Raises:
            Declined: the terminal says that nothing was paid.
            DeviceDown, PaymentUnknown: it cannot tell; the cashier reads it.
        """

    async def give_up(self) -> bool:
        """Ask it to give up what it does for `carry_out`, which tells how that ended: the terminal has the last word.

        The one method that is called beside another. False: its protocol has no word for it, or it does nothing.
        """

    async def totals(self) -> TerminalTotals | None:
        """What it has added up since its last end of day; None: its protocol does not tell.

        Raises:
            DeviceDown: it does not answer.
        """


@runtime_checkable
class Steerable(Protocol):
    """A virtual twin: faults and readings are set from outside, and what it has put out can be seen."""

    def set(self, **fields: Any) -> None:
        """Steer it: `fault="paper_out"`, `weight="1.250"`, `answer="refused"`; `fault=None` mends it.

        Raises:
            BadSetting: it has no such setting, or does not take this value; nothing changed.
        """

    def output(self) -> Mapping[str, Any]:
        """What it has put out so far, as plain data for JSON."""
