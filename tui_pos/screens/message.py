"""Something that somebody has to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.l10n import n_
from tui_pos.screens.dialog import Walked
from tui_pos.widgets.paper import Paper
from tui_pos.widgets.words import folded

if TYPE_CHECKING:
    from textual.app import ComposeResult

_WIDTH = 60
_SIDES = 4
"""Columns of the box's border and padding."""
_AROUND = 4
"""Rows of the box beside the text: its border, the line that tells whether more follows, the keys."""


class MessageScreen(Walked[bool]):
    """Shows a text, whatever its length; gives True once somebody says that it was read, None for Escape.

    Args:
        title: in the till's language.
        text: in the till's language.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", n_("I have read it")),
        Binding("escape", "leave", n_("Later")),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._content = text

    def heading(self) -> str:
        """The title that was given."""
        return self._title

    def body(self) -> ComposeResult:
        """The text."""
        yield Paper()

    def walked(self) -> Paper:
        """The text."""
        return self.query_one(Paper)

    def on_mount(self) -> None:
        """Show the text."""
        self._fold()

    def on_resize(self) -> None:
        """The text in lines of another width."""
        self._fold()

    def _fold(self) -> None:
        lines = folded(self._content, min(_WIDTH, self.app.size.width) - _SIDES)
        self.walked().refill(lines)
        self.query_one("#box").styles.height = len(lines) + _AROUND

    def action_read(self) -> None:
        """It was read."""
        self.give(True)
