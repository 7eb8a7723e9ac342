"""A question with few answers, on one line: the arrows choose, and nothing that a scanner types can."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_pos.l10n import _
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from collections.abc import Sequence


class Choice(Sturdy, Widget, can_focus=True):
    """Answers side by side.

    Args:
        answers: messages of the catalogues.
        chosen: the answer that stands at first; None: the person has to choose.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
    ]
    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    """

    chosen: reactive[int | None] = reactive(None)

    def __init__(self, answers: Sequence[str], *, chosen: int | None = None) -> None:
        super().__init__(id="choice")
        self._answers = tuple(answers)
        self.set_reactive(Choice.chosen, chosen)

    def action_turn(self, by: int) -> None:
        """The answer beside; from none, the one at that side."""
        last = len(self._answers) - 1
        if self.chosen is None:
            self.chosen = 0 if by < 0 else last
        else:
            self.chosen = min(max(self.chosen + by, 0), last)

    def render(self) -> Content:
        """The answers, the chosen one marked by more than its colour."""
        parts: list[tuple[str, str] | str] = []
        for index, answer in enumerate(self._answers):
            chosen = index == self.chosen
            mark = "▶" if chosen else " "
            parts.append((f"{mark} {_(answer)} ", "bold reverse" if chosen and self.has_focus else ""))
            parts.append("  ")
        return Content.assemble(*parts)
