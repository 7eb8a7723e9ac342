"""A supervisor lends a right by code and PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui_pos.inputs import Authorize, Input
from tui_pos.l10n import n_
from tui_pos.screens.credentials import Credentials
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.screens.dialog import Attempt


class SupervisorScreen(Credentials):
    """Gives `Authorize`: the register then does what it had refused.

    Args:
        message: what was refused, as the register said it.
        attempt: see `Dialog`.
    """

    HEADING = n_("A supervisor is needed")
    DEFAULT_CSS: ClassVar[str] = "SupervisorScreen #message { margin-bottom: 1; }"

    def __init__(self, message: str, *, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._message = message

    def body(self) -> ComposeResult:
        """What needs the right, then the fields."""
        yield Words(self._message, id="message")
        yield from self.fields()

    def given(self, user: str, pin: str) -> Input:
        """Lend the right."""
        return Authorize(user, pin)
