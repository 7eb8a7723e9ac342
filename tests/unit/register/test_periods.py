"""Days, months and years: closed by journal position, and nothing is added to what is closed."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.small_shop import COFFEE, LENTILS, SPONGE, Shop, Till, full_disk
from tui_pos.errors import Refused
from tui_pos.inputs import ClosePeriod
from tui_pos.outcomes import Report

Period = Literal["day", "month", "year"]


async def close(till: Till, period: Period) -> Report:
    report = (await till.give(ClosePeriod(period))).report
    assert report is not None
    return report


async def day_of(till: Till, *codes: str) -> Report:
    """A day on which these were sold, one a ticket, and which is closed."""
    for code in codes:
        await till.sell(code)
    await till.close_session()
    report = await close(till, "day")
    await till.open_session()
    return report


async def test_days_follow_one_another_without_a_gap(supervisor: Till) -> None:
    first = await day_of(supervisor, LENTILS, COFFEE)
    second = await day_of(supervisor, SPONGE)
    assert [(day.number, day.tickets, day.total) for day in (first, second)] == [(1, 2, 638), (2, 1, 179)]
    assert second.first_seq == first.last_seq + 1
    assert second.grand_total == 638 + 179


async def test_a_day_holds_what_its_positions_say_whatever_the_clock_says(
    shop: Shop, supervisor: Till
) -> None:
    await supervisor.sell(LENTILS)
    shop.clock.pass_by(days=-3)
    await supervisor.sell(COFFEE)
    shop.clock.pass_by(days=10)
    first = await day_of(supervisor, SPONGE)
    shop.clock.pass_by(days=-20)
    second = await day_of(supervisor, LENTILS)
    assert (first.tickets, second.tickets) == (3, 1)
    assert (await supervisor.store.journal.verify()).ok


async def test_a_month_waits_for_its_days_and_a_year_for_its_months(supervisor: Till) -> None:
    await day_of(supervisor, LENTILS)
    await supervisor.sell(COFFEE)
    await supervisor.close_session()
    assert (await supervisor.refused(ClosePeriod("month"))).slug == "not_allowed"
    await close(supervisor, "day")
    assert (await supervisor.refused(ClosePeriod("year"))).slug == "not_allowed"
    month = await close(supervisor, "month")
    year = await close(supervisor, "year")
    assert [(report.tickets, report.total) for report in (month, year)] == [(2, 638), (2, 638)]
    assert [body["jet"] for body in await supervisor.journal("closing")][-2:] == [50, 60]


async def test_a_day_does_not_close_over_an_open_session(supervisor: Till) -> None:
    assert (await supervisor.refused(ClosePeriod("day"))).slug == "not_allowed"


async def test_a_closing_that_fails_has_not_happened(shop: Shop, supervisor: Till) -> None:
    await supervisor.sell(LENTILS)
    await supervisor.close_session()
    with full_disk(), pytest.raises(Refused):
        await close(supervisor, "day")
    till = await (await shop.power_cut()).sign_in("2")
    report = await close(till, "day")
    assert (report.number, report.tickets) == (1, 1)
    starts = [event["kind"] for event in await till.events("closing_started")]
    assert starts == ["z", "day"]


async def test_nothing_can_be_added_to_a_closed_day(supervisor: Till) -> None:
    first = await day_of(supervisor, LENTILS)
    await supervisor.sell(COFFEE)
    kept = await supervisor.store.sessions.last_closing("day")
    assert kept is not None
    assert kept.last_seq == first.last_seq
    row = (await supervisor.store.tickets.find())[0]
    assert row.seq > kept.last_seq
