"""Lines of text as on paper, scrolled by the keys of the screen that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui_pos.l10n import _
from tui_pos.widgets.cells import fit
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from collections.abc import Container, Sequence


class Paper(Sturdy, Widget):
    """So many lines, a window on them, and below whether there are more."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"paper--heading", "paper--note"}
    DEFAULT_CSS = """
    Paper { width: 1fr; height: 1fr; }
    Paper > .paper--heading { text-style: bold; color: $key; }
    Paper > .paper--note { color: $dim; }
    """

    def __init__(self, lines: Sequence[str] = (), *, headings: Container[int] = ()) -> None:
        super().__init__(id="paper")
        self._lines = tuple(lines)
        self._headings = headings
        self._top = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole text."""
        return self._lines

    def show(self, lines: Sequence[str], headings: Container[int] = ()) -> None:
        """Another text, from its first line; `headings` are the numbers of the lines that stand out."""
        self._lines, self._headings = tuple(lines), headings
        self._top = 0
        self.refresh()

    def refill(self, lines: Sequence[str], headings: Container[int] = ()) -> None:
        """What the text has become; the window stays where it is."""
        self._lines, self._headings = tuple(lines), headings
        self.move(0)

    def move(self, by: int) -> None:
        """Scroll by so many lines; it stops at both ends."""
        self._top = min(max(self._top + by, 0), max(len(self._lines) - self._height, 0))
        self.refresh()

    def turn(self, pages: int) -> None:
        """Scroll by so many screenfuls."""
        self.move(pages * self._height)

    @property
    def _height(self) -> int:
        return max(self.size.height - 1, 1)

    def on_resize(self) -> None:
        """The window never hangs below the text."""
        self.move(0)

    def render_line(self, y: int) -> Strip:
        """One line of the text; the last one tells whether more follows."""
        width, height = self.size
        if y == height - 1 and height > 1:
            below = len(self._lines) - self._top - self._height
            text = _("↓ {count} more").format(count=below) if below > 0 else ""
            return Strip(
                [Segment(fit(text, width, right=True), self.get_component_rich_style("paper--note"))], width
            )
        index = self._top + y
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        style = (
            self.get_component_rich_style("paper--heading") if index in self._headings else self.rich_style
        )
        return Strip([Segment(fit(self._lines[index], width), style)], width)
