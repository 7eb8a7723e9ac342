"""How many labels of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from devices.labels.label import MOST_COPIES
from tui_pos.inputs import Input, PrintLabels
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Attempt, Form
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.outcomes import ProductView


class LabelForm(Form):
    """Gives `PrintLabels`.

    Args:
        product: whose labels.
        attempt: see `Dialog`.
    """

    HEADING = n_("Labels")
    DEFAULT_CSS = """
    LabelForm #product { height: 1; margin-bottom: 1; }
    """

    def __init__(self, product: ProductView, *, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._product = product

    def body(self) -> ComposeResult:
        """The product, and how many."""
        yield Static(self._product.label, id="product", markup=False)
        yield Labelled(n_("How many"), Field("copies", "1", max_length=3))

    def answer(self) -> Input | None:
        """The labels, once there is a number of them."""
        text = self.query_one("#copies", Field).value.strip()
        if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_COPIES:
            return PrintLabels((self._product.code,), int(text))
        self.lack("copies", _("Give a number from 1 to {most}.").format(most=MOST_COPIES))
        return None
