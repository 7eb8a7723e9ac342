"""Pitfalls of clocks: an hour or a year wrong, and set back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill


@pytest.mark.parametrize("wrong_by", [timedelta(hours=-1), timedelta(days=365), timedelta(days=-365)])
async def test_a_till_whose_clock_is_wrong_is_not_locked_out(
    backend: Backend, tmp_path: Path, wrong_by: timedelta
) -> None:
    till = SimTill(backend, tmp_path, "late")
    till.clock.wrong_by = wrong_by
    await till.enrol()
    await till.start()
    await till.sell_many(2)
    await till.pushed()

    await same_books(till, backend)
    assert "clock_wrong" in till.alarms()
    await till.stop()


async def test_a_clock_that_jumps_back_is_told_of_and_stops_nothing(till: SimTill, backend: Backend) -> None:
    await till.sell()
    await asyncio.sleep(1000)
    till.clock.wrong_by = timedelta(minutes=-20)
    await till.sell()
    await asyncio.sleep(1000)
    await till.pushed()

    assert "clock_jumped_back" in till.alarms()
    await same_books(till, backend)
