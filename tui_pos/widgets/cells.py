"""Text in a fixed number of cells: cut with `…` or padded, never with a character that moves the cursor."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells; wide characters count for two."""
    text = text.translate(_CONTROLS)
    taken = cell_len(text)
    if taken > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else "…"[:width]
    padding = " " * (width - taken)
    return padding + text if right else text + padding
