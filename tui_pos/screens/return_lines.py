"""Which lines of a closed ticket come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.l10n import _, amount, n_, quantity
from tui_pos.outcomes import LineView, TicketView
from tui_pos.screens.dialog import Walked
from tui_pos.widgets.page_list import Column, PageList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class ReturnLinesScreen(Walked[tuple[int, ...]]):
    """Gives the numbers of the lines marked, at least one.

    Args:
        ticket: the closed ticket.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "mark", n_("Mark")),
        Binding("left", "mark", show=False),
        Binding("enter", "done", n_("Take back")),
    ]
    DEFAULT_CSS: ClassVar[str] = "ReturnLinesScreen > #box { width: 78; height: 100%; max-height: 22; }"

    def __init__(self, ticket: TicketView) -> None:
        super().__init__()
        self._ticket = ticket
        self._marked: set[int] = set()

    def heading(self) -> str:
        """Which ticket it is."""
        return _("Lines that come back from ticket {number}").format(number=self._ticket.number)

    def body(self) -> ComposeResult:
        """The lines, the marked ones with an arrow."""
        yield PageList[LineView](
            (
                Column("", lambda row: "▶" if row.n in self._marked else "", 1),
                Column(n_("Product"), lambda row: row.label),
                Column(n_("Quantity"), lambda row: quantity(row.quantity), 9, right=True),
                Column(n_("Total"), lambda row: amount(row.total), 12, right=True),
            ),
            empty=n_("Nothing is on this ticket."),
        )

    def walked(self) -> PageList[LineView]:
        """The list."""
        return self.query_one(PageList)

    def on_mount(self) -> None:
        """List the lines."""

        async def page(limit: int, offset: int) -> Sequence[LineView]:
            return self._ticket.lines[offset : offset + limit]

        self.walked().show(page)

    def action_mark(self) -> None:
        """Mark the line, or take its mark off."""
        lines = self.walked()
        if lines.current is not None:
            self._marked ^= {lines.current.n}
            lines.refresh()

    def action_done(self) -> None:
        """Give the lines that are marked."""
        if self._marked:
            self.give(tuple(sorted(self._marked)))
        else:
            self.refuse(_("Mark the lines that come back with →."))
