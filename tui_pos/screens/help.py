"""The keys, drawn from the table of actions, and what the prompt takes."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.actions import Group, Keyboard, keyboard_table
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Walked
from tui_pos.widgets.cells import fit
from tui_pos.widgets.paper import Paper

if TYPE_CHECKING:
    from textual.app import ComposeResult

_PROMPT = (
    (n_("barcode or code"), n_("the product, or the customer, with this code")),
    (n_("3*code"), n_("three of it; 0.350*code: a weight in kilograms")),
    (n_("name"), n_("products by name")),
    (n_("amount"), n_("when paying: what is given; Enter alone: all that is due")),
)


_INDENT = " " * 18
"""Where the second column of the prompt's grammar begins: what does not fit a line goes on there."""
_WIDTH, _SIDES = 78, 4
"""Columns of the box, and of its border and padding."""


def _needs(right: str) -> str:
    return _("needs: {right}").format(right=right) if right else ""


class HelpScreen(Walked[None]):
    """Shows what can be typed and pressed.

    Args:
        keyboard: the keys of this till; none: the default ones.
    """

    HEADING = n_("Help")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "turn(-1)", n_("Above")),
        Binding("pagedown", "turn(1)", n_("Below")),
        Binding("enter,f1", "leave", show=False),
    ]
    DEFAULT_CSS: ClassVar[str] = "HelpScreen > #box { width: 78; height: 100%; max-height: 110; }"

    def __init__(self, keyboard: Keyboard | None = None) -> None:
        super().__init__()
        self._keyboard = keyboard

    def body(self) -> ComposeResult:
        """What can be typed and pressed."""
        yield Paper()

    def on_mount(self) -> None:
        """Show it."""
        self._fold()

    def on_resize(self) -> None:
        """The text in lines of another width."""
        self._fold()

    def _fold(self) -> None:
        lines: list[str] = []
        headings = set[int]()
        width = max(min(_WIDTH, self.app.size.width) - _SIDES, 1)
        for line in self._lines():
            if line and not line.startswith(" "):
                headings.add(len(lines))
            lines += wrap(line, width, subsequent_indent=_INDENT) or [""]
        self.walked().refill(lines, headings)

    def _lines(self) -> list[str]:
        """The prompt's grammar, then the keys under their headings, which begin at the left."""
        lines = [_("The prompt takes"), *(f"  {fit(_(what), 15)} {_(means)}" for what, means in _PROMPT), ""]
        for group in Group:
            lines += [_(group.value), *self._keys_of(_(group.value)), ""]
        return lines

    def _keys_of(self, heading: str) -> list[str]:
        return [
            f"  {fit(key, 8)} {fit(label, 32)} {_needs(right)}".rstrip()
            for key, label, group, right in keyboard_table(self._keyboard)
            if group == heading
        ]

    def walked(self) -> Paper:
        """The text."""
        return self.query_one(Paper)
