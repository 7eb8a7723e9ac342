"""A question that is answered with yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.l10n import n_
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.choice import Choice
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ConfirmScreen(Dialog[bool]):
    """Gives True for yes. No stands there first: yes takes an arrow, then Enter.

    Args:
        question: in the till's language.
    """

    HEADING = n_("Are you sure?")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "answer", n_("Answer"))]
    DEFAULT_CSS: ClassVar[str] = "ConfirmScreen #question { margin-bottom: 1; }"

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def body(self) -> ComposeResult:
        """The question and its two answers."""
        yield Words(self._question, id="question")
        yield Choice((n_("No"), n_("Yes")), chosen=0)

    def action_answer(self) -> None:
        """Give the answer that is marked."""
        self.give(self.query_one(Choice).chosen == 1)
