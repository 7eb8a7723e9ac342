"""The keys of a dialog at its foot: each with what it does, and never parted from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

GAP = "   "


class KeyLine(Static):
    """As many lines as the keys take.

    Args:
        keys: as they are written, and what each does.
    """

    def __init__(self, keys: Sequence[tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._keys = tuple(keys)

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Other keys than before."""
        if self._keys != tuple(keys):
            self._keys = tuple(keys)
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """The rows that the keys take at a width."""
        return len(self._rows(width))

    def render(self) -> Content:
        """The keys in their rows."""
        parts: list[tuple[str, str] | str] = []
        for row in self._rows(self.content_size.width):
            parts += ["\n"] if parts else []
            parts += [part for key, does in row for part in ((key, "bold"), f" {does}{GAP}")]
        return Content.assemble(*parts)

    def _rows(self, width: int) -> list[list[tuple[str, str]]]:
        rows: list[list[tuple[str, str]]] = [[]]
        used = 0
        for key, does in self._keys:
            needed = cell_len(f"{key} {does}")
            if rows[-1] and used + len(GAP) + needed > width:
                rows.append([])
                used = 0
            used += needed + (len(GAP) if rows[-1] else 0)
            rows[-1].append((key, does))
        return rows
