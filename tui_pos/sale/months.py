"""Months as budgets name them: `2026-11`."""

from __future__ import annotations

from datetime import date, timedelta


def month_after(month: str) -> str:
    """The next month.

    Raises:
        ValueError: it is no month such as `2026-11`.
    """
    first = _first_of(month)
    return f"{date(first.year + first.month // 12, first.month % 12 + 1, 1):%Y-%m}"


def month_before(month: str) -> str:
    """The month before.

    Raises:
        ValueError: it is no month such as `2026-11`.
    """
    return f"{_first_of(month) - timedelta(days=1):%Y-%m}"


def _first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
