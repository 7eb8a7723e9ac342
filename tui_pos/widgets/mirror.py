"""The mirror of the customer display: what the customer reads, two lines of twenty."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui_pos.l10n import _
from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = 20


class Mirror(Zone):
    """Four lines: a frame with its name, and the two lines of the display."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"mirror--glass"}
    DEFAULT_CSS = """
    Mirror {
        width: 24; height: 4; background: $panel; color: $dim;
        & .mirror--glass { background: $glass; color: $glass-text; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="mirror")
        self._lines = ("", "")

    def show(self, lines: tuple[str, str]) -> None:
        """Show what the display shows, if it changed."""
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """Frame, line, line, frame."""
        room = max(0, width - 4)
        if y == 0:
            title = fit(_("Customer display"), min(room - 2, len(_("Customer display"))))
            return [(" ┌ " + title + " " + "─" * (room - len(title) - 2) + "┐ ", "")]
        if y == 3:
            return [(" └" + "─" * room + "┘ ", "")]
        return [(" │", ""), (fit(self._lines[y - 1], room), "mirror--glass"), ("│ ", "")]
