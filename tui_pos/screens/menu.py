"""A list of things that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual.binding import Binding, BindingType

from tui_pos.actions import key_name
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Walked
from tui_pos.widgets.page_list import Column, PageList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Entry(Struct, frozen=True):
    """One thing that can be done."""

    id: str
    label: str
    """In the till's language, as are `group` and `note`."""
    key: str = ""
    """The key that does it without the menu, as Textual names keys."""
    group: str = ""
    note: str = ""
    """What it needs: a right that the user has not."""


class _Shown(Struct, frozen=True):
    """An entry, and its group's name on the first of the group."""

    entry: Entry
    heading: str


class MenuScreen(Walked[str]):
    """Gives the `id` of the entry chosen.

    Args:
        entries: those of a group stand together.
        heading: the title, in the till's language; none: that of the menu.
    """

    HEADING = n_("Menu")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", n_("Choose"))]
    DEFAULT_CSS: ClassVar[str] = """
    MenuScreen > #box { width: 74; }
    """

    def __init__(self, entries: Sequence[Entry], *, heading: str = "") -> None:
        super().__init__()
        self._heading = heading
        groups = ["", *(entry.group for entry in entries)]
        self._rows = tuple(
            _Shown(entry, entry.group if entry.group != before else "")
            for entry, before in zip(entries, groups, strict=False)
        )

    def heading(self) -> str:
        """The title."""
        return self._heading or _(self.HEADING)

    def body(self) -> ComposeResult:
        """Group, what is done, key, what it needs."""
        columns = [
            Column[_Shown]("", lambda row: row.heading, 9),
            Column[_Shown]("", lambda row: row.entry.label),
            Column[_Shown]("", lambda row: row.entry.note, 18, room=60),
        ]
        if any(row.entry.key for row in self._rows):
            keys = Column[_Shown](n_("Key"), lambda row: key_name(row.entry.key) if row.entry.key else "", 7)
            columns.insert(2, keys)
        yield PageList[_Shown](columns, empty=n_("Nothing can be done here."))

    def walked(self) -> PageList[_Shown]:
        """The list."""
        return self.query_one(PageList)

    def on_mount(self) -> None:
        """List the entries."""

        async def page(limit: int, offset: int) -> Sequence[_Shown]:
            return self._rows[offset : offset + limit]

        self.walked().show(page)
        # titles, place, keys and the frame beside the entries
        self.query_one("#box").styles.height = len(self._rows) + 5

    def action_choose(self) -> None:
        """Give the entry under the cursor."""
        self.walked().when_there(self._choose)

    def _choose(self) -> None:
        chosen = self.walked().current
        if chosen is not None:
            self.give(chosen.entry.id)
