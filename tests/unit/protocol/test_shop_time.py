"""Days and months at a shop, in texts of UTC that tickets are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sync.protocol import ShopRecord
from sync.protocol.shop_time import beginning_of_day, bounds_of_month, is_zone, month_at, zone_of

PARIS, MARTINIQUE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")


@pytest.mark.parametrize(
    ("moment", "zone", "month"),
    [
        ("2026-11-30T22:59:59Z", PARIS, "2026-11"),
        ("2026-11-30T23:00:00Z", PARIS, "2026-12"),
        ("2026-07-31T21:59:59Z", PARIS, "2026-07"),
        ("2026-07-31T22:00:00Z", PARIS, "2026-08"),
        ("2027-01-01T03:59:59Z", MARTINIQUE, "2026-12"),
        ("2027-01-01T04:00:00Z", MARTINIQUE, "2027-01"),
    ],
)
def test_a_moment_belongs_to_the_month_at_the_shop(moment: str, zone: ZoneInfo, month: str) -> None:
    assert month_at(datetime.fromisoformat(moment), zone) == month
    begin, end = bounds_of_month(month, zone)
    assert begin <= moment < end
    # a fraction belongs to its second
    assert begin <= moment.replace("Z", ".000Z") < end


@pytest.mark.parametrize(
    ("month", "bounds"),
    [
        ("2026-03", ("2026-02-28T23:00:00", "2026-03-31T22:00:00")),
        ("2026-10", ("2026-09-30T22:00:00", "2026-10-31T23:00:00")),
        ("2026-12", ("2026-11-30T23:00:00", "2026-12-31T23:00:00")),
    ],
)
def test_a_month_with_a_change_of_the_clock_begins_and_ends_at_its_own_midnights(
    month: str, bounds: tuple[str, str]
) -> None:
    assert bounds_of_month(month, PARIS) == bounds


def test_a_day_of_25_hours_begins_at_its_midnight() -> None:
    assert beginning_of_day(date(2026, 10, 25), PARIS) == "2026-10-24T22:00:00"
    assert beginning_of_day(date(2026, 10, 26), PARIS) == "2026-10-25T23:00:00"


def test_a_zone_that_nobody_knows_is_the_usual_one() -> None:
    assert zone_of(ShopRecord("Shop")) == zone_of(None) == PARIS
    assert zone_of(ShopRecord("Shop", time_zone="America/Martinique")) == MARTINIQUE
    for name in ("Europe/Nowhere", "", "../../etc/passwd", "/etc/localtime", "\0"):
        assert not is_zone(name)
        assert zone_of(ShopRecord("Shop", time_zone=name)) == PARIS


def test_what_is_no_month_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        bounds_of_month("2026-13", PARIS)
    assert month_at(datetime(2026, 1, 1, tzinfo=UTC), PARIS) == "2026-01"
