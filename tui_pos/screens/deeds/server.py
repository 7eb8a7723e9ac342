"""What the actions about the server do: loads, the exchange, the simulated cable. None of them holds up the sale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos import screens
from tui_pos.errors import refuse, translated
from tui_pos.l10n import _, n_, plural

if TYPE_CHECKING:
    from tui_pos.screens.conduct import Conduct, Deed

NO_SERVER = n_("This till has no server: enrol it in the settings. It sells without one.")
NO_CABLE = n_("Only a demo has a cable to pull out.")


class ServerDeeds:
    """The deeds about the server, by the ids of their actions."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._dialogs = conduct.dialogs
        self.deeds: dict[str, Deed] = {
            "data.changes": self._changes,
            "data.load": self._load,
            "exchange.show": self._exchange,
            "cable.toggle": self._cable,
        }

    def _check(self) -> None:
        if self._conduct.watch.engine is None:
            raise refuse("not_enrolled", NO_SERVER)

    async def _changes(self, _text: str) -> None:
        self._check()
        self._conduct.say(_("What has changed is being loaded. Selling goes on."))
        self._conduct.beside(self._bring_changes())

    async def _bring_changes(self) -> None:
        engine = self._conduct.watch.engine
        if engine is None:
            return
        with translated():
            count = await engine.load_changes()
        text = plural("{count} record was loaded.", "{count} records were loaded.", count)
        self._conduct.say(text.format(count=count))

    async def _load(self, _text: str) -> None:
        self._check()
        self._dialogs.ask(screens.LoadScreen(self._conduct.watch))

    async def _exchange(self, _text: str) -> None:
        self._check()
        self._dialogs.ask(screens.ExchangeScreen(self._conduct.watch))

    async def _cable(self, _text: str) -> None:
        if self._conduct.till.demo is None:
            raise refuse("not_allowed", NO_CABLE)
        self._check()
        self._conduct.beside(self._plug(plugged=self._conduct.register.link != "up"))

    async def _plug(self, *, plugged: bool) -> None:
        with translated():
            await self._conduct.till.server.plug(plugged=plugged)
        if plugged:
            self._conduct.say(_("The network is back: what is unsent goes up now."))
        else:
            self._conduct.say(_("The network is out. Selling goes on: everything is kept and sent later."))
