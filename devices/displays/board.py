"""What a second screen shows: the sale as the customer may see it, already in words."""

from __future__ import annotations

from msgspec import Struct


class Board(Struct, frozen=True):
    """One state of the screen. All texts are in the language of the shop; amounts are written out."""

    lines: tuple[tuple[str, str], ...] = ()
    """What was bought, and what each line costs; the last is the newest."""
    sums: tuple[tuple[str, str], ...] = ()
    """Total, paid, due, change: a label and an amount each; the last is the one that matters now."""
    message: str = ""
    """Something said to the customer: thanks, a greeting."""

    @property
    def idle(self) -> bool:
        """Whether nothing is being sold: advertising may be shown."""
        return not self.lines and not self.sums
