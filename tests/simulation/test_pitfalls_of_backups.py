"""Pitfalls of backups and copies: whoever comes back from one, nothing is lost and nothing written twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from backoffice import schema
from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill


async def test_a_till_restored_from_a_backup_gets_its_own_entries_back(
    till: SimTill, backend: Backend
) -> None:
    await till.sell_many(3)
    await till.pushed()
    await till.stop()
    till.back_up()
    await till.start()
    await till.sell_many(4)
    await till.close_session()
    await till.sell_many(2)
    await till.pushed()
    lost = await till.journal()
    await till.stop()
    till.restore()

    await till.start()
    await till.pushed()
    assert (await till.journal())[: len(lost)] == lost
    await till.sell_many(2)
    await till.pushed()

    await same_books(till, backend)
    assert till.engine.membership.epoch == 2


async def test_a_till_restored_from_a_backup_whose_clock_is_slow_is_no_hello_that_was_held_up(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    await till.stop()
    till.back_up()
    await till.start()
    await till.sell_many(2)
    await till.pushed()
    await till.stop()
    till.restore()
    till.clock.wrong_by = timedelta(minutes=-4)

    # nothing has told it the time yet: by its own, it signs before its last entries came
    await till.start()
    await till.sell()
    await till.pushed()

    assert till.engine.membership.epoch == 2
    assert [alarm.kind for alarm in await backend.rows(schema.alarm)] == ["restored"]
    await same_books(till, backend)


async def test_a_till_restored_from_a_backup_that_sells_before_it_asks_stops_sending_and_goes_on_selling(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    await till.stop()
    till.back_up()
    await till.start()
    await till.sell_many(2)
    await till.pushed()
    held = await backend.entries(till.name)
    await till.stop()
    till.restore()
    till.wire.plugged = False
    await till.start(hasty=True)
    await till.sell()

    till.wire.plugged = True
    await asyncio.sleep(600)
    status = await till.engine.status()

    assert status.stopped
    assert status.unsent > 0
    assert {"stop", "another_journal"} & set(till.alarms())
    assert await backend.entries(till.name) == held
    await till.sell()


async def test_of_a_till_and_its_clone_only_one_writes_the_journal(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    await till.pushed()
    await till.stop()
    till.back_up("copy")
    clone = SimTill(backend, tmp_path, "1", seed="clone")
    clone.profile = till.profile.with_name("1.copy")
    await till.start()
    await till.sell_many(3)
    await till.pushed()
    held = await backend.entries("1")

    clone.wire.plugged = False
    await clone.start(hasty=True)
    await clone.sell_many(2)
    clone.wire.plugged = True
    await asyncio.sleep(600)
    await till.sell()
    await till.pushed()

    assert (await clone.engine.status()).stopped
    assert (await backend.entries("1"))[: len(held)] == held
    await same_books(till, backend)
    await clone.stop()


async def test_a_server_restored_from_a_backup_gets_again_what_it_lost(
    till: SimTill, backend: Backend
) -> None:
    await till.sell_many(3)
    await till.pushed()
    await backend.back_up()
    await till.sell_many(4)
    await till.pushed()

    await backend.restore()
    await till.sell()
    await till.pushed()
    await asyncio.sleep(7200)

    await same_books(till, backend)


async def test_a_server_restored_from_a_backup_while_a_till_is_quiet_is_noticed_within_the_hour(
    till: SimTill, backend: Backend
) -> None:
    await backend.back_up()
    await till.sell_many(4)
    await till.pushed()

    await backend.restore()
    await asyncio.sleep(4000)

    await same_books(till, backend)
