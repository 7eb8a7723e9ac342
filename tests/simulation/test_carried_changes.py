"""Increments carried on a stick: each once, in order, and where one is missing everything comes instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from backoffice import schema
from backoffice.feed.publishing import Change, put
from sync.carried import Loaded
from sync.errors import BadSnapshot, Hole, Unreachable
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.stick import dearer, files, price, publish_and_export
from tests.simulation.till import SimTill


async def test_each_increment_is_applied_once_in_its_order_and_the_line_goes_on_from_there(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    for amount in (5, 6, 7):
        await publish_and_export(backend, stick, dearer(0, amount))
    await publish_and_export(backend, stick, Change("product", PRODUCTS[1].code))

    assert await till.engine.load_from(str(stick), full=False) == Loaded(4)
    assert await price(till, 0) == 7
    assert await till.store.catalogue.find(PRODUCTS[1].code) == ()
    assert await till.engine.load_from(str(stick), full=False) == Loaded(0)

    till.wire.plugged = True
    await till.engine.load_changes()
    assert till.store.feed.cursor == (await backend.rows(schema.shop))[0].counter


async def test_an_increment_of_many_pages_that_is_cut_between_two_goes_on_with_the_next(
    till: SimTill, backend: Backend, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backend.export(stick, whole=True)
    many = [put(msgspec.structs.replace(PRODUCTS[0], code=f"X{n:04d}")) for n in range(1300)]
    await publish_and_export(backend, stick, *many)
    apply, applied = type(till.store.feed).apply, list[int]()

    async def cut(feed: object, changes: list[object], *mark: object) -> None:
        if len(applied) == 1:
            raise Unreachable(reason="the stick was pulled out")
        applied.append(len(changes))
        await apply(feed, changes, *mark)  # type: ignore[arg-type]

    monkeypatch.setattr(type(till.store.feed), "apply", cut)
    with pytest.raises(Unreachable):
        await till.engine.load_from(str(stick), full=False)
    assert len(await till.store.catalogue.search("", 5000)) == len(PRODUCTS) + 500
    monkeypatch.undo()

    assert await till.engine.load_from(str(stick), full=False) == Loaded(800)
    assert (await till.store.catalogue.counts()).products == len(PRODUCTS) + 1300


@pytest.mark.parametrize("what", ["document", "blob"])
async def test_where_an_increment_is_missing_everything_is_loaded_instead_and_it_is_said_why(
    till: SimTill, backend: Backend, stick: Path, what: str
) -> None:
    await backend.export(stick, whole=True)
    for number in (0, 1, 2):
        await publish_and_export(backend, stick, dearer(number, 5), whole=number == 2)
    missing = files(stick, "changes-*.json")[1]
    if what == "blob":
        missing = stick / msgspec.json.decode(missing.read_bytes())["blob"]
    missing.unlink()

    loaded = await till.engine.load_from(str(stick), full=False)

    assert isinstance(loaded.note, Hole)
    assert missing.name in str(loaded.note)
    assert [await price(till, number) for number in (0, 1, 2)] == [5, 5, 5]


async def test_a_hole_without_a_whole_beside_it_is_refused_and_shows_nothing(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.publish(dearer(2, 5))
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    (stick / "manifest.json").unlink()
    cursor = till.store.feed.cursor

    with pytest.raises(Hole, match="do not go on from the data of this till"):
        await till.engine.load_from(str(stick), full=False)

    assert till.store.feed.cursor == cursor
    assert await price(till, 0) != 5


async def test_an_increment_that_was_altered_is_refused_and_those_before_it_stand(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    await publish_and_export(backend, stick, dearer(0, 6))
    last = files(stick, "changes-*.json")[-1]
    blob = stick / msgspec.json.decode(last.read_bytes())["blob"]
    blob.write_bytes(blob.read_bytes()[:-3] + b"\0\0\0")

    with pytest.raises(BadSnapshot, match="not what was signed"):
        await till.engine.load_from(str(stick), full=False)

    assert await price(till, 0) == 5
    last.write_bytes(last.read_bytes().replace(b'"lines":1', b'"lines":2'))
    with pytest.raises(BadSnapshot, match="not signed"):
        await till.engine.load_from(str(stick), full=False)


async def test_a_till_that_was_here_within_a_day_of_increments_needs_no_whole(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    await publish_and_export(backend, stick, dearer(1, 5), whole=True)
    await publish_and_export(backend, stick, dearer(2, 5))

    assert await till.engine.load_from(str(stick), full=False) == Loaded(3)
    assert [await price(till, number) for number in (0, 1, 2)] == [5, 5, 5]


async def test_an_old_stick_changes_nothing(till: SimTill, backend: Backend, stick: Path) -> None:
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    shutil.copytree(stick, stick.with_name("old"))
    await publish_and_export(backend, stick, dearer(0, 6))
    await till.engine.load_from(str(stick), full=False)

    assert await till.engine.load_from(str(stick.with_name("old")), full=False) == Loaded(0)
    assert await price(till, 0) == 6
