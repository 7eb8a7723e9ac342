"""Sentences in a dialog, broken into lines as their language does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import chop_cells
from textual.content import Content
from textual.widgets import Static

from tui_pos.widgets.zone import wrap

if TYPE_CHECKING:
    from textual.geometry import Size

_ROWS = 100


class Words(Static):
    """A text whose lines break between words, and never at a no-break space: Textual's own break there too."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(text, id=id, markup=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """The rows that the text takes at a width."""
        return len(folded(str(self.content), width))

    def render(self) -> Content:
        """The text in its lines."""
        return Content("\n".join(folded(str(self.content), self.content_size.width)))


def folded(text: str, width: int) -> list[str]:
    """A text in lines of so many cells at the most."""
    if width <= 0:
        return []
    return [
        line.rstrip(" ")
        for paragraph in text.split("\n")
        for line in wrap(_breakable(paragraph, width), width, _ROWS) or [""]
    ]


def _breakable(text: str, width: int) -> str:
    """The text with a break in each word that no line could hold, such as a path: nothing of it is cut."""
    return " ".join(piece for word in text.split(" ") for piece in chop_cells(word, width) or [""])
