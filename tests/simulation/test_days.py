"""Days of a shop under faults that a seed chooses. Any of them is replayed by `python -m tests.simulation --seed N`."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Update, update

from backoffice import schema
from tests.simulation.backend import Backend
from tests.simulation.recount import differences
from tests.simulation.till import SimTill
from tests.simulation.world import Plan, run


@pytest.mark.parametrize("seed", range(1, 11))
def test_whatever_happens_in_two_days_the_servers_books_are_the_union_of_the_journals(
    tmp_path: Path, seed: int
) -> None:
    outcome = run(Plan(seed), tmp_path)

    assert outcome.problems == ()
    assert outcome.tickets > 3 * 2 * 12
    assert outcome.till_days == 6
    assert outcome.faults > 100


def test_a_seed_is_replayed_to_the_last_byte(tmp_path: Path) -> None:
    plan = Plan(5, tills=2, days=1, sales=6, troubles=3)

    assert run(plan, tmp_path / "first") == run(plan, tmp_path / "second")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (update(schema.stock).values(quantity=7), "the stock"),
        (update(schema.ticket).values(total=0, subtotal=0, discount=0), "the totals"),
        (update(schema.ticket_payment).values(amount=0), "the payments"),
        (update(schema.ticket).values(uuid=str(UUID(int=7))), "the tickets, each once"),
    ],
)
async def test_a_recount_finds_what_the_books_have_otherwise(
    till: SimTill, backend: Backend, change: Update, what: str
) -> None:
    await till.sell()
    await till.pushed()
    assert await differences(backend, [till]) == []

    await backend.server.database.write(lambda connection: connection.execute(change))

    assert f"{what} in the books are not those of a recount" in await differences(backend, [till])
