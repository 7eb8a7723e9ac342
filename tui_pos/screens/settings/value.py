"""One setting: its meaning, and its value to be typed or chosen; a refusal is shown where it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_pos.errors import Refused, translated
from tui_pos.l10n import n_
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.choice import Choice
from tui_pos.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui_pos.screens.settings.rows import Row, Take


class ValueScreen(Dialog[str]):
    """Sets the value that was typed or chosen; gives what is to be said of it.

    Args:
        row: the setting.
        take: sets it.
        complain: is told a refusal that comes when this dialog has been left.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "done", n_("Set"))]
    DEFAULT_CSS: ClassVar[str] = """
    ValueScreen > #box { width: 70; }
    ValueScreen #meaning { margin-bottom: 1; }
    ValueScreen Field, ValueScreen Choice { margin-bottom: 1; }
    """

    def __init__(self, row: Row, take: Take, complain: Callable[[str], None]) -> None:
        super().__init__()
        self._row = row
        self._take = take
        self._complain = complain

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
        """Set the value."""
        if self._attempting:
            return
        self._attempting = True
        self._say("")
        # a worker of the app's: who leaves the dialog does not leave a setting half made
        self.app.run_worker(self._set(self._value()), group="settings", name="a setting")

    def _value(self) -> str:
        if self._row.choices:
            return self._row.choices[self.query_one(Choice).chosen or 0][0]
        return self.query_one(Field).value.strip()

    async def _set(self, value: str) -> None:
        try:
            with translated():
                said = await self._take(value)
        except Refused as refused:
            if self.is_attached:
                self.refuse(refused.message)
            else:
                self._complain(refused.message)
            return
        finally:
            self._attempting = False
        if self.is_attached:
            self._close(said or "")

    def action_leave(self) -> None:
        """Close, also while it is being set: that goes on, and is said if it fails."""
        self.dismiss(None)
