"""The line of pushes: a few at a time, the others in their order, and nobody waits longer than it is worth."""

from __future__ import annotations

import asyncio

import pytest

from backoffice.api import line as lines
from backoffice.api.line import LEAST, LONGEST, MOST, Line
from backoffice.refusals import Overloaded


class Time:
    """The loop's time, moved by hand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        patch.setattr(lines, "_time", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


class Pushes:
    """Pushes that are worked on until they are told to end."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._ends: dict[int, asyncio.Event] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.begun: list[int] = []

    async def come(self, *names: int) -> None:
        for name in names:
            self._ends[name] = asyncio.Event()
            self._tasks[name] = asyncio.get_running_loop().create_task(self._push(name))
        await self._settled()

    async def _push(self, name: int) -> None:
        async with self._line.turn():
            self.begun.append(name)
            await self._ends[name].wait()

    async def end(self, name: int) -> None:
        self._ends[name].set()
        await self._tasks[name]
        await self._settled()

    async def _settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


async def seconds_told(line: Line) -> int:
    """For how long the next one is sent away."""
    with pytest.raises(Overloaded) as refused:
        async with line.turn():
            pass
    assert refused.value.retry_after is not None
    return refused.value.retry_after


async def test_so_many_are_worked_on_and_the_others_wait_in_their_order(time: Time) -> None:
    pushes = Pushes(Line(width=2))

    await pushes.come(1, 2, 3, 4)
    assert pushes.begun == [1, 2]
    await pushes.end(2)
    await pushes.end(1)

    assert pushes.begun == [1, 2, 3, 4]
    await pushes.close()


async def test_who_would_wait_too_long_is_sent_away_each_to_a_time_of_his_own(time: Time) -> None:
    line = Line(width=1)
    pushes = Pushes(line)
    await pushes.come(*range(60))
    for name in range(30):
        time.now += 2
        await pushes.end(name)

    # 30 are left, at two seconds each
    told = [await seconds_told(line) for _ in range(5)]

    assert told == sorted(set(told))
    assert 30 * 2 - LONGEST <= told[0] + 1 <= told[-1] <= MOST
    await pushes.close()


async def test_a_line_that_does_not_move_takes_nobody_more(time: Time) -> None:
    line = Line(width=1)
    pushes = Pushes(line)
    await pushes.come(1)
    time.now += LONGEST + 5

    assert await seconds_told(line) == LEAST

    await pushes.end(1)
    await pushes.come(2)
    assert pushes.begun == [1, 2]
    await pushes.close()


async def test_nobody_is_sent_away_for_longer_than_a_minute(time: Time) -> None:
    line = Line(width=1)
    pushes = Pushes(line)
    await pushes.come(*range(100))
    for name in range(20):
        time.now += 10_000
        await pushes.end(name)

    assert [await seconds_told(line) for _ in range(3)] == [MOST] * 3
    await pushes.close()


async def test_an_outage_does_not_make_the_line_slow_for_long(time: Time) -> None:
    line = Line(width=1)
    pushes = Pushes(line)
    await pushes.come(1)
    time.now += 10_000
    await pushes.end(1)

    await pushes.come(*range(2, 10))

    assert pushes.begun == [1, 2]
    await pushes.close()


async def test_a_push_that_fails_or_is_given_up_leaves_the_line(time: Time) -> None:
    line = Line(width=1)
    with pytest.raises(ValueError, match="bad"):
        async with line.turn():
            raise ValueError("bad")
    pushes = Pushes(line)
    await pushes.come(1, 2)
    await pushes.close()

    await pushes.come(3)
    assert pushes.begun == [1, 3]
    await pushes.close()
