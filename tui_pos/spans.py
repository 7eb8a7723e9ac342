"""Times of the contract, lengths of time and amounts of data as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from tui_pos.l10n import _, language, moment, quantity

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def local(timestamp: str) -> str:
    """An RFC 3339 time in local time: `22/11/2026 14:05:09`."""
    return moment(datetime.fromisoformat(timestamp))


def span(seconds: float) -> str:
    """So many seconds, in the unit that says most: `45 s`, `12 min`, `3 h`, `2 d`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return _("{count} s").format(count=whole)
    if whole < _HOUR:
        return _("{count} min").format(count=whole // _MINUTE)
    if whole < _DAY:
        return _("{count} h").format(count=whole // _HOUR)
    return _("{count} d").format(count=whole // _DAY)


def age(timestamp: str | None, now: datetime) -> str:
    """How long ago an RFC 3339 time was; empty: it never was."""
    if timestamp is None:
        return ""
    return span((now.astimezone(UTC) - datetime.fromisoformat(timestamp)).total_seconds())


def since(timestamp: str | None, now: datetime) -> str:
    """A time, and how long ago it was; a dash: it never was."""
    if timestamp is None:
        return "-"
    return _("{time}, {age} ago").format(time=local(timestamp), age=age(timestamp, now))


def size(count: int) -> str:
    """So many bytes: `640 B`, `12 kB`, `26.8 MB`; in French `26,8 Mo`."""
    if count < 1000:
        return _("{count} B").format(count=count)
    if count < 1_000_000:
        return _("{count} kB").format(count=count // 1000)
    return _("{count} MB").format(count=quantity(Decimal(count // 100_000) / 10))


def count(number: int) -> str:
    """So many of something, with its thousands apart: `1,915`; in French `1 915`."""
    return f"{number:,}".replace(",", "," if language() == "en" else "\N{NO-BREAK SPACE}")
