"""What the dialogs ask of the register: questions only; what a dialog gives back is an input for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.protocol import ShopRecord, UserRecord
    from tui_pos.outcomes import (
        CustomerDetails,
        CustomerPane,
        CustomerView,
        HeldView,
        ProductView,
        TicketRow,
        TicketView,
    )
    from tui_pos.sale.ticket import Method


class Queries(Protocol):
    """The register, as far as a dialog may look into it. Each query raises `Refused` when the store fails."""

    @property
    def user(self) -> UserRecord | None:
        """Who is signed in."""

    @property
    def locked(self) -> bool:
        """Whether the till waits for a PIN."""

    @property
    def shop(self) -> ShopRecord:
        """The shop."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """The payment methods, in display order."""

    async def products(self, text: str, limit: int, offset: int) -> tuple[ProductView, ...]:
        """Products by name, a page at a time."""

    async def families(self) -> Mapping[str, str]:
        """What the families of products are called, by their codes."""

    async def customers(self, text: str, limit: int, offset: int) -> tuple[CustomerView, ...]:
        """Customers by name or code, a page at a time."""

    async def customer(self, code: str) -> CustomerDetails:
        """All that is known of one customer."""

    def customer_pane(self) -> CustomerPane | None:
        """What the cashier sees of the open ticket's customer."""

    async def held(self) -> tuple[HeldView, ...]:
        """The tickets set aside."""

    async def tickets(
        self, *, text: str = "", since: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[TicketRow, ...]:
        """Closed tickets, the latest first."""

    async def closed_ticket(self, number: str | None = None) -> TicketView:
        """One closed ticket."""

    async def document(self, what: str, number: str | None = None) -> tuple[str, ...]:
        """A document as plain text lines, to be looked at."""
