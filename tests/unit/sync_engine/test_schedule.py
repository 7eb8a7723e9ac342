"""When rounds are made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.errors import BadSchedule
from sync.schedule import Schedule, read_schedule

PARIS = ZoneInfo("Europe/Paris")
NIGHT = Schedule(at=time(4, 30))


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("15", Schedule(15)),
        (" 10080 ", Schedule(10080)),
        ("4:30", NIGHT),
        ("04h30", NIGHT),
        ("00:00", Schedule(at=time(0, 0))),
        ("", None),
        ("0", None),
        ("Never", None),
    ],
)
def test_minutes_a_time_of_day_or_never_are_read(text: str, meant: Schedule | None) -> None:
    assert read_schedule(text) == meant
    if meant is not None:
        assert read_schedule(str(meant)) == meant


@pytest.mark.parametrize("text", ["24:00", "4:60", "10081", "-5", "1.5", "²", "soon", "4:30:10", "9" * 400])
def test_what_says_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadSchedule, match="a time of day such as 04:30"):
        read_schedule(text)


def test_a_time_of_day_is_that_of_the_clock_on_the_wall_all_year() -> None:
    for day in ("2026-03-29", "2026-07-01", "2026-10-25"):
        last = paris(f"{day}T01:00:00")
        assert NIGHT.due(last, last, PARIS) == paris(f"{day}T04:30:00")
    last = paris("2026-07-01T04:30:00")
    assert NIGHT.due(last, last, PARIS) == paris("2026-07-02T04:30:00")


def test_a_round_that_was_missed_is_due_at_once() -> None:
    now = paris("2026-07-03T09:00:00")
    assert NIGHT.due(paris("2026-07-01T10:00:00"), now, PARIS) < now
    assert Schedule(15).due(now - timedelta(hours=1), now) < now
    assert NIGHT.due(None, now, PARIS) == now


def test_a_clock_that_was_put_back_puts_no_round_off_for_longer_than_one_period() -> None:
    now = paris("2026-07-03T09:00:00")
    assert Schedule(15).due(now + timedelta(days=365), now) == now + timedelta(minutes=15)
    assert NIGHT.due(now + timedelta(days=365), now, PARIS) == now + timedelta(days=1)
