"""What the till asks its server while somebody sells: offers for a ticket, messages at their moments.

Nothing waits for the answers. Each kind has a breaker of its own in the engine: after a failure it is not even asked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from sync.errors import SyncError
from tui_pos.events import (
    Event,
    MessagesChanged,
    PeriodClosed,
    SessionChanged,
    TicketChanged,
    TicketClosed,
)
from tui_pos.outcomes import MessageView

if TYPE_CHECKING:
    from sync.engine import Engine
    from sync.protocol.wire import ServerMessage
    from tui_pos.register import Register
    from tui_pos.sale.ticket import Ticket

MOMENTS = frozenset({"opening", "closing", "day_close", "between"})
"""Those that messages may wait for; all others are shown whenever they come."""
_log = logging.getLogger(__name__)


class Enquiries:
    """Follows the register, asks the engine, and brings the answers back.

    Args:
        register: whose sale is followed.
        engine: what asks the server.
    """

    def __init__(self, register: Register, engine: Engine) -> None:
        self._register = register
        self._engine = engine
        self._asked: tuple[str, str | None] | None = None
        """For which ticket and customer offers were asked last."""
        self._begun = ""
        """The ticket that was seen last."""
        self._due = set[int]()
        """Messages whose moment has come."""
        self._tasks = dict[str, asyncio.Task[None]]()
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Follow the register from now on; the ticket that is open is asked for at once."""
        self._unsubscribe = self._register.events.subscribe(self._hear)
        self._ticket(self._register.ticket)

    def stop(self) -> None:
        """Ask no more."""
        self._unsubscribe()
        for task in self._tasks.values():
            task.cancel()

    def messages(self) -> tuple[MessageView, ...]:
        """The unread messages that are to be shown now."""
        return tuple(
            MessageView(str(message.id), message.text, message.moment, message.must_ack)
            for message in self._engine.messages
            if message.moment not in MOMENTS or message.id in self._due
        )

    def show(self) -> None:
        """Tell the register where the exchange stands."""
        self._register.exchange_stands(str(self._engine.link), self.messages())

    # --- what happens at the till

    def _hear(self, event: Event) -> None:
        match event:
            case TicketChanged(ticket=ticket):
                self._ticket(ticket)
            case TicketClosed():
                self._moment("between")
            case SessionChanged(number=number):
                self._moment("closing" if number is None else "opening")
            case PeriodClosed(period="day"):
                self._moment("day_close")
            case MessagesChanged():
                self._begin("read", self._engine.messages_read)

    def _ticket(self, ticket: Ticket | None) -> None:
        """Ask for offers once for a ticket and its customer; goods that come back want none.

        Where a ticket begins, ping is asked too: whoever sells is to see by then whether there is a server.
        """
        if ticket is None:
            return
        if self._begun != ticket.uuid:
            self._begun = ticket.uuid
            self._engine.look()
        if ticket.refund_of is not None:
            return
        customer = ticket.customer.code if ticket.customer else None
        if self._asked != (ticket.uuid, customer):
            self._asked = (ticket.uuid, customer)
            self._begin("offers", partial(self._offers, ticket.uuid, customer))

    def _moment(self, moment: str) -> None:
        self._come(moment)
        if moment not in self._tasks:
            self._begin(moment, partial(self._messages, moment))

    # --- what is asked

    async def _offers(self, ticket: str, customer: str | None) -> None:
        # without a basket, so that the answer holds for whatever is scanned next
        await self._register.take_offers(ticket, customer, await self._engine.offers(customer, ()))

    async def _messages(self, moment: str) -> None:
        await self._engine.fetch_messages()
        self._come(moment)

    def _come(self, moment: str) -> None:
        """A moment is now: its messages are shown, until they are read."""
        messages: tuple[ServerMessage, ...] = self._engine.messages
        self._due &= {message.id for message in messages}
        self._due |= {message.id for message in messages if message.moment == moment}
        self.show()

    def _begin(self, kind: str, work: Callable[[], Awaitable[None]]) -> None:
        """Ask in a task of its own; what was asked before of this kind is of no use any more."""
        before = self._tasks.pop(kind, None)
        if before is not None:
            before.cancel()
        task = self._tasks[kind] = asyncio.create_task(self._ask(work), name=f"asks for {kind}")
        task.add_done_callback(lambda done: self._ended(kind, done))

    async def _ask(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except SyncError as error:
            _log.debug("the server was not asked, or did not answer: %s", error)

    def _ended(self, kind: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(kind) is task:
            del self._tasks[kind]
        if not task.cancelled() and task.exception() is not None:
            _log.error("asking the server failed", exc_info=task.exception())
