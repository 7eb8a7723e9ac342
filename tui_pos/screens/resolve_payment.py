"""How a card payment ended, when the terminal's answer was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui_pos.inputs import Input, ResolvePayment
from tui_pos.l10n import _, amount, n_
from tui_pos.screens.dialog import Attempt, Form
from tui_pos.screens.reason import LONGEST
from tui_pos.widgets.choice import Choice
from tui_pos.widgets.field import Field, Labelled
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.outcomes import CardAsked


_QUESTIONS = {
    "pay": n_("Was the card payment of {amount} taken?"),
    "refund": n_("Was {amount} given back to the card?"),
    "cancel": n_("Was the card payment of {amount} taken back?"),
}
_ANSWERS = {
    "pay": (n_("Not taken"), n_("Taken")),
    "refund": (n_("Not given back"), n_("Given back")),
    "cancel": (n_("Still paid"), n_("Taken back")),
}


class ResolvePaymentScreen(Form):
    """Gives `ResolvePayment`. Neither answer is proposed: the terminal has to be read.

    Args:
        asked: what the terminal was asked for.
        currency: the shop's.
        attempt: see `Dialog`.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ResolvePaymentScreen #text { margin-bottom: 1; }
    ResolvePaymentScreen Choice { margin-bottom: 1; }
    """

    def __init__(self, asked: CardAsked, currency: str, *, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._asked = asked
        self._currency = currency

    def heading(self) -> str:
        """What the terminal was asked to do."""
        money = amount(self._asked.amount, self._currency)
        return _(_QUESTIONS[self._asked.action]).format(amount=money)

    def body(self) -> ComposeResult:
        """What to do, the answers, and what the terminal said."""
        text = _(
            "Read the terminal: its last ticket says what it did with the payment. Nothing is sent again."
        )
        yield Words(text, id="text")
        yield Choice(_ANSWERS[self._asked.action])
        yield Labelled(n_("Terminal says"), Field("reason", max_length=LONGEST))

    def answer(self) -> Input | None:
        """The end of the payment, once it was chosen and explained."""
        chosen = self.query_one(Choice).chosen
        reason = self.query_one("#reason", Field).value.strip()
        if chosen is None:
            self.lack("choice", _("Choose with the arrows what the terminal did."))
        elif not reason:
            self.lack("reason", _("Type what the terminal says: the journal keeps it."))
        else:
            return ResolvePayment(paid=chosen == 1, reason=reason)
        return None
