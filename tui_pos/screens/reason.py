"""Why something is done: a line of text for the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from textual.app import ComposeResult

LONGEST = 200
"""Characters of a reason that the journal keeps."""


class ReasonScreen(Dialog[str]):
    """Gives the reason, never an empty one.

    Args:
        title: what the reason is for, in the till's language.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "done", n_("Done"))]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def heading(self) -> str:
        """What the reason is for."""
        return self._title

    def body(self) -> ComposeResult:
        """One field."""
        yield Labelled(n_("Reason"), Field("reason", max_length=LONGEST))

    @on(Field.Submitted)
    def action_done(self) -> None:
        """Give the reason."""
        reason = self.query_one("#reason", Field).value.strip()
        if reason:
            self.give(reason)
        else:
            self.refuse(_("Say why: the journal keeps it."))
