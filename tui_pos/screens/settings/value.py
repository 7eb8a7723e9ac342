"""One setting: its meaning, and its value to be typed or chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_pos.l10n import n_
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.choice import Choice
from tui_pos.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.screens.settings.rows import Row


class ValueScreen(Dialog[str]):
    """Gives the value as it was typed or chosen.

    Args:
        row: the setting.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "done", n_("Set"))]
    DEFAULT_CSS: ClassVar[str] = """
    ValueScreen > #box { width: 70; }
    ValueScreen #meaning { margin-bottom: 1; }
    ValueScreen Field, ValueScreen Choice { margin-bottom: 1; }
    """

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row

    def heading(self) -> str:
        """The setting's name."""
        return self._row.label

    def body(self) -> ComposeResult:
        """Its meaning, and the field or the choices."""
        row = self._row
        yield Static(row.meaning, id="meaning", markup=False)
        if row.choices:
            values = [value for value, _name in row.choices]
            chosen = values.index(row.typed) if row.typed in values else 0
            yield Choice([name for _value, name in row.choices], chosen=chosen)
        else:
            yield Field("value", row.typed, max_length=400)

    @on(Field.Submitted)
    def action_done(self) -> None:
        """Give the value."""
        if self._row.choices:
            chosen = self.query_one(Choice).chosen or 0
            self.give(self._row.choices[chosen][0])
        else:
            self.give(self.query_one(Field).value.strip())
