"""Closed tickets: found, read, printed again, their goods taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui_pos.errors import Refused
from tui_pos.inputs import Print, Return
from tui_pos.l10n import amount, n_
from tui_pos.outcomes import TicketRow, TicketView
from tui_pos.screens.dialog import ListDialog
from tui_pos.screens.return_lines import ReturnLinesScreen
from tui_pos.spans import local
from tui_pos.widgets.field import Field
from tui_pos.widgets.page_list import Column, PageList, Source
from tui_pos.widgets.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui_pos.screens.queries import Queries

_SIDE_BY_SIDE = 110
"""Columns of a screen that has room for the list and the receipt."""


class TicketsScreen(ListDialog[TicketRow]):
    """Gives `Print` of a duplicate, or `Return` of a ticket's goods.

    The receipt of the ticket under the cursor stands beside the list; on a narrow screen Enter turns to it
    and back.

    Args:
        register: is asked for tickets, a page at a time, and for the receipt of one.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_SIDE_BY_SIDE, "-wide")]  # noqa: RUF012 - Textual's
    HEADING = n_("Tickets: number, amount, day or customer")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", n_("Read")),
        Binding("f5", "reprint", n_("Duplicate")),
        Binding("f7", "return_lines", n_("Return lines")),
        Binding("f8", "return_all", n_("Return all")),
    ]
    DEFAULT_CSS = """
    TicketsScreen > #box { max-width: 100%; max-height: 100%; }
    TicketsScreen #both { height: 1fr; }
    TicketsScreen Paper { width: 44; margin-left: 2; display: none; }
    TicketsScreen.-wide Paper { display: block; }
    TicketsScreen.-reading PageList { display: none; }
    TicketsScreen.-reading Paper { display: block; width: 1fr; margin-left: 0; }
    TicketsScreen.-wide PageList { display: block; }
    TicketsScreen.-wide Paper { width: 44; margin-left: 2; }
    """

    def __init__(self, register: Queries) -> None:
        super().__init__()
        self._register = register
        self._previewing = False
        self._previewed: str | None = None

    def body(self) -> ComposeResult:
        """The field, then the list and the receipt."""
        yield Field("text")
        with Horizontal(id="both"):
            yield self.rows()
            yield Paper()

    def rows(self) -> PageList[TicketRow]:
        """Number, when, how much, whose."""
        return PageList(
            (
                Column(n_("Ticket"), lambda row: row.number, 10),
                Column(n_("Closed at"), lambda row: local(row.closed_at), 19),
                Column(n_("Total"), lambda row: amount(row.total), 12, right=True),
                Column(n_("Customer"), lambda row: row.customer or ""),
                Column(n_("Lines"), lambda row: str(row.lines), 6, right=True),
                Column(n_("User"), lambda row: row.user, 6),
            ),
            empty=n_("No ticket was found."),
        )

    def source(self, text: str) -> Source[TicketRow]:
        """The tickets that the text finds, the latest first."""

        async def page(limit: int, offset: int) -> Sequence[TicketRow]:
            return await self._register.tickets(text=text, limit=limit, offset=offset)

        return page

    @property
    def paper(self) -> Paper:
        """The receipt on the screen."""
        return self.query_one(Paper)

    # The receipt follows the cursor: one query at a time; of the tickets passed over only the last is read.

    @on(PageList.Moved)
    def follow(self) -> None:
        """Show the receipt of the ticket under the cursor."""
        if not self._previewing:
            self._previewing = True
            self.app.run_worker(self._preview(), group="lists", name="the receipt of a ticket")

    async def _preview(self) -> None:
        try:
            while self.is_attached and self._number() != self._previewed:
                number = self._number()
                lines = await self._register.document("receipt", number) if number else ()
                self._previewed = number
                if self.is_attached:
                    self.paper.show(lines)
        except Refused as refusal:
            self.refuse(refusal.message)
        finally:
            self._previewing = False

    def _number(self) -> str | None:
        current = self.list.current
        return current.number if current else None

    def chosen(self, row: TicketRow) -> None:  # noqa: ARG002 - its receipt is there already
        """Turn to the receipt, and back."""
        self.toggle_class("-reading")

    @property
    def _reading(self) -> bool:
        return self.has_class("-reading") and not self.has_class("-wide")

    def walked(self) -> PageList[TicketRow] | Paper:
        """The receipt while it is read alone, else the list."""
        return self.paper if self._reading else self.list

    def action_turn(self, pages: int) -> None:
        """Where both stand side by side, the arrows walk the list and the page keys the receipt."""
        (self.paper if self.has_class("-wide") else self.walked()).turn(pages)

    def action_leave(self) -> None:
        """From the receipt back to the list first."""
        if self._reading:
            self.remove_class("-reading")
        else:
            super().action_leave()

    def action_reprint(self) -> None:
        """A duplicate on paper."""
        if number := self._number():
            self.give(Print("duplicate", number))

    def action_return_all(self) -> None:
        """All the goods come back."""
        if number := self._number():
            self.give(Return(number))

    async def action_return_lines(self) -> None:
        """Some of the goods come back: which ones is asked."""
        if number := self._number():
            self.app.run_worker(self._ask_lines(number), group="lists", name="the lines of a ticket")

    async def _ask_lines(self, number: str) -> None:
        try:
            ticket = await self._register.closed_ticket(number)
        except Refused as refusal:
            self.refuse(refusal.message)
            return
        if self.is_active:
            self._pick(ticket, number)

    def _pick(self, ticket: TicketView, number: str) -> None:
        def take_back(lines: tuple[int, ...] | None) -> None:
            if lines:
                self.give(Return(number, lines))

        self.app.push_screen(ReturnLinesScreen(ticket), take_back)
