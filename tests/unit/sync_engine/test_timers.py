from __future__ import annotations

import pytest

from sync.supervisor import BackOff
from sync.timers import Timers, timers


class Bytes:
    """Randomness that is always the same."""

    def __init__(self, byte: int) -> None:
        self._byte = byte

    def take(self, count: int) -> bytes:
        return bytes([self._byte]) * count


def test_nothing_said_gives_the_defaults() -> None:
    given = timers()

    assert given == Timers()
    assert (given.ticket_interval, given.service_timeout, given.ping_timeout, given.retry_cooldown) == (
        10,
        60,
        2,
        300,
    )


def test_the_last_who_names_a_delay_decides_as_number_or_as_text() -> None:
    assert timers({"ticket_interval": 20}, {"ticket_interval": "30", "ping_timeout": 1.5}, {}) == Timers(
        ticket_interval=30, ping_timeout=1.5
    )


@pytest.mark.parametrize("value", [None, "soon", "", [], {}, True, -1, float("nan"), float("inf"), "1e999"])
def test_what_is_no_number_of_seconds_is_passed_over(value: object) -> None:
    assert timers({"ping_timeout": value}) == Timers()


def test_a_delay_stays_within_its_bounds() -> None:
    assert timers({"ping_timeout": 0, "service_timeout": 10**9}) == Timers(
        ping_timeout=0.2, service_timeout=600
    )


def test_waits_double_up_to_a_minute_and_each_is_anything_up_to_that() -> None:
    longest, shortest = BackOff(Bytes(0xFF)), BackOff(Bytes(0))

    assert [round(longest.next()) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert [shortest.next() for _ in range(3)] == [0, 0, 0]
    longest.reset()
    assert round(longest.next()) == 1
