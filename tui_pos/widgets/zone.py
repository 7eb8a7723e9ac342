"""What all zones of the selling screen are: a place of fixed size, painted line by line.

A zone is told what to show and repaints only if it differs: never a layout, never a widget made anew. This is what
keeps the time from scan to painted row near that of a program that does nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable

ELLIPSIS = "…"


def fit(text: str, width: int) -> str:
    """The text in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + ELLIPSIS


def fit_right(text: str, width: int) -> str:
    """The text at the right of `width` cells; one that is too long is cut with an ellipsis."""
    room = width - cell_len(text)
    return " " * room + text if room >= 0 else fit(text, width)


def wrap(text: str, width: int, rows: int) -> list[str]:
    """The text in at most `rows` lines of `width` cells, broken between words; what is left over is cut."""
    lines: list[str] = []
    left = text.split()
    while left and len(lines) < rows and width > 0:
        line = left.pop(0)
        while left and cell_len(line) + 1 + cell_len(left[0]) <= width:
            line += " " + left.pop(0)
        lines.append(line)
    if left:
        lines[-1:] = [fit(" ".join([*lines[-1:], *left]), width)]
    return [fit(line, width) for line in lines]


class Zone(Widget, can_focus=False):
    """A zone of the selling screen. Subclasses give the parts of each line; styles are component classes."""

    ALLOW_SELECT = False

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """The texts of line `y` in `width` cells, each with the component class of its style; empty: the zone's own."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Line `y`, filled to the zone's width."""
        width = self.size.width
        own = self.rich_style
        segments = [
            Segment(text, self.get_component_rich_style(name) if name else own)
            for text, name in self.parts(y, width)
        ]
        return Strip(segments).adjust_cell_length(width, own)
