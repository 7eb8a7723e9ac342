"""A cash session ends: what is in the drawer, counted blind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.inputs import CloseSession
from tui_pos.l10n import _, n_
from tui_pos.screens.cash_count import IN_ALL, CashCount
from tui_pos.screens.confirm import ConfirmScreen
from tui_pos.session.reports import CASH
from tui_pos.widgets.count_sheet import Block, Cell

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui_pos.screens.dialog import Attempt
    from tui_pos.screens.queries import Queries


class CountingScreen(CashCount):
    """Gives `CloseSession` with what was counted. It never shows what is expected: the count would follow it.

    Args:
        register: says which payment methods there are.
        used: the codes of those that took something; None: all are asked.
        attempt: see `Dialog`.
    """

    HEADING = n_("Close the session: count what is there")

    def __init__(
        self, register: Queries, *, used: Collection[str] | None = None, attempt: Attempt | None = None
    ) -> None:
        super().__init__(attempt=attempt)
        self._methods = tuple(
            method
            for method in register.methods
            if method.code != CASH and (used is None or method.code in used)
        )

    def heading(self) -> str:
        """What to count; cards are what the terminal has added up, and not what the till has."""
        if any(method.terminal for method in self._methods):
            return _("Close the session: count the cash; for cards, the terminal's total")
        return super().heading()

    def blocks(self) -> Sequence[Block]:
        """The cash, then the other methods as amounts."""
        cells = [Cell(_of(method.code), _(method.label)) for method in self._methods]
        half = (len(cells) + 1) // 2
        columns = tuple(column for column in (tuple(cells[:half]), tuple(cells[half:])) if column)
        return (*super().blocks(), Block(columns)) if columns else super().blocks()

    def after_cash(self) -> None:
        """The other methods follow the cash."""
        if self._methods:
            self.sheet.go_to(_of(self._methods[0].code))
        else:
            self.action_done()

    def finish(self, cash: int | None, pieces: Mapping[int, int]) -> None:  # noqa: ARG002 - a Z keeps amounts
        """Close with what was counted; what was not is asked about."""
        others = {method.code: self.sheet.worth(_of(method.code)) for method in self._methods}
        counted = {code: worth for code, worth in {CASH: cash, **others}.items() if worth is not None}
        if cash is None:
            self.refuse(_("Count the cash, or type 0 if the drawer is empty."))
            self.sheet.go_to(IN_ALL)
            return
        left = [_(method.label) for method in self._methods if method.code not in counted]
        if not left:
            self.give(CloseSession(counted))
            return

        def close_if(sure: bool | None) -> None:
            if sure:
                self.give(CloseSession(counted))

        text = _("Not counted: {methods}. Close the session without them?")
        self.app.push_screen(ConfirmScreen(text.format(methods=", ".join(left))), close_if)


def _of(code: str) -> str:
    """The cell of a method: never the number of a coin, whatever the method's code."""
    return f"method {code}"
