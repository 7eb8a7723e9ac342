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

from backoffice import schema
from backoffice.chores import Chores
from backoffice.errors import BadValue
from backoffice.exports import Exporter
from backoffice.feed.publishing import Change
from backoffice.feed.snapshots import Snapshots
from backoffice.hello import FEED_JUMP
from sync.protocol import ProductRecord, UserRecord
from sync.protocol.signed import document_holds
from sync.protocol.wire import Commit, FeedLine, Manifest
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
        index = self._document("index.json")
        whole = self._document(index["whole"])
        self.catalogue = Catalogue()
        self.catalogue.take([*self._blob(whole), FeedLine(commit=Commit(whole["cursor"]))])
        for name in index["increments"]:
            fields = self._document(name)
            assert fields["after"] == self.catalogue.cursor
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


async def test_a_new_whole_takes_the_increments_away(
    shop: Shop, exporter: Exporter, reader: Reader, tmp_path: Path
) -> None:
    await exporter.increment()
    await shop.publish(product("N1"))
    await exporter.increment()

    await exporter.whole()

    names = {path.suffix for path in (tmp_path / "out").iterdir()}
    assert names == {".json", ".zst"}
    assert len(list((tmp_path / "out").iterdir())) == 3
    reader.load()
    assert ("product", "N1") in reader.catalogue.records


async def test_what_is_for_some_tills_only_is_not_exported(
    shop: Shop, till: WireTill, exporter: Exporter, tmp_path: Path
) -> None:
    mine = (await shop.till_id(till),)
    await shop.publish(UserRecord("8", "Secret", "cashier", "x"), scope=mine)
    await exporter.whole()
    await shop.publish(UserRecord("9", "Secret", "cashier", "x"), scope=mine)
    await exporter.increment()

    for path in (tmp_path / "out").glob("*.zst"):
        plain = zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
        assert b"Secret" not in plain


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
