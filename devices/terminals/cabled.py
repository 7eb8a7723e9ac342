"""What the drivers of card terminals at the end of a cable share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from devices.errors import DeviceDown, PaymentUnknown, StillWorking, n_
from devices.payments import Approval, Order, Progress, TerminalTotals
from devices.terminals.reach import Reach
from devices.transports.transport import Transport

S = TypeVar("S")
L = TypeVar("L")

TOO_LARGE = n_("the amount is too large for the terminal")
NOT_UNDERSTOOD = n_("the terminal's answer could not be understood")
CONTRADICTION = n_("the terminal's answer contradicts itself")
OTHER_PAYMENT = n_("the terminal answered for another payment")
CANNOT_TELL = n_("the terminal does not know this payment")
NOT_YET = n_("the terminal does not know this payment yet")


class CabledTerminal(ABC, Generic[S, L]):
    """A terminal at the end of a cable.

    Args:
        name: of the device on the counter.
        settings: what differs between shops.
        limits: seconds.
    """

    driver: ClassVar[str]
    largest: ClassVar[int]
    """Minor units: more does not fit into an order."""

    def __init__(self, name: str, transport: Transport, settings: S, limits: L) -> None:
        self.name = name
        self._transport = transport
        self._settings = settings
        self._limits = limits

    @abstractmethod
    async def probe(self) -> None:
        """See whether it is there."""

    @abstractmethod
    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have it do what is ordered."""

    @abstractmethod
    async def recover(self, order: Order) -> Approval:
        """Find out how an order ended whose answer was lost."""

    async def close(self) -> None:
        """Hang up."""
        await self._transport.close()

    async def give_up(self) -> bool:
        """Most protocols have no word for it: the terminal has a red key."""
        return False

    async def totals(self) -> TerminalTotals | None:
        """Most protocols do not tell them."""
        return None

    def _check(self, order: Order) -> None:
        """See that the amount can be said in this protocol.

        Raises:
            DeviceDown: it cannot.
        """
        if order.amount > self.largest:
            raise DeviceDown(device=self.name, reason=TOO_LARGE)

    def _unknown(self, reason: str) -> PaymentUnknown:
        return PaymentUnknown(device=self.name, reason=reason)

    def _untold(self, order: Order, within: float) -> PaymentUnknown:
        """That the terminal knows nothing of an order: not yet, while its customer may still be at it.

        Args:
            within: seconds that a customer is given. Where the till has given up, he may have begun late: it is asked
                for as long again.
        """
        age = None if order.at is None else datetime.now(UTC) - order.at
        if age is not None and timedelta() <= age < 2 * timedelta(seconds=within):
            return StillWorking(device=self.name, reason=NOT_YET)
        return self._unknown(CANNOT_TELL)


class NetworkTerminal(CabledTerminal[S, L]):
    """A terminal that takes one connection for each order."""

    def __init__(self, name: str, transport: Transport, settings: S, limits: L) -> None:
        super().__init__(name, transport, settings, limits)
        self._reach = Reach(transport)

    async def probe(self) -> None:
        """Connect and hang up, now and then: it says nothing by itself."""
        await self._reach.look()
