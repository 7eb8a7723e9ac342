"""Data carried on a stick or a share: as whole and as safe as on the line, and nothing that this till had is lost."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import fsspec
import msgspec
import pytest

from backoffice import schema
from backoffice.feed.publishing import Change, put
from backoffice.tills import find_till
from sync import addresses, exports
from sync.carried import Loaded
from sync.errors import BadSnapshot, GivenUp, Missing, NoPlace, Older, SyncError, Unreachable
from sync.events import LoadEnded, Progress
from sync.pins import hash_pin
from sync.protocol import UserRecord
from sync.protocol.signed import sign_document
from sync.protocol.terms import SettingRecord
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.stick import dearer, files, price, publish_and_export
from tests.simulation.till import SimTill
from tui_pos.inputs import SignIn


async def user_of(backend: Backend, code: str, *tills: str) -> Change:
    """A user who works at these tills only."""
    ids = await backend.server.database.read(
        lambda connection: tuple(find_till(connection, name).id for name in tills)
    )
    return put(UserRecord(code, f"User {code}", "cashier", hash_pin("4444")), ids)


async def users(till: SimTill) -> set[str]:
    return {
        msgspec.json.decode(record, type=UserRecord).code for record in await till.store.feed.records("user")
    }


# --- the whole


async def test_the_whole_from_a_stick_is_shown_when_the_server_has_signed_it_and_else_not(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)

    loaded = await till.engine.load_from(str(stick))

    assert (loaded.records > len(PRODUCTS), loaded.note) == (True, None)
    assert await price(till, 0) == 5
    before = await till.store.catalogue.counts()
    manifest = stick / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"rows":', b'"rows":1'))
    with pytest.raises(BadSnapshot, match="not what the server signed"):
        await till.engine.load_from(str(stick))
    with pytest.raises(Missing, match=r"no index\.json at .*no such stick"):
        await till.engine.load_from(str(stick.with_name("no such stick")))
    assert await till.store.catalogue.counts() == before


async def test_a_blob_that_was_altered_changes_nothing(till: SimTill, backend: Backend, stick: Path) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    blob = files(stick, "*.zst")[0]
    content = bytearray(blob.read_bytes())
    content[-9] ^= 1
    blob.write_bytes(content)
    before = till.store.feed.cursor, await price(till, 0)

    with pytest.raises(BadSnapshot, match="not what was signed"):
        await till.engine.load_from(str(stick))

    assert (till.store.feed.cursor, await price(till, 0)) == before
    assert till.seen(LoadEnded)[-1].error is not None


@pytest.mark.parametrize("name", ["index.json", "manifest.json", "changes-*.json", "*.zst"])
@pytest.mark.parametrize("left", [0, 1, 2, 3])
async def test_a_file_that_was_cut_on_its_way_to_the_stick_changes_nothing_and_is_named(
    till: SimTill, backend: Backend, stick: Path, name: str, left: int
) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await publish_and_export(backend, stick, dearer(0, 6))
    for path in files(stick, name):
        path.write_bytes(path.read_bytes()[: path.stat().st_size * left // 4])
    before = till.store.feed.cursor, await price(till, 0)

    with pytest.raises(SyncError, match=r"cut or damaged|bytes that were announced"):
        await till.engine.load_from(str(stick), full=name == "manifest.json")

    assert (till.store.feed.cursor, await price(till, 0)) == before


async def test_the_data_of_another_shop_of_the_same_server_are_refused(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    for name in ("index.json", "manifest.json"):
        fields = msgspec.json.decode((stick / name).read_bytes())
        signed = sign_document({**fields, "shop": "another"}, backend.server.signer)
        (stick / name).write_bytes(msgspec.json.encode(signed))
    cursor = till.store.feed.cursor

    for full in (True, False):
        with pytest.raises(BadSnapshot, match="another shop"):
            await till.engine.load_from(str(stick), full=full)

    assert till.store.feed.cursor == cursor


async def test_a_whole_brings_what_goes_on_from_it_too(till: SimTill, backend: Backend, stick: Path) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await publish_and_export(backend, stick, dearer(0, 6), dearer(1, 7))

    await till.engine.load_from(str(stick))

    assert (await price(till, 0), await price(till, 1)) == (6, 7)
    till.wire.plugged = True
    await till.engine.load_changes()
    assert till.store.feed.cursor == (await backend.rows(schema.shop))[0].counter


async def test_a_whole_that_is_older_than_what_is_here_is_told_and_the_line_brings_the_rest(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await backend.publish(dearer(0, 6))
    till.wire.plugged = True
    await till.engine.load_changes()
    till.wire.plugged = False

    loaded = await till.engine.load_from(str(stick))

    assert isinstance(loaded.note, Older)
    assert await price(till, 0) == 5
    till.wire.plugged = True
    await till.engine.load_changes()
    assert await price(till, 0) == 6


# --- what is for some tills only


async def test_a_load_from_a_stick_loses_no_user_of_this_till_and_brings_none_of_another(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.new_till("2")
    till.wire.plugged = True
    await backend.publish(await user_of(backend, "8", "1"), await user_of(backend, "9", "2"))
    await till.engine.load_changes()
    till.wire.plugged = False
    assert await users(till) == {"1", "2", "8"}
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await publish_and_export(
        backend, stick, await user_of(backend, "9", "2"), await user_of(backend, "8", "1")
    )

    await till.engine.load_from(str(stick))

    assert await users(till) == {"1", "2", "8"}
    await till.sign_in()
    await till.register.accept(SignIn("8", "4444"))
    for path in files(stick):
        assert b"User 8" not in path.read_bytes()


async def test_whoever_became_a_user_of_this_till_meanwhile_comes_by_the_line_and_nobody_twice(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.publish(await user_of(backend, "8", "1"))
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)
    await publish_and_export(backend, stick, await user_of(backend, "7", "1"))
    await till.engine.load_from(str(stick))
    assert await users(till) == {"1", "2"}
    await till.stop()
    await till.open()

    till.wire.plugged = True
    await till.engine.load_changes()

    assert await users(till) == {"1", "2", "7", "8"}
    assert till.store.feed.own is None
    assert till.store.feed.cursor == (await backend.rows(schema.shop))[0].counter
    await till.sign_in()


async def test_a_user_who_now_works_at_another_till_leaves_this_one_by_a_stick_too(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.new_till("2")
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, await user_of(backend, "1", "2"))

    await till.engine.load_from(str(stick), full=False)
    assert await users(till) == {"2"}

    await publish_and_export(backend, stick, await user_of(backend, "2", "2"), whole=True)
    await till.engine.load_from(str(stick))
    assert await users(till) == set()


async def test_a_product_that_is_sold_at_this_till_only_stays_through_a_load_from_a_stick(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    own = msgspec.structs.replace(PRODUCTS[0], code="OWN", label="Only here")
    till.wire.plugged = True
    await backend.publish(put(own, (1,)))
    await till.engine.load_changes()
    till.wire.plugged = False
    await publish_and_export(backend, stick, dearer(0, 5), whole=True)

    await till.engine.load_from(str(stick))

    assert await till.store.catalogue.find("OWN") == (own,)


# --- while it goes on


async def test_a_load_from_a_stick_tells_bytes_and_rows_and_can_be_given_up(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    many = [put(msgspec.structs.replace(PRODUCTS[0], code=f"X{n:04d}", unit_price=n)) for n in range(1, 3000)]
    await publish_and_export(backend, stick, *many, whole=True)
    till.engine.events.subscribe(
        lambda event: (
            till.engine.cancel_load() if isinstance(event, Progress) and event.phase == "write" else None
        )
    )

    with pytest.raises(GivenUp):
        await till.engine.load_from(str(stick))

    assert {event.phase for event in till.seen(Progress)} == {"download", "write"}
    assert till.seen(LoadEnded)[-1].error == "cancelled"
    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.sell()


class Torn(io.FileIO):
    """A file on a share that goes away once, in the middle of it."""

    lost = False
    given: ClassVar[list[int]] = []
    after = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if not Torn.lost and sum(Torn.given) > Torn.after:
            Torn.lost = True
            raise OSError(errno.EIO, "the share went away")
        piece = super().read(size) or b""
        Torn.given.append(len(piece))
        return piece


async def test_a_share_that_is_lost_on_the_way_is_gone_on_with_where_it_was(
    till: SimTill, backend: Backend, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        put(msgspec.structs.replace(PRODUCTS[n % 40], code=f"X{n:06d}", label=f"{n * 7919 % 99991:x}"))
        for n in range(5000)
    ]
    await publish_and_export(backend, stick, *many, whole=True)
    size = files(stick, "*.zst")[0].stat().st_size
    monkeypatch.setattr(exports, "PIECE", 4096)
    open_file = exports.Folder.open
    monkeypatch.setattr(
        exports.Folder,
        "open",
        lambda place, name: Torn(place._path / name) if name.endswith(".zst") else open_file(place, name),
    )
    monkeypatch.setattr(Torn, "given", [])
    monkeypatch.setattr(Torn, "lost", False)
    monkeypatch.setattr(Torn, "after", size // 2)
    with pytest.raises(Unreachable, match="the share went away"):
        await till.engine.load_from(str(stick))

    await till.engine.load_from(str(stick))

    assert sum(Torn.given) == size
    assert (await till.store.catalogue.counts()).products == len(PRODUCTS) + 5000


# --- places


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A share that is in memory, which no till is given an address of."""
    monkeypatch.setattr(addresses, "SHARES", addresses.SHARES | {"memory"})
    yield "memory://exports"
    fsspec.filesystem("memory").store.clear()


async def test_a_share_serves_as_a_stick_does(
    till: SimTill, backend: Backend, stick: Path, memory: str
) -> None:
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    with pytest.raises(Missing):
        await till.engine.load_from(memory)
    fsspec.filesystem("memory").put(str(stick), "/exports", recursive=True)

    assert await till.engine.load_from(memory, full=False) == Loaded(1)
    await till.engine.load_from(f"{memory}/manifest.json")
    assert await price(till, 0) != 5


async def test_the_place_of_the_settings_is_used_where_none_is_given(
    till: SimTill, backend: Backend, stick: Path
) -> None:
    await backend.export(stick, whole=True)
    await publish_and_export(backend, stick, dearer(0, 5))
    with pytest.raises(NoPlace):
        await till.engine.load_from("", full=False)

    till.wire.plugged = True
    await backend.put(SettingRecord(code="place", value="/the shop's"))
    await till.engine.load_changes()
    assert till.engine.rounds.place == "/the shop's"
    await backend.publish(dearer(0, 6))
    await backend.export(stick, whole=False)
    till.wire.plugged = False
    await till.engine.change_settings({"place": str(stick)})

    await till.engine.load_from("", full=False)
    assert await price(till, 0) == 6


async def test_a_share_that_cannot_be_reached_is_told_without_its_password(till: SimTill) -> None:
    for address in ("ftp://till:secret@127.0.0.1:1/x", "nothing://till:secret@server/x"):
        with pytest.raises(SyncError) as caught:
            await till.engine.load_from(address)
        assert "secret" not in str(caught.value)
        assert "till@" in str(caught.value)
