"""What the register tells: typed events, in the order in which things happened, each after its step is on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from tui_pos.outcomes import TicketView
from tui_pos.sale.ticket import Ticket, Totals
from tui_pos.settings import Settings

_log = logging.getLogger(__name__)


class Event(Struct, frozen=True):
    """Something that happened at the till."""


class TicketChanged(Event, frozen=True):
    """The open ticket is now this; None: there is none."""

    ticket: Ticket | None
    totals: Totals | None


class TicketClosed(Event, frozen=True):
    """A ticket was paid, and is in the journal."""

    ticket: TicketView


class CustomerChanged(Event, frozen=True):
    """The open ticket is for somebody else, or more or less is left of his budget: see `Register.customer_pane`."""

    code: str | None


class TicketRepriced(Event, frozen=True):
    """Between two inputs, the open ticket came to cost more or less: the server has changed its customer's terms."""

    message: str
    """For whoever is at the till."""


class PeriodClosed(Event, frozen=True):
    """The books of a day, a month or a year were closed."""

    period: Literal["day", "month", "year"]


class MessagesChanged(Event, frozen=True):
    """So many messages of the server wait to be read."""

    count: int


class UserChanged(Event, frozen=True):
    """Somebody signed in, left, or the till locked itself."""

    name: str | None
    locked: bool = False


class UserLeaves(Event, frozen=True):
    """Whoever is signed in will be signed out once the open ticket is finished or set aside, by the server's word."""

    message: str
    """Why, for whoever is at the till."""


class SessionChanged(Event, frozen=True):
    """A cash session was opened or closed."""

    number: int | None


class HeldChanged(Event, frozen=True):
    """So many tickets are set aside."""

    count: int


class PaymentAsked(Event, frozen=True):
    """A card terminal is asked for a payment, or to take one back: `PaymentSettled` tells its end."""


class PaymentSettled(Event, frozen=True):
    """A card terminal has answered, or will not."""

    approved: bool
    slug: str = ""
    message: str = ""


class PaymentContradicted(Event, frozen=True):
    """A card terminal tells another end of a payment than the cashier has read from it."""

    message: str


class ClockSetBack(Event, frozen=True):
    """The machine's clock says less than at the step before; both times are in UTC."""

    before: datetime
    now: datetime


class SettingsChanged(Event, frozen=True):
    """The till was set anew."""

    settings: Settings


class ShopChanged(Event, frozen=True):
    """The server has changed the shop or its payment methods."""


class DrawerOpened(Event, frozen=True):
    """The drawer was opened."""

    reason: str


class DeviceNews(Event, frozen=True):
    """A device of the counter fares otherwise than before."""

    device: str
    message: str
    """For whoever is at the till; empty: nothing needs to be said."""
    well: bool
    """It can do its work."""


class CodeScanned(Event, frozen=True):
    """A scanner of the counter has read a code; who takes inputs gives it to the register, or refuses it aloud."""

    device: str
    code: str


class ScanFailed(Event, frozen=True):
    """Something was scanned, and no code came of it."""

    device: str
    message: str
    """For whoever scanned."""


Listener: TypeAlias = Callable[[Event], None]


class Events:
    """Listeners of the register. A listener returns at once: it posts a message or wakes a task."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` every event from now on; gives a function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, event: Event) -> None:
        """Tell all listeners, in the order in which they came. What happened has happened: none can undo it."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - whatever it is, the sale goes on
                _log.exception("a listener failed at %s", type(event).__name__)
