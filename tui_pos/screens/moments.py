"""Times of the contract as people read them."""

from __future__ import annotations

from datetime import datetime

from tui_pos.l10n import moment


def local(timestamp: str) -> str:
    """An RFC 3339 time in local time: `22/11/2026 14:05:09`."""
    return moment(datetime.fromisoformat(timestamp))
