"""What may happen on the way: each time every entry is on the server once, in order, and nothing waits for ever."""

from __future__ import annotations

import pytest

from sync.events import Link
from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill


async def test_a_ticket_is_on_the_server_at_once(till: SimTill, backend: Backend) -> None:
    await till.sell()
    await till.pushed(within=1)

    await same_books(till, backend)


@pytest.mark.parametrize(
    "fault",
    [
        "lost request",
        "lost reply",
        "doubled",
        "late double",
        "cut body",
        "delay",
        "silence",
        "portal",
        "error",
    ],
)
async def test_whatever_goes_wrong_once_a_ticket_is_stored_exactly_once(
    till: SimTill, backend: Backend, fault: str
) -> None:
    await till.pushed()
    till.wire.next = [fault]

    await till.sell()
    await till.sell()
    await till.pushed()

    await same_books(till, backend)


async def test_after_a_day_without_a_link_all_tickets_go_in_order(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    till.wire.plugged = False
    await till.sell_many(30)
    assert till.store.unsent >= 30
    assert await till.engine.ping() is Link.DOWN

    till.wire.plugged = True
    await till.pushed()

    await same_books(till, backend)
