"""A field of a dialog: one row, drawn only with glyphs that a Linux console has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui_pos.l10n import _
from tui_pos.widgets.bound import run_bound
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget


class Field(Sturdy, Input):
    """What somebody types into a dialog: a row without a border.

    Args:
        name: its id.
        value: what stands in it at first.
        password: hide what is typed.
        max_length: in characters.
        scans: codes may be scanned into it, one after the other; anywhere else a scan is refused.
    """

    DEFAULT_CSS = """
    Field, Field:focus {
        border: none;
        height: 1;
        width: 1fr;
        padding: 0 1;
        background: $panel;
    }
    Field:focus { background: $primary 30%; }
    Field:ansi { text-style: underline; }
    Field:ansi:focus { background: ansi_blue; color: ansi_bright_white; text-style: none; }
    """

    def __init__(
        self,
        name: str,
        value: str = "",
        *,
        password: bool = False,
        max_length: int = 80,
        scans: bool = False,
    ) -> None:
        super().__init__(value, id=name, password=password, max_length=max_length, select_on_focus=False)
        self.scans = scans

    async def take(self, event: events.Key) -> bool:
        """Do at once what a key does in here; tells whether it does anything. Enter comes after what was typed.

        Keys go from widget to widget, each of which takes its time, and the focus may have moved meanwhile: what was
        typed after one that moves it would land in the field before, and a correction in the one behind.
        """
        if event.is_printable:
            await self._on_key(event)
            return True
        return event.key != "enter" and await run_bound(self, event.key)

    def scanned(self, code: str) -> None:
        """A code was scanned into it: it stands behind what is there."""
        self.value = f"{self.value} {code} ".lstrip()
        self.action_end()

    def type_in(self, text: str) -> None:
        """Type at the cursor, as the keys do."""
        self.insert_text_at_cursor(text)


class Labelled(Horizontal):
    """A field, or a choice, with its name before it.

    Args:
        label: the name, a message of the catalogues.
        field: what is filled in.
    """

    DEFAULT_CSS = """
    Labelled { height: 1; margin-bottom: 1; }
    Labelled > Static { width: 14; height: 1; color: $dim; }
    """

    def __init__(self, label: str, field: Widget) -> None:
        super().__init__()
        self._label = label
        self._field = field

    def compose(self) -> ComposeResult:
        """The name, then the field."""
        yield Static(_(self._label), markup=False)
        yield self._field
