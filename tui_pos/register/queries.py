"""What is asked of the register and changes nothing: lists, tickets, documents, customers."""

from __future__ import annotations

from tui_pos.errors import translated
from tui_pos.outcomes import (
    CustomerDetails,
    CustomerPane,
    CustomerView,
    HeldView,
    ProductView,
    TicketRow,
    TicketView,
)
from tui_pos.register import buyers, cash, customers, papers, tickets
from tui_pos.register.desk import Desk
from tui_pos.register.views import customer_view, product_view


class Queries:
    """The queries of one till's register."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def products(self, text: str, limit: int = 50, offset: int = 0) -> tuple[ProductView, ...]:
        """Products by name, a page at a time, else by code; an empty text lists all, in a stable order."""
        catalogue = self._desk.store.catalogue
        with translated():
            found = await catalogue.search(text, limit, offset)
            if not found and text.strip():
                found = (await catalogue.find(text.strip()))[offset : offset + limit]
            return tuple(map(product_view, found))

    async def families(self) -> dict[str, str]:
        """What the families of products are called, by their codes."""
        with translated():
            return {family.code: family.label for family in await self._desk.store.catalogue.families()}

    async def customers(self, text: str, limit: int = 50, offset: int = 0) -> tuple[CustomerView, ...]:
        """Customers by name or code, a page at a time."""
        with translated():
            return tuple(map(customer_view, await self._desk.store.catalogue.customers(text, limit, offset)))

    async def customer(self, code: str) -> CustomerDetails:
        """All that is known of the customer with this code or card.

        Raises:
            Refused: `unknown_code`.
        """
        with translated():
            return await customers.details_of(self._desk, code)

    def customer_pane(self) -> CustomerPane | None:
        """What the cashier sees of the open ticket's customer; changes are told by `CustomerChanged`."""
        return buyers.customer_pane(self._desk)

    async def held(self) -> tuple[HeldView, ...]:
        """The tickets set aside, the latest first."""
        with translated():
            return await tickets.held_tickets(self._desk)

    async def tickets(
        self, *, text: str = "", since: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[TicketRow, ...]:
        """Closed tickets, the latest first, found by number, amount, day or customer."""
        with translated():
            rows = await self._desk.store.tickets.find(text=text, since=since, limit=limit, offset=offset)
            return tuple(
                TicketRow(row.number, row.closed_at, row.total, row.customer, row.user, row.lines)
                for row in rows
            )

    async def closed_ticket(self, number: str | None = None) -> TicketView:
        """A closed ticket; no number: the last one.

        Raises:
            Refused: `no_ticket`.
        """
        with translated():
            return await tickets.closed_ticket(self._desk, number)

    async def used_methods(self) -> frozenset[str]:
        """The codes of the payment methods that took something in the open session.

        Raises:
            Refused: `no_session`.
        """
        with translated():
            report = await cash.session_report(self._desk)
        return frozenset(payment.method for payment in report.payments)

    async def document(self, what: str, number: str | None = None) -> tuple[str, ...]:
        """A document as plain text lines, only to be looked at: nothing is printed or counted."""
        with translated():
            return await papers.preview(self._desk, what, number)
