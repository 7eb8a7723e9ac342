"""What the actions of the sale and on a ticket do: find, set aside, take up, give back, print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos import screens
from tui_pos.errors import refuse
from tui_pos.inputs import Back, Hold, Pay, Print, VoidTicket
from tui_pos.l10n import _, n_
from tui_pos.sale.prompt import Context
from tui_pos.screens.deeds.giving import gives

if TYPE_CHECKING:
    from tui_pos.screens.conduct import Conduct, Deed


class TicketDeeds:
    """The deeds of the sale and on tickets, by the ids of their actions."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._dialogs = conduct.dialogs
        self.deeds: dict[str, Deed] = {
            "back": self._back,
            "products.search": self._products,
            "products.labels": self._labels,
            "ticket.pay": gives(conduct, Pay()),
            "ticket.customer": self._customer,
            "customer.new": self._new_customer,
            "ticket.hold": gives(conduct, Hold()),
            "ticket.recall": self._recall,
            "ticket.void": self._void,
            "tickets.search": self._tickets,
            "ticket.return": self._tickets,
            "ticket.reprint": gives(conduct, Print("duplicate")),
            "ticket.provisional": gives(conduct, Print("provisional")),
            "ticket.kitchen": gives(conduct, Print("kitchen")),
            "receipt.print": gives(conduct, Print("receipt")),
        }

    async def _back(self, text: str) -> None:
        """One step back: what was typed, then the question, then what the register asks."""
        if text:
            return
        self._conduct.say("")
        if self._conduct.question is not None:
            self._conduct.question = None
            return
        if self._conduct.context in (Context.PAYMENT, Context.PRICE, Context.ITEM):
            await self._conduct.accept(Back())

    async def _products(self, text: str) -> None:
        screen = screens.ProductsScreen(self._conduct.register, text, labels=self._dialogs.attempt)
        self._dialogs.ask(screen, self._dialogs.give)

    async def _labels(self, text: str) -> None:
        screen = screens.ProductsScreen(
            self._conduct.register, text, for_labels=True, labels=self._dialogs.attempt
        )
        self._dialogs.ask(screen, self._dialogs.give)

    async def _customer(self, text: str) -> None:
        screen = screens.CustomersScreen(self._conduct.register, text, attempt=self._dialogs.attempt)
        self._dialogs.ask(screen, self._dialogs.give)

    async def _new_customer(self, _text: str) -> None:
        self._dialogs.ask(screens.CustomerForm(attempt=self._dialogs.attempt))

    async def _recall(self, _text: str) -> None:
        if not self._conduct.register.held_count:
            raise refuse("no_ticket", n_("No ticket is set aside."))
        self._dialogs.ask(screens.HeldScreen(self._conduct.register), self._dialogs.give)

    async def _void(self, _text: str) -> None:
        if self._conduct.register.ticket is None:
            raise refuse("no_ticket", n_("No ticket is open: there is nothing to void."))
        self._dialogs.confirm(_("Void the whole ticket?"), lambda: self._dialogs.give(VoidTicket()))

    async def _tickets(self, _text: str) -> None:
        self._dialogs.ask(screens.TicketsScreen(self._conduct.register), self._dialogs.give)
