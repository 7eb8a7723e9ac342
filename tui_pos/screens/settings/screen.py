"""The screen of the settings: the tabs, the rows of one of them, and what the row under the cursor means."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui_pos.errors import Refused, translated
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Walked
from tui_pos.screens.settings.data import DataTab
from tui_pos.screens.settings.devices import DevicesTab
from tui_pos.screens.settings.rows import Row, Tab
from tui_pos.screens.settings.security import SecurityTab
from tui_pos.screens.settings.server import ServerTab
from tui_pos.screens.settings.till import TillTab
from tui_pos.screens.settings.timers import TimersTab
from tui_pos.screens.settings.value import ValueScreen
from tui_pos.widgets.page_list import Column, PageList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from textual.app import ComposeResult

    from tui_pos.screens.conduct import Conduct

OFTEN = 1.0
"""Seconds between two looks at what changes by itself."""


class SettingsScreen(Walked[None]):
    """Shows what the till is set to, and sets it.

    Args:
        conduct: gives inputs to the register, and knows the server.
    """

    HEADING = n_("Settings")
    STAYS: ClassVar[bool] = True
    """A supervisor's dialog comes above this one, which stays."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", n_("Edit")),
        Binding("left", "tab(-1)", show=False),
        Binding("right", "tab(1)", n_("Other tab"), key_display="← →"),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    SettingsScreen > #box { width: 100%; max-width: 100; height: 100%; max-height: 34; }
    SettingsScreen #tabs { height: 1; }
    SettingsScreen #meaning { height: auto; min-height: 5; max-height: 8; color: $dim; }
    """

    def __init__(self, conduct: Conduct) -> None:
        super().__init__()
        self._conduct = conduct
        self._tabs: tuple[Tab, ...] = (
            TillTab(conduct),
            ServerTab(conduct),
            TimersTab(conduct),
            DataTab(conduct),
            DevicesTab(conduct),
            SecurityTab(conduct),
        )
        self._tab = 0

    def body(self) -> ComposeResult:
        """Tabs, rows, meaning."""
        yield Static(self._titles(), id="tabs", markup=False)
        yield PageList[Row](
            (Column("", lambda row: row.label, 30), Column("", lambda row: row.value)),
            empty=n_("Nothing is set here."),
        )
        yield Static(id="meaning", markup=False)

    def _titles(self) -> Content:
        parts: list[tuple[str, str] | str] = []
        for index, tab in enumerate(self._tabs):
            here = index == self._tab
            parts += [(f"{'▶' if here else ' '}{_(tab.title)} ", "bold reverse" if here else "")]
        return Content.assemble(*parts)

    def walked(self) -> PageList[Row]:
        """The rows."""
        return self.query_one(PageList)

    def on_mount(self) -> None:
        """Show the first tab, and follow what changes by itself."""
        self.fill()
        self.set_interval(OFTEN, self.follow)

    def follow(self) -> None:
        """Show anew what changes by itself."""
        if self.is_active and self._tabs[self._tab].live:
            self.fill()

    def on_screen_resume(self) -> None:
        """What was set above is shown."""
        super().on_screen_resume()
        if self.is_mounted:
            self.fill()

    def fill(self, *, stay: bool = True) -> None:
        """Show the rows of the tab as they stand now; the cursor stays where it is, unless it is another tab."""
        tab = self._tabs[self._tab]

        async def page(limit: int, offset: int) -> Sequence[Row]:
            with translated():
                rows = await tab.rows()
            return rows[offset : offset + limit]

        self.walked().show(page, stay=stay)

    def action_tab(self, by: int) -> None:
        """The tab beside; after the last one comes the first."""
        self._tab = (self._tab + by) % len(self._tabs)
        self.query_one("#tabs", Static).update(self._titles())
        self._say("")
        self.fill(stay=False)

    @on(PageList.Moved)
    def mean(self) -> None:
        """What the row under the cursor means."""
        row = self.walked().current
        self.query_one("#meaning", Static).update(row.meaning if row is not None else "")

    @on(PageList.Failed)
    def say_failure(self, event: PageList.Failed) -> None:
        """The rows could not be had."""
        self.refuse(event.text)

    def action_change(self) -> None:
        """Do what the row is for."""
        self.walked().when_there(self._change)

    def _change(self) -> None:
        row = self.walked().current
        if row is None:
            return
        if row.do is not None:
            self._run(row.do())
        elif row.take is None:
            self.refuse(_("This cannot be changed here."))
        else:

            def done(said: str | None) -> None:
                self._say("")
                if said:
                    self.tell(said)

            self.app.push_screen(ValueScreen(row, row.take, self._conduct.stage.complain), done)

    def _run(self, work: Awaitable[str]) -> None:
        """Do what may take its time; what comes of it, or its refusal, is said here."""
        self.app.run_worker(self._said(work), group="settings", name="a setting")

    async def _said(self, work: Awaitable[str]) -> None:
        self._say("")
        try:
            with translated():
                said = await work
        except Refused as refused:
            if self.is_attached:
                self.refuse(refused.message)
            return
        if self.is_attached:
            self.fill()
        if self.is_attached and said:
            self.tell(said)
