"""What the actions of the till itself do: help, menu, colours, messages, settings, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos import screens
from tui_pos.actions import Action, Group, Place
from tui_pos.errors import refuse
from tui_pos.inputs import AcknowledgeMessage, Lock, SignOut
from tui_pos.l10n import _, n_
from tui_pos.rights import LABELS
from tui_pos.screens.deeds.giving import gives
from tui_pos.screens.dialogs import LEAVE
from tui_pos.theme import next_theme

if TYPE_CHECKING:
    from tui_pos.screens.conduct import Conduct, Deed

NO_MESSAGE = n_("There is no message to read.")


class TillDeeds:
    """The deeds of the till itself, by the ids of their actions."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._dialogs = conduct.dialogs
        self._stage = conduct.stage
        self.deeds: dict[str, Deed] = {
            "help": self._help,
            "menu": self._menu,
            "palette": self._palette,
            "devices.show": self._devices,
            "devices.pane": self._pane,
            "message.read": self._message,
            "settings.show": self._settings,
            "till.lock": gives(conduct, Lock()),
            "till.sign_out": gives(conduct, SignOut()),
            "till.theme": self._theme,
            "till.quit": self._quit,
        }

    async def _help(self, _text: str) -> None:
        self._dialogs.ask(screens.HelpScreen(self._stage.keyboard))

    async def _menu(self, _text: str) -> None:
        # on a narrow screen the last keys of the footer are not in sight
        places = (Place.MENU, Place.FOOTER)
        listed = [entry for entry in self._entries() if self._stage.keyboard[entry.id].place in places]
        self._dialogs.ask(screens.MenuScreen(listed), self._chosen)

    def _chosen(self, action: str | None) -> None:
        if action is not None:
            self._dialogs.want(action)

    def _entries(self) -> list[screens.Entry]:
        """What can be done now, by groups, with what the user would need a supervisor for."""
        context = self._conduct.context
        here = [action for action in self._stage.keyboard.actions if context in action.contexts]
        listed = (action for group in Group for action in here if action.group == group)
        return [self._entry(action) for action in listed if self._is_listed(action)]

    def _is_listed(self, action: Action) -> bool:
        """Keys that only make sense as keys are not listed, nor what there is nothing to do with."""
        if action.id in ("menu", "palette", "line.up", "line.down", "back"):
            return False
        if action.id == "message.read":
            return bool(self._conduct.register.messages)
        if action.id in ("data.changes", "data.load", "exchange.show"):
            return self._conduct.watch.engine is not None
        if action.id == "ticket.kitchen":
            return self._conduct.till.counter.spool.takes_orders
        return action.id not in ("cable.toggle", "devices.pane") or self._conduct.till.demo is not None

    def _entry(self, action: Action) -> screens.Entry:
        right = action.right
        note = "" if right is None or self._conduct.register.may(right) else _(LABELS[right])
        return screens.Entry(action.id, _(action.label), action.key, _(action.group.value), note)

    async def _palette(self, _text: str) -> None:
        from tui_pos.screens.palette import palette  # noqa: PLC0415 - only when it is asked for

        self._dialogs.ask(palette(self._entries(), self._dialogs.want))

    async def _devices(self, _text: str) -> None:
        from tui_pos.screens.devices.screen import DevicesScreen  # noqa: PLC0415 - only when it is asked for

        self._dialogs.ask(DevicesScreen(self._conduct))

    async def _pane(self, _text: str) -> None:
        self._stage.selling.toggle_class("-devices")

    async def _message(self, _text: str) -> None:
        messages = self._conduct.register.messages
        if not messages:
            raise refuse("not_allowed", NO_MESSAGE)
        first = messages[0]

        def read(answer: bool | None) -> None:
            if answer:
                self._dialogs.give(AcknowledgeMessage(first.id))

        self._dialogs.ask(screens.MessageScreen(_("Message of the server"), first.text), read)

    async def _settings(self, _text: str) -> None:
        from tui_pos.screens.settings.screen import SettingsScreen  # noqa: PLC0415 - only when it is asked for

        self._dialogs.ask(SettingsScreen(self._conduct))

    async def _theme(self, _text: str) -> None:
        self._stage.theme = next_theme(self._stage.theme)

    async def _quit(self, _text: str) -> None:
        self._dialogs.confirm(_(LEAVE), lambda: self._stage.exit(return_code=0))
