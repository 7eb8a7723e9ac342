"""Signing in, and the lock of an idle till: a whole screen, so that nothing of the ticket is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui_pos.inputs import Input, SignIn
from tui_pos.l10n import _, n_
from tui_pos.screens.credentials import Credentials
from tui_pos.widgets.field import Field
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui_pos.screens.dialog import Attempt
    from tui_pos.screens.queries import Queries


class SignInScreen(Credentials):
    """Asks for a code and a PIN; gives `SignIn`.

    Args:
        register: says whose shop it is, and whether the till is locked, and by whom.
        demo: lines that tell the codes of a demo.
        message: what went wrong just before.
        attempt: see `Dialog`.
    """

    HEADING = n_("Sign in")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", n_("Clear"))]
    DEFAULT_CSS: ClassVar[str] = """
    SignInScreen { background: $background; }
    SignInScreen:ansi { background: ansi_default; }
    SignInScreen #shop { text-style: bold; text-align: center; width: 100%; }
    SignInScreen #locked { margin-bottom: 1; }
    SignInScreen #demo { border-top: solid $primary; height: auto; padding: 0; margin-bottom: 1; }
    """

    def __init__(
        self,
        register: Queries,
        *,
        demo: Sequence[str] = (),
        message: str = "",
        attempt: Attempt | None = None,
    ) -> None:
        user = register.user if register.locked else None
        super().__init__(user=user.code if user else "", attempt=attempt)
        self._shop = register.shop.name
        self._locked = register.locked
        self._owner = user.name if user else ""
        self._demo = tuple(demo)
        self._message = message

    def heading(self) -> str:
        """A locked till says so."""
        return _("Locked") if self._locked else _(self.HEADING)

    def body(self) -> ComposeResult:
        """Shop, who locked the till, the fields, the demo's codes."""
        yield Static(self._shop, id="shop", markup=False)
        yield Static()
        if self._locked:
            text = _("Locked by {name}. The ticket is kept: their PIN opens it, or another user signs in.")
            yield Words(text.format(name=self._owner), id="locked")
        yield from self.fields()
        if self._demo:
            with Vertical(id="demo"):
                yield Static("\n".join(self._demo), markup=False)

    def on_mount(self) -> None:
        """Show what went wrong just before."""
        super().on_mount()
        if self._message:
            self.refuse(self._message)

    def given(self, user: str, pin: str) -> Input:
        """Sign in."""
        return SignIn(user, pin)

    def action_leave(self) -> None:
        """Escape empties the fields first. From empty ones it leaves, unless the till is locked."""
        fields = [self.query_one(name, Field) for name in ("#user", "#pin")]
        if any(field.value for field in fields):
            for field in fields:
                field.value = ""
            fields[0].focus()
        elif not self._locked:
            super().action_leave()
