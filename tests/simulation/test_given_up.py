"""A load that somebody gives up ends alone: nothing else of the exchange does."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from sync.errors import GivenUp
from sync.events import Event, LoadBegan, LoadEnded, Progress
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.till import SimTill


def give_up_when(till: SimTill, kind: type[Event]) -> None:
    """Cancel the load as soon as the engine tells this of it; once."""

    def hear(event: Event) -> None:
        if isinstance(event, kind):
            leave()
            till.engine.cancel_load()

    leave = till.engine.events.subscribe(hear)


@pytest.mark.parametrize("when", [LoadBegan, Progress])
async def test_whoever_asked_for_a_load_is_told_that_it_was_given_up(
    till: SimTill, when: type[Event]
) -> None:
    give_up_when(till, when)

    with pytest.raises(GivenUp):
        await till.engine.load_full()

    assert till.seen(LoadEnded)[-1].error == "cancelled"
    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.engine.load_full()
    await till.sell()


async def test_a_load_that_the_engine_began_by_itself_and_somebody_gave_up_rests_and_prices_still_come(
    till: SimTill, backend: Backend
) -> None:
    await till.engine.change_settings({"retry_cooldown": 600})
    await till.store.feed.forget_cursor()
    give_up_when(till, Progress)
    await till.restart_engine()
    await asyncio.sleep(300)
    assert till.seen(LoadEnded)[-1].error == "cancelled"
    assert till.store.feed.cursor is None

    await backend.put(msgspec.structs.replace(PRODUCTS[0], unit_price=5))
    await asyncio.sleep(2000)

    assert (await till.store.catalogue.find(PRODUCTS[0].code))[0].unit_price == 5


async def test_a_till_that_ends_in_mid_load_ends(till: SimTill) -> None:
    began = asyncio.Event()
    till.engine.events.subscribe(lambda event: began.set() if isinstance(event, Progress) else None)
    load = asyncio.create_task(till.engine.load_full())
    await began.wait()

    load.cancel()

    with pytest.raises(asyncio.CancelledError):
        await load
