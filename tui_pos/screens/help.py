"""The keys, drawn from the table of actions, and what the prompt takes."""

from __future__ import annotations

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
        """The prompt's grammar, then the keys under their headings."""
        lines = [_("The prompt takes"), *(f"  {fit(_(what), 15)} {_(means)}" for what, means in _PROMPT), ""]
        headings = {0}
        for group in Group:
            headings.add(len(lines))
            lines += [_(group.value), *self._keys_of(_(group.value)), ""]
        yield Paper(lines, headings=headings)

    def _keys_of(self, heading: str) -> list[str]:
        return [
            f"  {fit(key, 8)} {fit(label, 32)} {_needs(right)}".rstrip()
            for key, label, group, right in keyboard_table(self._keyboard)
            if group == heading
        ]

    def walked(self) -> Paper:
        """The text."""
        return self.query_one(Paper)
