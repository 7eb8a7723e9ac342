"""The command palette: every action of the table that can be done now, found by typing some of its letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon

from tui_pos.actions import key_name
from tui_pos.l10n import _
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.style import Style

    from tui_pos.screens.menu import Entry


class Palette(Sturdy, CommandPalette):
    """Textual's palette, with glyphs that a console font has."""

    DEFAULT_CSS = """
    Palette #--input, Palette #--input.--list-visible { border: solid $primary; }
    Palette SearchIcon { color: $key; }
    Palette CommandList, Palette CommandList:focus { border: none; }
    """

    def on_mount(self) -> None:
        """Replace the magnifying glass."""
        self.query_one(SearchIcon).icon = "▶"


def palette(entries: Sequence[Entry], want: Callable[[str], None]) -> Screen[Any]:
    """A palette of these entries; `want` is told the id of the one chosen."""

    class Actions(Provider):
        """The entries, as Textual's palette asks for them."""

        def __init__(self, screen: Screen[Any], match_style: Style | None = None) -> None:
            super().__init__(screen, match_style)

        async def discover(self) -> Hits:
            for entry in entries:
                yield DiscoveryHit(entry.label, partial(want, entry.id), help=_help(entry))

        async def search(self, query: str) -> Hits:
            matcher = self.matcher(query)
            found = [(score, entry) for entry in entries if (score := matcher.match(entry.label)) > 0]
            for score, entry in found:
                label = matcher.highlight(entry.label)
                yield Hit(score, label, partial(want, entry.id), help=_help(entry))
            if not found:  # Textual would say it too, in English
                yield Hit(1, _("No command has such a name."), _nothing)

    return Palette(providers=[Actions], placeholder=_("Some letters of what to do"))


def _nothing() -> None:
    """What the line that says that nothing was found does."""


def _help(entry: Entry) -> str:
    return "  ".join(filter(None, (entry.group, key_name(entry.key) if entry.key else "", entry.note)))
