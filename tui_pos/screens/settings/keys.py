"""The keys of the till: every action with its key, and another key for it by pressing that."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.actions import ACTIONS, Action, key_name
from tui_pos.errors import Refused
from tui_pos.inputs import ChangeSettings
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Walked
from tui_pos.settings import KEYS, change
from tui_pos.widgets.page_list import Column, PageList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui_pos.screens.conduct import Conduct


class KeysScreen(Walked[None]):
    """Lists the actions; Enter waits for the key that the one under the cursor is to have.

    Args:
        conduct: gives the change to the register.
    """

    HEADING = n_("Keys")
    STAYS: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "listen", n_("Another key")),
        Binding("f4", "none", n_("No key")),
        Binding("f8", "default", n_("As delivered")),
    ]
    DEFAULT_CSS: ClassVar[str] = "KeysScreen > #box { width: 76; height: 100%; max-height: 40; }"

    def __init__(self, conduct: Conduct) -> None:
        super().__init__()
        self._conduct = conduct
        self._listening = False

    def body(self) -> ComposeResult:
        """Group, action, key, and whether it was moved."""
        yield PageList[Action](
            (
                Column(n_("Group"), lambda action: _(action.group.value), 10),
                Column(n_("Action"), lambda action: _(action.label)),
                Column(n_("Key"), lambda action: key_name(action.key) if action.key else "-", 12),
                Column("", self._note, 14),
            ),
            empty=n_("Nothing can be done here."),
        )

    @staticmethod
    def _note(action: Action) -> str:
        delivered = next(each.key for each in ACTIONS if each.id == action.id)
        return "" if delivered == action.key else _("moved")

    def walked(self) -> PageList[Action]:
        """The list."""
        return self.query_one(PageList)

    def on_mount(self) -> None:
        """List the actions."""
        self._fill()

    def on_screen_resume(self) -> None:
        """What was set above is shown."""
        super().on_screen_resume()
        if self.is_mounted:
            self._fill()

    def _fill(self) -> None:
        async def page(limit: int, offset: int) -> Sequence[Action]:
            return self.app.keyboard.actions[offset : offset + limit]  # type: ignore[attr-defined, no-any-return]

        self.walked().show(page, stay=True)

    def action_listen(self) -> None:
        """Wait for the key."""
        self._listening = True
        self.tell(_("Press the key that it is to have; Escape leaves it as it is."))

    def on_key(self, event: events.Key) -> None:
        """While one is waited for, any key is the answer."""
        if not self._listening:
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()
        self._listening = False
        self._say("")
        if event.key != "escape":
            self._move(event.key)

    def action_none(self) -> None:
        """The action under the cursor has no key any more."""
        self._move("")

    def action_default(self) -> None:
        """The action under the cursor has the key it was delivered with."""
        self._move("default")

    def _move(self, key: str) -> None:
        action = self.walked().current
        if action is not None:
            self.app.run_worker(self._keep(action.id, key), group="settings", name="a key")

    async def _keep(self, action: str, key: str) -> None:
        try:
            settings = change(self._conduct.register.settings, f"{KEYS}{action}", key)
        except Refused as refused:
            self.refuse(refused.message)
            return
        refusal = await self._conduct.dialogs.attempt(ChangeSettings(settings))
        if not self.is_attached:
            return
        if refusal is not None:
            self.refuse(refusal)
        self._fill()
