"""What the tab of the data says of how long sales are kept: the period, the archives, and what was let go."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from tui_pos.errors import said, translated
from tui_pos.l10n import _, n_, plural
from tui_pos.screens.settings.rows import Do, Row
from tui_pos.screens.settings.till import sets
from tui_pos.settings import Years
from tui_pos.spans import count, local

if TYPE_CHECKING:
    from sync.engine import Engine
    from sync.store import Archived
    from tui_pos.screens.conduct import Conduct

NO_SERVER = n_("This till has no server: it keeps everything itself, for ever.")


class KeepingRows:
    """The rows, and what they do."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._store = conduct.till.store

    async def rows(self) -> tuple[Row, ...]:
        """The period, the archives and a new one; what was let go, and doing it now."""
        years = self._conduct.register.settings.keep_years
        return (
            Row(
                _("Sales are kept"),
                _spelled(years),
                _(
                    "For ever, as delivered; the law wants six years. What is older goes from this till once the "
                    "server has it, its year is closed and it is in an archive; entries that something here "
                    "needs stay."
                ),
                str(years),
                tuple((str(value), _spelled(value)) for value in get_args(Years)),
                take=self._set_years,
            ),
            await self._archives(),
            Row(
                _("▶ Make an archive…"),
                "",
                _(
                    "What no archive holds yet, in files of a year at the most: open, signed, and checked by "
                    "“tui-pos journal verify --archive”. Give the folder; a copy belongs on another machine."
                ),
                str(self._usual),
                take=self._archive,
            ),
            *await self._let_go_rows(),
        )

    async def _set_years(self, value: str) -> None:
        await sets(self._conduct, "keep_years")(value)
        engine = self._conduct.watch.engine
        if engine is not None:
            engine.retention.changed()

    # --- archives

    @property
    def _usual(self) -> Path:
        """The folder of archives when no other is given."""
        from sync.archive_files import FOLDER  # noqa: PLC0415 - a till that sells needs none of it

        return self._store.profile / FOLDER

    async def _archives(self) -> Row:
        made = await self._store.archives.all()
        if not made:
            return Row(
                _("Archives"), _("none yet"), _("The law wants the journal archived, each year at the least.")
            )
        last = made[-1]
        text = _("{count}, the last on {day}").format(count=count(len(made)), day=local(last.made_at))
        meaning = _("Entries through {position}. The last: {path}").format(
            position=count(last.last_seq), path=Path(last.folder) / last.file
        )
        return Row(_("Archives"), text, meaning)

    async def _archive(self, folder: str) -> str:
        return await self._permitted("archive", lambda: self._make(folder))

    async def _permitted(self, name: str, work: Do) -> str:
        """Do it, if the user may, and give what is to be said; else it is said once somebody has lent the right."""
        said = ""

        async def done() -> None:
            nonlocal said
            said = await work()
            self._conduct.say(said)

        await self._conduct.dialogs.permit((name,), done)
        return said

    async def _make(self, folder: str) -> str:
        from sync.archiving import archive  # noqa: PLC0415 - as above
        from sync.ports import SystemClock  # noqa: PLC0415
        from tui_pos.exchange import program  # noqa: PLC0415

        user = self._conduct.register.user
        with translated():
            made: tuple[Archived, ...] = await archive(
                self._store,
                await asyncio.to_thread(lambda: Path(folder or self._usual).expanduser()),
                SystemClock(),
                program=program(),
                user=user.code if user else None,
            )
        if not made:
            return _("Everything is in an archive already.")
        return plural("{count} archive was made.", "{count} archives were made.", len(made)).format(
            count=len(made)
        )

    # --- what is let go

    async def _let_go_rows(self) -> tuple[Row, ...]:
        engine = self._conduct.watch.engine
        went = await self._store.archives.let_go()
        value = _("nothing")
        if went.through:
            value = _("all through entry {position}, on {day}").format(
                position=count(went.through), day=local(went.at)
            )
        if engine is None:
            return (Row(_("Let go"), value, _(NO_SERVER)),)
        why = _("Why no more: {reason}.").format(reason=said((await engine.retention.standing()).held))
        return (
            Row(_("Let go"), value, why),
            Row(
                _("▶ Let go now"),
                "",
                _("What may go, which the till looks for once a day by itself. Selling goes on meanwhile."),
                do=lambda: self._permitted("let_go", lambda: self._go(engine)),
            ),
        )

    async def _go(self, engine: Engine) -> str:
        from tui_pos.keeping import in_words  # noqa: PLC0415 - as above

        with translated():
            return in_words(await engine.retention.let_go())


def _spelled(years: int) -> str:
    return plural("{count} year", "{count} years", years).format(count=years) if years else _("for ever")
