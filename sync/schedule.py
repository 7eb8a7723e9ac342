"""When a place is looked into by itself: every so many minutes, or at a time of day."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from msgspec import Struct

from sync.errors import BadSchedule

WHEN = "place_when"
"""The setting that says when it is looked into the place of the server's exports."""
MOST = 7 * 24 * 60
"""Minutes between two looks: a week."""
NEVER = frozenset({"", "0", "never"})
_TIME = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)")


class Schedule(Struct, frozen=True):
    """Every `minutes`, or each day at a time of the till's clock, where one is said."""

    minutes: int = 0
    at: time | None = None

    @property
    def period(self) -> timedelta:
        """Between two looks."""
        return timedelta(minutes=self.minutes) if self.at is None else timedelta(days=1)

    def due(self, last: datetime | None, now: datetime, zone: tzinfo | None = None) -> datetime:
        """When the next look is due: at once, where one was missed while the till was off.

        Args:
            last: when it was last looked there.
            zone: of the time of day; None: the machine's.
        """
        if last is None:
            return now
        # after a clock that was put back, `last` is yet to come
        return min(self._after(last, zone), now + self.period)

    def _after(self, last: datetime, zone: tzinfo | None) -> datetime:
        if self.at is None:
            return last + self.period
        day = last.astimezone(zone).date()
        first, second = (_local(day + timedelta(days=days), self.at, zone) for days in (0, 1))
        return first if first > last else second

    def __str__(self) -> str:
        return str(self.minutes) if self.at is None else f"{self.at:%H:%M}"


def read_schedule(text: str) -> Schedule | None:
    """A schedule as it is typed: a number of minutes, or a time such as 04:30; None: never.

    Raises:
        BadSchedule: it is none.
    """
    text = text.strip()
    if text.casefold() in NEVER:
        return None
    if found := _TIME.fullmatch(text):
        return Schedule(at=time(int(found[1]), int(found[2])))
    if text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST:
        return Schedule(minutes=int(text))
    raise BadSchedule(text=text, most=MOST)


def _local(day: date, at: time, zone: tzinfo | None) -> datetime:
    moment = datetime.combine(day, at)
    return moment.replace(tzinfo=zone) if zone is not None else moment.astimezone()
