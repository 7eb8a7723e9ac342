"""Cash put into the drawer or taken out of it, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.inputs import CashIn, CashOut, Input
from tui_pos.l10n import _, n_
from tui_pos.sale.errors import BadAmount
from tui_pos.sale.money import parse_amount
from tui_pos.screens.dialog import Attempt, Form
from tui_pos.screens.reason import LONGEST
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from textual.app import ComposeResult


class CashMoveScreen(Form):
    """Gives `CashIn` or `CashOut`.

    Args:
        out: cash leaves the drawer.
        attempt: see `Dialog`.
    """

    def __init__(self, *, out: bool, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._out = out

    def heading(self) -> str:
        """Which way the cash goes."""
        return _("Cash out of the drawer") if self._out else _("Cash into the drawer")

    def body(self) -> ComposeResult:
        """How much, and why."""
        yield Labelled(n_("Amount"), Field("amount", max_length=12))
        yield Labelled(n_("Reason"), Field("reason", max_length=LONGEST))

    def answer(self) -> Input | None:
        """The movement, once there is an amount above zero and a reason."""
        text, reason = (self.query_one(name, Field).value.strip() for name in ("#amount", "#reason"))
        try:
            amount = parse_amount(text)
        except BadAmount:
            amount = 0
        if not amount:
            self.lack("amount", _("Give an amount above zero, such as 20 or 12.50."))
        elif not reason:
            self.lack("reason", _("Say why: the journal keeps it."))
        else:
            return CashOut(amount, reason) if self._out else CashIn(amount, reason)
        return None
