"""What all zones of the selling screen are: a place of fixed size, painted line by line.

A zone is told what to show and repaints only if it differs: never a layout, never a widget made anew. This is what
keeps the time from scan to painted row near that of a program that does nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style
    from textual.color import Color
    from textual.geometry import Region

ELLIPSIS = "…"
_BREAKS = re.compile(r"[ \t\r\n]+")


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
    """The text in at most `rows` lines of `width` cells, broken between words; what is left over is cut.

    A no-break space holds: French has one before its colons and the sign of its currency.
    """
    lines: list[str] = []
    left = [word for word in _BREAKS.split(text) if word]
    while left and len(lines) < rows and width > 0:
        line = left.pop(0)
        while left and cell_len(line) + 1 + cell_len(left[0]) <= width:
            line += " " + left.pop(0)
        lines.append(line)
    if left:
        lines[-1:] = [fit(" ".join([*lines[-1:], *left]), width)]
    return [fit(line, width) for line in lines]


class Plain(Sturdy, Widget):
    """A widget without border, padding or opacity: its lines are kept as painted, and given as they are.

    Textual works out each widget's decoration anew on every repaint that touches its rows; these have none.
    """

    ALLOW_SELECT = False

    def __init__(self, *children: Widget, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(*children, id=id)
        self._painted: list[Strip | None] = []
        self._painted_width = -1
        self._looks: dict[str, Style] = {}
        self._backdrop: Color | None = None

    def look(self, name: str = "") -> Style:
        """The style of a component class; empty: the widget's own. Working it out takes longer than painting a row."""
        style = self._looks.get(name)
        if style is None:
            style = self._looks[name] = self.get_component_rich_style(name) if name else self.rich_style
        return style

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Paint again: all, or the rows of these regions."""
        if regions:
            for region in regions:
                rows = range(max(0, region.y), min(region.bottom, len(self._painted)))
                for y in rows:
                    self._painted[y] = None
        else:
            self._painted = []
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """New colours: nothing painted before is of use."""
        self._painted = []
        self._looks.clear()
        self._backdrop = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region, painted where they are not yet."""
        width, height = self.size
        if self._painted_width != width or len(self._painted) != height:
            self._painted, self._painted_width = [None] * height, width
        lines = []
        for y in range(crop.y, crop.bottom):
            strip = self._painted[y] if 0 <= y < height else Strip.blank(width)
            if strip is None:
                strip = self._painted[y] = self._filtered(self.render_line(y))
            lines.append(strip if crop.width == width else strip.crop(crop.x, crop.right))
        return lines

    def _filtered(self, strip: Strip) -> Strip:
        if self._backdrop is None:
            self._backdrop = self.background_colors[1]
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, self._backdrop)
        return strip

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - every line is blank
        """A blank line; zones have more to say."""
        return Strip.blank(self.size.width, self.look())


class Zone(Plain, can_focus=False):
    """A zone of the selling screen. Subclasses give the parts of each line; styles are component classes."""

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """The texts of line `y` in `width` cells, each with the component class of its style; empty: the zone's own."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Line `y`, filled to the zone's width."""
        width = self.size.width
        segments = [Segment(text, self.look(name)) for text, name in self.parts(y, width)]
        return Strip(segments).adjust_cell_length(width, self.look())
