"""A load gives way to whoever sells beside it, and to nobody else."""

from __future__ import annotations

import asyncio

import pytest

from sync.store import pace
from sync.store.listing import CHUNK
from sync.store.pace import ATTENDED, LONGEST, QUIET, SMALL, STEP, Pace


class Clock:
    """The loop's time, as far as a pace sees it: sleeping moves it, and nothing else does."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept = list[float]()
        self.interrupted = 0
        """So many sleeps during which somebody looks for a code."""

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float, of: Pace) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if self.interrupted:
            self.interrupted -= 1
            of.looked_for()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def beside(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Pace:
    made = Pace()

    class Asyncio:
        get_running_loop = staticmethod(lambda: clock)
        sleep = staticmethod(lambda seconds: clock.sleep(seconds, made))

    monkeypatch.setattr(pace, "asyncio", Asyncio)
    return made


def turn(beside: Pace) -> int:
    return asyncio.run(beside.turn())


def test_with_nobody_there_a_load_never_rests(beside: Pace, clock: Clock) -> None:
    with beside.step(CHUNK):
        clock.now += 5

    assert turn(beside) == CHUNK
    assert clock.slept == []


def test_beside_somebody_who_sells_steps_are_short_and_rest_as_long_as_they_took(
    beside: Pace, clock: Clock
) -> None:
    beside.looked_for()
    with beside.step(CHUNK):
        clock.now += QUIET + 1

    assert turn(beside) == SMALL
    assert clock.slept == [pytest.approx(QUIET + 1)]


def test_steps_have_as_many_rows_as_they_have_time_for(beside: Pace, clock: Clock) -> None:
    beside.looked_for()
    sizes = []
    for seconds_a_row in (*[STEP / 200] * 4, STEP / 100, STEP / 10_000, STEP):
        size = turn(beside)
        with beside.step(size):
            clock.now += size * seconds_a_row
        sizes.append(size)

    assert sizes == [SMALL, 2 * SMALL, 4 * SMALL, 200, 200, 100, 200]
    assert turn(beside) == SMALL


def test_no_step_begins_while_what_was_found_is_painted(beside: Pace, clock: Clock) -> None:
    beside.looked_for()
    looked = clock.now

    assert turn(beside) == SMALL
    assert clock.now == pytest.approx(looked + QUIET)


def test_a_load_goes_on_however_fast_codes_follow_one_another(beside: Pace, clock: Clock) -> None:
    beside.looked_for()
    began, clock.interrupted = clock.now, 1_000

    assert turn(beside) == SMALL
    assert clock.now == pytest.approx(began + LONGEST)


def test_once_nobody_sells_any_more_a_load_is_as_quick_as_before(beside: Pace, clock: Clock) -> None:
    beside.looked_for()
    clock.now += ATTENDED + 1

    assert turn(beside) == CHUNK


def test_work_that_nobody_waits_for_goes_as_gently_with_nobody_there(beside: Pace, clock: Clock) -> None:
    with beside.step(SMALL):
        clock.now += 5

    assert asyncio.run(beside.turn(gently=True)) == SMALL
    assert clock.slept == [5]
