"""Days of a shop under faults that a seed chooses. Any of them is replayed by `python -m tests.simulation --seed N`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.world import Plan, run


@pytest.mark.parametrize("seed", range(1, 11))
def test_whatever_happens_in_two_days_the_servers_books_are_the_union_of_the_journals(
    tmp_path: Path, seed: int
) -> None:
    outcome = run(Plan(seed), tmp_path)

    assert outcome.problems == ()
    assert outcome.tickets == 3 * 2 * 12
    assert outcome.faults > 100


def test_a_seed_is_replayed_to_the_last_byte(tmp_path: Path) -> None:
    plan = Plan(5, tills=2, days=1, sales=6, troubles=3)

    assert run(plan, tmp_path / "first") == run(plan, tmp_path / "second")
