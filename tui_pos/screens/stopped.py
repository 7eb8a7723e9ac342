"""What is shown when the till cannot open: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen
from textual.widgets import Static

from tui_pos.l10n import _
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class StoppedScreen(Screen[None]):
    """A message over the whole screen; Enter or Escape leaves the till.

    Args:
        message: what happened, what was kept and what to do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("enter,escape", "leave")]
    DEFAULT_CSS = """
    StoppedScreen {
        align: center middle;
        background: $background;
        & > Static { width: 72; max-width: 100%; height: auto; padding: 0 2; }
        & > #title { background: $refused; color: $refused-text; text-style: bold; }
        & > #message { margin: 1 0; }
    }
    """

    def __init__(self, message: str) -> None:
        super().__init__()
        self._message = message

    def compose(self) -> ComposeResult:
        """Title, message, and the way out."""
        yield Static(_("The till cannot open"), id="title", markup=False)
        yield Words(self._message, id="message")
        yield Static(_("Enter leaves."), markup=False)

    def action_leave(self) -> None:
        """Leave; the message is said again where the terminal keeps it."""
        self.app.exit(return_code=1, message=self._message)
