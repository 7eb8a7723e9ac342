"""How far a load has come, in words and as a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.l10n import _
from tui_pos.spans import count, size, span

if TYPE_CHECKING:
    from sync.events import Progress


def bar(progress: Progress | None, width: int) -> str:
    """How far a load has come, drawn and in percent; empty: none is under way."""
    if progress is None:
        return ""
    done = progress.done * width // max(progress.total, 1)
    return f"{'█' * done}{'░' * (width - done)} {percent_of(progress)} %"


def percent_of(progress: Progress) -> int:
    """Whole percents of the step under way."""
    return min(100, progress.done * 100 // max(progress.total, 1))


def step(progress: Progress) -> str:
    """Which of its two steps a load is at."""
    return _("1/2 download") if progress.phase == "download" else _("2/2 take up")


def amount_of(progress: Progress) -> str:
    """Bytes or rows so far."""
    if progress.phase == "download":
        return _("{done} of {total}").format(done=size(progress.done), total=size(progress.total))
    return _("{done} of {total} rows").format(done=count(progress.done), total=count(progress.total))


def left(progress: Progress) -> str:
    """The time that is left, where it can be told."""
    return "" if progress.left is None else _("{time} left").format(time=span(progress.left))
