"""The tab of the server: whose till this is, whether the server answers, and what can be had from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.addresses import PLACE, without_password
from sync.errors import NoPlace
from sync.schedule import WHEN
from tui_pos.exchange_settings import NEVER, checked
from tui_pos.l10n import _, n_, plural
from tui_pos.screens.exchange import LINKS, ExchangeScreen, when_of
from tui_pos.screens.load import LoadScreen
from tui_pos.screens.settings.rows import Row, Take
from tui_pos.spans import span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.engine import Engine
    from tui_pos.screens.conduct import Conduct


class ServerTab:
    """The membership, and deeds."""

    title = n_("Server")
    live = True

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    async def rows(self) -> Sequence[Row]:
        """Where the server is and how it does, then what can be done; without a server only enrolment."""
        engine = self._conduct.watch.engine
        enrol = Row(
            _("▶ Enrol this till…"),
            "",
            _("With the server's configuration file, or with its address and a one-time code."),
            do=self._enrol,
        )
        if engine is None:
            return (Row(_("Server"), _("none"), _("This till sells without a server.")), enrol)
        exchange = Row(
            _("▶ Exchange…"), "", _("What was sent and refused, and the last exchanges."), do=self._exchange
        )
        return (*self._standing(engine), *self._loads(), *self._exports(engine), exchange, enrol)

    def _standing(self, engine: Engine) -> Sequence[Row]:
        """Where the server is, and whether it is there."""
        member = engine.membership
        return (
            Row(_("Address"), member.url),
            Row(_("Till"), f"{member.number}  {member.till_id}", _("As the server knows it.")),
            Row(_("Link"), _(LINKS[str(engine.link)])),
            Row(_("Proxy"), without_password(member.proxy) if member.proxy else _("none"), _(BY_ENROLMENT)),
            Row(
                _("▶ Test the connection"),
                "",
                _("Asks the server whether it is there, and whether it knows this till."),
                do=self._test,
            ),
        )

    def _loads(self) -> Sequence[Row]:
        """What can be loaded from it."""
        return (
            Row(
                _("▶ Load what has changed"),
                "",
                _("Prices, products and customers since the last time."),
                do=self._changes,
            ),
            Row(_("▶ Load all data…"), "", _("Everything anew. Selling goes on meanwhile."), do=self._load),
        )

    def _exports(self, engine: Engine) -> Sequence[Row]:
        """What can be loaded without it, from where and when."""
        return (
            Row(
                _("Exports"),
                without_password(engine.rounds.place) if engine.rounds.place else _("none"),
                _(
                    "Where data are loaded from without the server: a stick or a folder, or a share as "
                    "ftp://user:password@host/folder (ftps, sftp, s3…). It is kept encrypted."
                ),
                without_password(engine.rounds.place),
                take=self._sets(PLACE),
            ),
            Row(
                _("When"),
                when_of(engine.rounds.when),
                _(
                    "How often the till looks there by itself, with no need of the server: a number of minutes, or a "
                    "time of day such as 04:30; never: only when it is asked to."
                ),
                engine.rounds.when or _(NEVER),
                take=self._sets(WHEN),
            ),
            Row(
                _("▶ Load from the exports…"),
                "",
                _("All data, or what has changed, as the server has published and signed them there."),
                do=self._load_from,
            ),
        )

    async def _test(self) -> str:
        engine = self._conduct.watch.engine
        if engine is None:
            return ""
        await engine.ping()
        if engine.trouble is not None:
            raise engine.trouble
        await engine.hello()
        text = _("The server answers, and knows this till as number {number}.")
        known = text.format(number=engine.membership.number)
        off = abs((await engine.status()).offset)
        if off < WRONG_CLOCK:
            return known
        wrong = _("But this till's clock is wrong by {span}: set it, since tickets carry its time.")
        return f"{known} {wrong.format(span=span(off))}"

    async def _changes(self) -> str:
        engine = self._conduct.watch.engine
        if engine is None:
            return ""
        loaded = await engine.load_changes()
        text = plural("{count} record was loaded.", "{count} records were loaded.", loaded)
        return text.format(count=loaded)

    async def _load(self) -> str:
        self._conduct.stage.push_screen(LoadScreen(self._conduct.watch))
        return ""

    def _sets(self, name: str) -> Take:
        async def take(typed: str) -> None:
            engine = self._conduct.watch.engine
            if engine is not None:
                value = checked(name, typed, engine.rounds.place)
                await self._conduct.dialogs.permit((name,), lambda: engine.change_settings({name: value}))

        return take

    async def _load_from(self) -> str:
        engine = self._conduct.watch.engine
        if engine is None or not engine.rounds.place:
            raise NoPlace
        self._conduct.stage.push_screen(LoadScreen(self._conduct.watch, engine.rounds.place))
        return ""

    async def _exchange(self) -> str:
        self._conduct.stage.push_screen(ExchangeScreen(self._conduct.watch))
        return ""

    async def _enrol(self) -> str:
        from tui_pos.screens.settings.enrol import EnrolScreen  # noqa: PLC0415 - hardly ever

        self._conduct.stage.push_screen(EnrolScreen(self._conduct))
        return ""


WRONG_CLOCK = 300
"""Seconds by which a till's clock may differ from the server's without a word."""
BY_ENROLMENT = n_("It is given when the till is enrolled, and kept encrypted.")
