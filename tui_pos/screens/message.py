"""Something that somebody has to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.l10n import n_
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult


class MessageScreen(Dialog[bool]):
    """Shows a text; gives True once somebody says that it was read, None for Escape.

    Args:
        title: in the till's language.
        text: in the till's language.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", n_("I have read it")),
        Binding("escape", "leave", n_("Later")),
    ]
    DEFAULT_CSS: ClassVar[str] = "MessageScreen #text { margin-bottom: 1; }"

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._content = text

    def heading(self) -> str:
        """The title that was given."""
        return self._title

    def body(self) -> ComposeResult:
        """The text."""
        yield Words(self._content, id="text")

    def action_read(self) -> None:
        """It was read."""
        self.give(True)
