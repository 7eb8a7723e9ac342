"""Time at the shop: the days and months in which both sides count a budget.

Moments are kept in UTC everywhere; which day and month they belong to, the shop's time zone says, summer time and all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from sync.protocol.records import DEFAULT_ZONE, ShopRecord

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_SECONDS = "%Y-%m-%dT%H:%M:%S"


def zone_of(shop: ShopRecord | None) -> ZoneInfo:
    """The time zone of a shop; one that nobody knows is the usual one: no sale waits for its repair."""
    name = shop.time_zone if shop is not None else DEFAULT_ZONE
    return _zone(name if is_zone(name) else DEFAULT_ZONE)


def is_zone(name: str) -> bool:
    """Whether a time zone has this name (IANA): `Europe/Paris`."""
    try:
        _zone(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _zone(name: str) -> ZoneInfo:
    # a start needs no time zone, and its module reads how Python was built
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return ZoneInfo(name)


def day_at(moment: datetime, zone: ZoneInfo) -> date:
    """The day at the shop."""
    return moment.astimezone(zone).date()


def month_at(moment: datetime, zone: ZoneInfo) -> str:
    """The month at the shop: `2026-11`."""
    return f"{day_at(moment, zone):%Y-%m}"


def beginning_of_day(day: date, zone: ZoneInfo) -> str:
    """Its midnight in UTC, to be compared with times of tickets as texts: `2026-10-31T23:00:00`.

    It has no `Z`, so that it is before every text of its second, with or without a fraction.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC).strftime(_SECONDS)


def bounds_of_month(month: str, zone: ZoneInfo) -> tuple[str, str]:
    """Where a month begins and where the next one does, as `beginning_of_day` gives them.

    Raises:
        ValueError: it is no month such as `2026-11`.
    """
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return beginning_of_day(first, zone), beginning_of_day(after, zone)
