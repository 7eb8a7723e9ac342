"""Rounds to the place of the server's exports: by a schedule, without the line, and never against it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from sync import exports, rounds
from sync.errors import Behind, GivenUp, SyncError, Unreachable
from sync.events import LoadBegan, LoadEnded
from sync.looks import last_look
from sync.protocol.terms import SettingRecord
from sync.rounds import LONGEST, PlaceStatus
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.stick import dearer, files, price, publish_and_export
from tests.simulation.till import SimTill

QUARTER = 15 * 60


async def make_rounds(till: SimTill, place: Path, when: str) -> None:
    await till.engine.change_settings({"place": str(place), "place_when": when})


async def status(till: SimTill) -> PlaceStatus:
    found = (await till.engine.status()).place
    assert found is not None
    return found


async def test_what_has_changed_comes_from_the_place_every_quarter_of_an_hour_while_the_line_is_dead(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    await make_rounds(till, stick, "15")
    for amount in (5, 6, 7):
        await publish_and_export(backend, stick, dearer(0, amount))
        await asyncio.sleep(1.2 * QUARTER)
        assert await price(till, 0) == amount
    await till.sell()

    looked = await status(till)
    assert (looked.place, looked.when, looked.error) == (str(stick), "15", "")
    till.wire.plugged = True
    await till.engine.load_changes()
    assert await price(till, 0) == 7


async def test_a_till_that_never_reached_its_server_again_gets_everything_from_the_place(
    backend: Backend, tmp_path: Path
) -> None:
    till = SimTill(backend, tmp_path, "new")
    await till.enrol()
    await till.open()
    till.wire.plugged = False
    await backend.export(tmp_path / "stick", whole=True)
    await make_rounds(till, tmp_path / "stick", "04:30")

    await till.restart_engine()
    await asyncio.sleep(1)

    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.stop()


async def test_a_time_of_day_is_kept_to_and_made_up_for_after_the_till_was_off(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    soon = till.clock.now().astimezone() + timedelta(hours=2)
    await make_rounds(till, stick, f"{soon:%H:%M}")
    await asyncio.sleep(1)
    await publish_and_export(backend, stick, dearer(0, 5))
    await asyncio.sleep(1.9 * 3600)
    assert await price(till, 0) != 5
    await asyncio.sleep(0.3 * 3600)
    assert await price(till, 0) == 5

    await publish_and_export(backend, stick, dearer(0, 6))
    await till.stop()
    await asyncio.sleep(30 * 3600)
    await till.open()
    await till.restart_engine()
    await asyncio.sleep(120)
    assert await price(till, 0) == 6


async def test_what_the_line_has_brought_is_not_loaded_again_and_nothing_goes_back(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    await backend.publish(dearer(0, 6))
    till.wire.plugged = True
    await till.engine.load_changes()
    before = len(till.seen(LoadBegan))
    cursor = till.store.feed.cursor

    await make_rounds(till, stick, "15")
    await asyncio.sleep(5 * QUARTER)

    assert (await price(till, 0), till.store.feed.cursor) == (6, cursor)
    assert len(till.seen(LoadBegan)) == before
    assert (await status(till)).error == ""


async def test_older_data_beside_newer_ones_do_not_go_on_from_change_nothing_and_are_told(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    for amount in (5, 6, 7):
        await publish_and_export(backend, stick, dearer(0, amount))
    await backend.publish(dearer(1, 8))
    till.wire.plugged = True
    await till.engine.load_changes()
    till.wire.plugged = False
    await publish_and_export(backend, stick, dearer(0, 9))
    await publish_and_export(backend, stick, dearer(0, 10))
    files(stick, "changes-*.json")[3].unlink()
    cursor = till.store.feed.cursor

    await make_rounds(till, stick, "15")
    await asyncio.sleep(1)
    with pytest.raises(Behind, match="older"):
        await till.engine.load_from("", full=False)

    assert (await price(till, 0), await price(till, 1), till.store.feed.cursor) == (7, 8, cursor)
    looked = await status(till)
    assert isinstance(looked.cause, Behind)
    assert looked.at is None


async def test_a_place_that_cannot_be_read_is_told_tried_with_longer_and_longer_rests_and_met_again(
    till: SimTill, backend: Backend, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0
    open_file = exports.Folder.open

    def lost(place: exports.Folder, name: str) -> object:
        nonlocal tries
        tries += 1
        raise OSError("the share went away")

    monkeypatch.setattr(exports.Folder, "open", lost)
    await make_rounds(till, stick, "1")
    await asyncio.sleep(24 * 3600)

    assert 24 * 3600 / LONGEST < tries < 4 * 24 * 3600 / LONGEST
    assert "the share went away" in (await status(till)).error
    assert till.alarms() == []
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    monkeypatch.setattr(exports.Folder, "open", open_file)
    await asyncio.sleep(LONGEST)
    assert await price(till, 0) == 5
    assert (await status(till)).error == ""


@pytest.mark.parametrize("full", [False, True])
async def test_once_something_of_a_place_is_shown_no_old_error_of_it_is_told_also_after_a_power_cut(
    till: SimTill, backend: Backend, stick: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    await backend.export(stick, whole=True)
    await till.engine.change_settings({"place": str(stick / "nowhere")})
    with pytest.raises(SyncError):
        await till.engine.load_from("", full=full)
    (stick / "nowhere").symlink_to(stick)
    assert (await status(till)).error
    await publish_and_export(backend, stick, dearer(0, 5))

    # the power goes after the data are shown, and before the end of the load is noted
    noting = asyncio.Event()

    async def cut(*_: object) -> None:
        noting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(rounds, "keep_look", cut)
    load = asyncio.create_task(till.engine.load_from("", full=full))
    await noting.wait()
    load.cancel()
    await till.stop()
    await till.open()

    assert await price(till, 0) == 5
    looked = await last_look(till.store)
    assert looked is not None
    assert (looked.place, looked.error) == (str(stick / "nowhere"), "")
    assert await till.engine._puller.goes_on()


async def test_a_place_that_hangs_holds_nothing_up(
    till: SimTill, backend: Backend, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = asyncio.Event()

    async def hang(_share: object, _name: str) -> bytes:
        hangs.set()
        await asyncio.Event().wait()
        raise Unreachable(reason="it never came back")

    monkeypatch.setattr(exports.Share, "read", hang)
    await make_rounds(till, stick, "15")
    await hangs.wait()
    till.wire.plugged = True
    await backend.publish(dearer(0, 5))

    await till.engine.load_changes()
    await till.engine.load_full()
    assert await price(till, 0) == 5


async def test_the_server_says_where_and_when_and_the_till_may_say_otherwise(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.put(
        SettingRecord(code="place", value=str(stick)), SettingRecord(code="place_when", value="15")
    )
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    till.wire.plugged = True
    await till.engine.load_changes()
    till.wire.plugged = False
    # without the line, what the feed has brought before the start goes
    await till.stop()
    await till.open()
    await till.restart_engine()
    await publish_and_export(backend, stick, dearer(0, 6))
    await asyncio.sleep(2 * QUARTER)
    assert await price(till, 0) == 6

    await till.engine.change_settings({"place_when": "never"})
    await publish_and_export(backend, stick, dearer(0, 7))
    await asyncio.sleep(2 * QUARTER)
    assert await price(till, 0) == 6
    assert (await status(till)).when == ""


async def test_a_round_that_somebody_gives_up_rests_and_comes_again(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await till.engine.change_settings({"retry_cooldown": 600})
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await publish_and_export(backend, stick, dearer(0, 6))

    def give_up(event: object) -> None:
        if isinstance(event, LoadBegan):
            leave()
            till.engine.cancel_load()

    leave = till.engine.events.subscribe(give_up)
    await make_rounds(till, stick, "15")
    await asyncio.sleep(590)
    assert till.seen(LoadEnded)[-1].error == "cancelled"
    assert await price(till, 0) != 6

    await asyncio.sleep(20)
    assert await price(till, 0) == 6


async def test_two_loads_at_once_are_one(till: SimTill, backend: Backend, stick: Path) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await make_rounds(till, stick, "15")
    both = await asyncio.gather(
        till.engine.load_from(str(stick)), till.engine.load_from(str(stick)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in both) == ["Loaded", "Loading"]
    assert not any(isinstance(each, GivenUp) for each in both)
    await asyncio.sleep(2 * QUARTER)
    assert await price(till, 0) == 5
