"""A user code and a PIN: what signing in and a supervisor's word have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Attempt, Form
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from tui_pos.inputs import Input


class Credentials(Form):
    """The fields `user` and `pin`; the PIN is hidden, and gone once it was refused."""

    def __init__(self, *, user: str = "", attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._user = user

    @abstractmethod
    def given(self, user: str, pin: str) -> Input:
        """The input that a code and a PIN make."""

    def fields(self) -> Iterable[Widget]:
        """The two fields."""
        yield Labelled(n_("User code"), Field("user", self._user, max_length=32))
        yield Labelled(n_("PIN"), Field("pin", password=True, max_length=32))

    def body(self) -> ComposeResult:
        """The fields alone."""
        yield from self.fields()

    def on_mount(self) -> None:
        """A known user has only the PIN to give."""
        self.query_one("#pin" if self._user else "#user").focus()

    def answer(self) -> Input | None:
        """The code and the PIN, once both are there."""
        user, pin = (self.query_one(name, Field).value for name in ("#user", "#pin"))
        if not user.strip():
            self.lack("user", _("Type your user code."))
        elif not pin:
            self.lack("pin", _("Type your PIN."))
        else:
            return self.given(user.strip(), pin)
        return None

    def refused(self) -> None:
        """A refused PIN does not stay; the code does."""
        pin = self.query_one("#pin", Field)
        pin.value = ""
        pin.focus()
