"""The cash of a drawer, counted by coin and note or told as one amount: for the float and for the close."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_pos.inputs import Input
from tui_pos.l10n import _, amount, n_
from tui_pos.screens.confirm import ConfirmScreen
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.count_sheet import Block, Cell, CountSheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

NOTES = (500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00)
"""Euro notes, in minor units: the 500 € is no longer issued, but still legal tender."""

COINS = (2_00, 1_00, 50, 20, 10, 5, 2, 1)
"""Euro coins, in minor units."""

IN_ALL = "in all"
"""The cell that takes the cash as one amount."""


class CashCount(Dialog[Input]):
    """A sheet whose cash adds up below as it is counted; its subclasses say what becomes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", n_("Next")),
        Binding("f10", "done", n_("Done")),
    ]
    DEFAULT_CSS = """
    CashCount > #box { width: 80; }
    CashCount #total { text-style: bold; margin-top: 1; }
    """

    def blocks(self) -> Sequence[Block]:
        """The cells: the one amount, then notes and coins."""
        pieces = (tuple(Cell(str(unit), amount(unit), unit) for unit in units) for units in (NOTES, COINS))
        return (Block(((Cell(IN_ALL, _("In all")),),)), Block(tuple(pieces)))

    def body(self) -> ComposeResult:
        """The sheet and its sum."""
        yield CountSheet(self.blocks())
        yield Static(self._sum(0), id="total", markup=False)

    @abstractmethod
    def finish(self, cash: int | None, pieces: Mapping[int, int]) -> None:
        """What becomes of the count.

        Args:
            cash: minor units; None: no cash was counted.
            pieces: how many of each coin and note, where they were counted so.
        """

    @property
    def sheet(self) -> CountSheet:
        """The sheet on the screen."""
        return self.query_one(CountSheet)

    def _pieces(self) -> dict[int, int]:
        return {int(cell): int(text) for cell, text in self.sheet.typed().items() if cell.isdigit()}

    @staticmethod
    def _sum(cash: int) -> str:
        return _("Cash: {amount}").format(amount=amount(cash))

    @on(CountSheet.Changed)
    def add_up(self) -> None:
        """The sum follows each key."""
        pieces = self._pieces()
        counted = (
            sum(unit * count for unit, count in pieces.items()) if pieces else self.sheet.worth(IN_ALL) or 0
        )
        self.query_one("#total", Static).update(self._sum(counted))

    def step(self, key: str) -> bool:
        """Go to the next cell at once: the digits that follow are its (see `Form.step`)."""
        if key != "enter" or self.focused is not self.sheet:
            return False
        self.action_next()
        return True

    def action_next(self) -> None:
        """The next cell. After the cash in one amount there is no coin to count; the last cell ends it."""
        sheet = self.sheet
        if sheet.at_end:
            self.action_done()
        elif sheet.current.id == IN_ALL and sheet.value:
            self.after_cash()
        else:
            sheet.action_step(1)

    def after_cash(self) -> None:
        """Where Enter goes once the cash was given as one amount."""
        self.action_done()

    def action_done(self) -> None:
        """Take the count, unless the coins and the one amount contradict each other."""
        pieces, in_all = self._pieces(), self.sheet.worth(IN_ALL)
        counted = sum(unit * count for unit, count in pieces.items())
        if pieces and in_all is not None and counted != in_all:
            text = _(
                "The coins and notes make {counted}, not {in_all}: correct one, or empty it with Delete."
            )
            self.refuse(text.format(counted=amount(counted), in_all=amount(in_all)))
        else:
            self.finish(counted if pieces else in_all, pieces)

    def action_leave(self) -> None:
        """A count that was begun is not thrown away by one key."""
        if self.sheet.typed():
            self.app.push_screen(ConfirmScreen(_("Leave without this count?")), self._leave_if)
        else:
            super().action_leave()

    def _leave_if(self, sure: bool | None) -> None:
        if sure:
            super().action_leave()
