"""Exports: the feed as signed files in a folder, the whole and what goes on from it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import zstandard
from sqlalchemy import update

from backoffice import exports, schema
from backoffice.chores import Chores
from backoffice.errors import BadValue
from backoffice.exports import Exporter
from backoffice.feed.publishing import Change, compact
from backoffice.feed.snapshots import Snapshots
from backoffice.hello import FEED_JUMP
from sync.protocol import ProductRecord, UserRecord
from sync.protocol.signed import document_holds
from sync.protocol.wire import Commit, FeedLine, Increment, Manifest, Remove, Withheld
from tests.wire_till import Catalogue, feed_lines

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

SHOP_ID = 1


@pytest.fixture
async def exporter(shop: Shop, tmp_path: Path) -> AsyncIterator[Exporter]:
    """Exports the shop to the folder `out`."""
    snapshots = Snapshots(shop.server)
    yield Exporter(shop.server, snapshots, SHOP_ID, tmp_path / "out")
    await snapshots.close()


class Reader:
    """A till that loads from the folder."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self._key = bytes.fromhex(shop.server.public_key)
        self._folder = folder
        self.catalogue = Catalogue()

    def _document(self, name: str) -> dict[str, Any]:
        fields: dict[str, Any] = msgspec.json.decode((self._folder / name).read_bytes())
        assert document_holds(fields, self._key), name
        return fields

    def _blob(self, fields: dict[str, Any]) -> list[FeedLine]:
        content = (self._folder / fields["blob"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (fields["sha256"], fields["size"])
        return feed_lines(zstandard.ZstdDecompressor().decompressobj().decompress(content))

    def load(self) -> None:
        whole = self._document(self._document("index.json")["whole"])
        self.catalogue = Catalogue()
        self.catalogue.take([*self._blob(whole), FeedLine(commit=Commit(whole["cursor"]))])
        self.go_on()

    def go_on(self) -> None:
        for name in self._document("index.json")["increments"]:
            fields = self._document(name)
            if fields["until"] > self.catalogue.cursor:
                assert fields["after"] <= self.catalogue.cursor
                self.catalogue.take([*self._blob(fields), FeedLine(commit=Commit(fields["until"]))])


@pytest.fixture
def reader(shop: Shop, tmp_path: Path) -> Reader:
    return Reader(shop, tmp_path / "out")


def product(code: str) -> ProductRecord:
    return ProductRecord(code, f"Product {code}", 100, "20")


async def test_whoever_loads_the_files_has_what_the_wire_brings(
    shop: Shop, till: WireTill, exporter: Exporter, reader: Reader
) -> None:
    await exporter.increment()
    await shop.publish(product("N1"), product("N2"))
    await exporter.increment()
    await shop.change(Change("product", "N1"), Change("product", "T1"))
    await exporter.increment()
    by_wire = Catalogue()

    reader.load()
    await by_wire.follow(till)

    assert reader.catalogue.records == by_wire.records
    assert reader.catalogue.cursor == by_wire.cursor


async def test_nothing_is_written_where_nothing_has_changed(exporter: Exporter, tmp_path: Path) -> None:
    await exporter.increment()
    before = sorted(path.name for path in (tmp_path / "out").iterdir())

    assert (await exporter.increment()).file == ""
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == before


async def test_a_new_whole_leaves_the_increments_for_tills_that_were_here_lately(
    shop: Shop, exporter: Exporter, reader: Reader, tmp_path: Path
) -> None:
    await exporter.increment()
    reader.load()
    await shop.publish(product("N1"))
    await exporter.increment()
    await shop.publish(product("N2"))

    await exporter.whole()

    await shop.publish(product("N3"))
    await exporter.increment()
    reader.go_on()
    assert {("product", f"N{n}") for n in (1, 2, 3)} <= reader.catalogue.records.keys()


async def test_increments_that_nobody_needs_any_more_go(
    shop: Shop, exporter: Exporter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(exports, "MOST_INCREMENTS", 3)
    for number in range(12):
        await shop.publish(product(f"N{number}"))
        await exporter.increment()

    index = msgspec.json.decode((tmp_path / "out" / "index.json").read_bytes())
    named = {"index.json", index["whole"], *index["increments"]}
    blobs = {
        msgspec.json.decode((tmp_path / "out" / name).read_bytes())["blob"] for name in named - {"index.json"}
    }
    assert {path.name for path in (tmp_path / "out").iterdir()} == named | blobs
    assert 3 <= len(index["increments"]) <= 6


async def test_what_is_for_some_tills_only_is_named_and_not_written(
    shop: Shop, till: WireTill, exporter: Exporter, tmp_path: Path
) -> None:
    mine = (await shop.till_id(till),)
    await shop.publish(UserRecord("8", "Secret", "cashier", "x"), scope=mine)
    await exporter.whole()
    await shop.publish(UserRecord("9", "Secret", "cashier", "x"), scope=mine)
    done = await exporter.increment()

    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        if path.suffix == ".zst":
            content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
        assert b"Secret" not in content
    manifest = msgspec.json.decode((tmp_path / "out" / "manifest.json").read_bytes(), type=Manifest)
    assert [line.withheld for line in manifest.also] == [Withheld("user", "8", (till.till_id,))]
    increment = msgspec.json.decode((tmp_path / "out" / done.file).read_bytes(), type=Increment)
    blob = (tmp_path / "out" / increment.blob).read_bytes()
    lines = feed_lines(zstandard.ZstdDecompressor().decompressobj().decompress(blob))
    assert lines == [
        FeedLine(withheld=Withheld("user", "9", (till.till_id,))),
        FeedLine(commit=Commit(increment.until)),
    ]


async def test_what_is_for_this_till_only_comes_by_a_stream_of_its_own(shop: Shop, till: WireTill) -> None:
    other = await shop.till("other")
    start = await till.changes(0)
    cursor = start[-1].commit.cursor if start[-1].commit else 0
    await shop.publish(product("N1"))
    await shop.publish(UserRecord("8", "Mine", "cashier", "x"), scope=(await shop.till_id(till),))
    await shop.publish(UserRecord("9", "Another's", "cashier", "x"), scope=(await shop.till_id(other),))

    lines = await till.changes(cursor, stream="till")

    assert [line.put.kind for line in lines if line.put] == ["user"]
    assert [line.remove for line in lines if line.remove] == [Remove("user", "9")]
    reached = lines[-1].commit
    assert reached is not None
    assert reached == (await till.changes(cursor))[-1].commit
    assert all(line.put is None for line in await till.changes(reached.cursor, stream="till"))


async def test_a_large_increment_comes_in_pages(
    shop: Shop, exporter: Exporter, reader: Reader, tmp_path: Path
) -> None:
    await exporter.increment()
    await shop.publish(*(product(f"N{number:04d}") for number in range(1200)))

    done = await exporter.increment()

    increment = msgspec.json.decode((tmp_path / "out" / done.file).read_bytes(), type=Increment)
    blob = (tmp_path / "out" / increment.blob).read_bytes()
    lines = feed_lines(zstandard.ZstdDecompressor().decompressobj().decompress(blob))
    ends = [line.commit for line in lines if line.commit]
    assert [end.more for end in ends] == [True, True, False]
    assert (ends[-1].cursor, increment.lines, len(lines)) == (increment.until, 1200, 1203)
    reader.load()
    assert len([key for key in reader.catalogue.records if key[1].startswith("N")]) == 1200


async def test_changes_that_were_forgotten_meanwhile_bring_a_whole(shop: Shop, exporter: Exporter) -> None:
    await exporter.increment()
    await shop.publish(product("N1"))
    await shop.change(Change("product", "N1"))
    await shop.write(lambda connection: compact(connection, SHOP_ID, "9999"))

    assert (await exporter.increment()).file == "manifest.json"


async def test_an_increment_is_not_taken_for_the_whole(
    shop: Shop, exporter: Exporter, tmp_path: Path
) -> None:
    await exporter.increment()
    await shop.publish(product("N1"))
    done = await exporter.increment()

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode((tmp_path / "out" / done.file).read_bytes(), type=Manifest)


async def test_a_feed_that_went_back_is_exported_whole(shop: Shop, exporter: Exporter) -> None:
    await shop.publish(product("N1"))
    await shop.write(lambda connection: connection.execute(update(schema.shop).values(counter=FEED_JUMP)))
    await exporter.increment()
    await shop.write(lambda connection: connection.execute(update(schema.shop).values(counter=20)))

    assert (await exporter.increment()).file == "manifest.json"


async def test_a_folder_that_cannot_be_written_to_is_told_in_one_line(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    snapshots = Snapshots(shop.server)

    with pytest.raises(BadValue, match="folder"):
        await Exporter(shop.server, snapshots, SHOP_ID, tmp_path / "file").whole()


async def test_a_server_writes_exports_by_itself(shop: Shop, reader: Reader, tmp_path: Path) -> None:
    snapshots = Snapshots(shop.server)
    chores = Chores(shop.server, snapshots)
    chores.export(tmp_path / "out", minutes=60)

    chores.start()
    await chores.done("exports")
    await chores.close()
    await snapshots.close()

    reader.load()
    assert ("product", "T1") in reader.catalogue.records
