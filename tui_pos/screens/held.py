"""The tickets that were set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.inputs import Recall
from tui_pos.l10n import amount, n_
from tui_pos.outcomes import HeldView
from tui_pos.screens.dialog import ListDialog
from tui_pos.spans import local
from tui_pos.widgets.page_list import Column, PageList, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.queries import Queries


class HeldScreen(ListDialog[HeldView]):
    """Gives `Recall` for the ticket chosen.

    Args:
        register: is asked for the held tickets.
    """

    HEADING = n_("Held tickets")
    SEARCH = False

    def __init__(self, register: Queries) -> None:
        super().__init__()
        self._register = register

    def rows(self) -> PageList[HeldView]:
        """Since when, what is on it, whose it is."""
        return PageList(
            (
                Column(n_("Held at"), lambda row: local(row.held_at), 19),
                Column(n_("Lines"), lambda row: str(row.lines), 6, right=True),
                Column(n_("Total"), lambda row: amount(row.total), 12, right=True),
                Column(n_("Customer"), lambda row: row.customer or ""),
                Column(n_("User"), lambda row: row.user, 8),
            ),
            empty=n_("No ticket is held."),
        )

    def source(self, text: str) -> Source[HeldView]:  # noqa: ARG002 - there is nothing to search among a few
        """All of them: they are few."""

        async def page(limit: int, offset: int) -> Sequence[HeldView]:
            return (await self._register.held())[offset : offset + limit]

        return page

    def chosen(self, row: HeldView) -> None:
        """Take it up again."""
        self.give(Recall(row.uuid))
