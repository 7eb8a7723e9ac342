from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import inspect

from sync.protocol import Identity, ProductRecord
from sync.store import (
    DamagedStore,
    DiskFailed,
    DiskFull,
    JournalBroken,
    KeyMissing,
    KeySource,
    NewerSchema,
    NoStore,
    OldSchema,
    ReadOnlyStore,
    Store,
    WrongKey,
    connection,
    open_store,
    schema,
)
from sync.store.cipher import open_raw
from sync.store.connection import Connection
from sync.store.keys import Secret, find_secret
from sync.store.migrations import HEAD
from tests.unit.sync.books import NOON, Books, FixedClock, meddle

PAGE = 4096


def damage(path: Path, offset: int, length: int = 64) -> None:
    """Turn over some bytes of a file."""
    with path.open("r+b") as file:
        file.seek(offset)
        bytes_there = file.read(length)
        file.seek(offset)
        file.write(bytes(byte ^ 0xFF for byte in bytes_there))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_there_is_no_store_until_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(NoStore, match="no till"):
        await open_store(tmp_path)

    assert names(tmp_path) == []


async def test_a_new_store_begins_with_who_it_is(tmp_path: Path) -> None:
    identity = Identity(shop="s1", till="7", epoch=3)
    store = await open_store(tmp_path / "till", create=True, identity=identity, clock=FixedClock())
    try:
        genesis = await store.journal.entry(1)
        assert genesis is not None
        assert genesis.kind == "event"
        assert genesis.envelope.till == "7"
        assert (genesis.envelope.shop, genesis.envelope.epoch) == ("s1", 3)
        assert genesis.at == "2026-11-22T12:00:00.000Z"
        assert store.public_key.hex() in bytes(genesis.body).decode()
        assert store.journal.head == (1, genesis.hash)
        assert store.till_id == "7"
    finally:
        await store.close()


async def test_what_was_kept_is_there_after_the_store_is_opened_again(profile: Path) -> None:
    store = await open_store(profile)
    sold = await Books(store).sell()
    head = store.journal.head
    await store.close()

    again = await open_store(profile, create=True)
    try:
        assert again.journal.head == head
        assert await again.tickets.find() == [sold]
        assert again.key_source is KeySource.FILE
        assert (await again.journal.verify()).tickets == 1
    finally:
        await again.close()


async def test_the_wrong_key_is_told_from_a_damaged_file(profile: Path, tmp_path: Path) -> None:
    other = Secret(os.urandom(32), os.urandom(32))
    (profile / "till.key").write_text(other.write())

    with pytest.raises(WrongKey, match="does not open"):
        await open_store(profile)


async def test_the_wrong_key_is_told_without_the_note_too(profile: Path) -> None:
    (profile / "till.key").write_text(Secret(os.urandom(32), os.urandom(32)).write())
    (profile / "till.json").unlink()

    with pytest.raises(WrongKey):
        await open_store(profile)


async def test_without_its_key_the_store_is_not_made_anew(profile: Path) -> None:
    (profile / "till.key").unlink()
    before = (profile / "till.db").read_bytes()

    with pytest.raises(KeyMissing):
        await open_store(profile, create=True)

    assert (profile / "till.db").read_bytes() == before


async def test_a_file_cut_to_nothing_is_damaged_not_new(profile: Path) -> None:
    (profile / "till.db").write_bytes(b"")

    with pytest.raises(DamagedStore, match="empty"):
        await open_store(profile, create=True)


@pytest.mark.parametrize("size", [100, PAGE, PAGE + 100, 3 * PAGE])
async def test_a_truncated_file_is_damaged(profile: Path, size: int) -> None:
    os.truncate(profile / "till.db", size)

    with pytest.raises(DamagedStore):
        await open_store(profile)


async def test_a_first_page_that_is_damaged_is_told(profile: Path) -> None:
    damage(profile / "till.db", 200)

    with pytest.raises(DamagedStore):
        await open_store(profile)


async def test_a_page_that_is_damaged_anywhere_is_found(profile: Path) -> None:
    store = await open_store(profile)
    await store.catalogue.load(
        products=[ProductRecord(f"{n:013}", f"Produit {n}", n, "5.5") for n in range(2000)], replace=True
    )
    await store.close()
    damage(profile / "till.db", (profile / "till.db").stat().st_size // PAGE // 2 * PAGE + 1000)

    store = await open_store(profile)
    try:
        with pytest.raises(DamagedStore):
            await store.journal.verify()
    finally:
        await store.close()


async def test_an_entry_changed_at_the_end_of_the_journal_is_seen_at_once(profile: Path) -> None:
    meddle(profile, "UPDATE journal SET canonical = CAST(replace(canonical, 'created', 'creates') AS BLOB)")

    with pytest.raises(JournalBroken, match="entry 1"):
        await open_store(profile)


async def test_a_signature_changed_at_the_end_of_the_journal_is_seen_at_once(profile: Path) -> None:
    meddle(profile, "UPDATE journal SET signature = zeroblob(64)")

    with pytest.raises(JournalBroken, match="signature"):
        await open_store(profile)


async def test_a_journal_that_was_emptied_is_damaged(profile: Path) -> None:
    meddle(profile, "DELETE FROM journal")

    with pytest.raises(DamagedStore, match="empty"):
        await open_store(profile)


async def test_a_newer_schema_is_refused_and_left_alone(profile: Path) -> None:
    meddle(profile, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerSchema, match="9999"):
        await open_store(profile)

    meddle(profile, f"UPDATE alembic_version SET version_num = '{HEAD}'")
    await (await open_store(profile)).close()


async def test_another_schema_is_not_brought_up_for_a_reader(profile: Path) -> None:
    meddle(profile, "UPDATE alembic_version SET version_num = '0000'")

    with pytest.raises(OldSchema):
        await open_store(profile, read_only=True)


async def test_a_database_that_is_no_till_is_damaged(profile: Path) -> None:
    secret, _ = find_secret(profile)
    (profile / "till.db").unlink()
    connection = open_raw(profile / "till.db", secret.database_key, read_only=False)
    connection.execute("CREATE TABLE something (a)")
    connection.close()

    with pytest.raises(DamagedStore, match="no till"):
        await open_store(profile, create=True)


async def test_a_reader_writes_nothing(profile: Path) -> None:
    store = await open_store(profile, read_only=True)
    try:
        with pytest.raises(ReadOnlyStore):
            await Books(store).note()
        assert store.journal.head.seq == 1
    finally:
        await store.close()


async def test_a_journal_can_be_read_while_its_till_sells(profile: Path) -> None:
    till = await open_store(profile)
    reader = await open_store(profile, read_only=True)
    try:
        await Books(till).sell()
        assert (await reader.journal.verify()).tickets == 1
        await Books(till).sell()
        assert (await reader.journal.verify()).tickets == 2
    finally:
        await reader.close()
        await till.close()


async def test_a_first_start_that_was_cut_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "till.db.part").write_bytes(b"half a database")
    (tmp_path / "till.db.part-wal").write_bytes(b"and its log")

    store = await open_store(tmp_path, create=True)
    await store.close()

    assert names(tmp_path) == ["till.db", "till.json", "till.key"]


async def test_nothing_lies_on_the_disk_in_clear(profile: Path) -> None:
    store = await open_store(profile)
    books = Books(store)
    await store.catalogue.load(
        products=[ProductRecord("3017620422003", "Confiture", 250, "5.5")], replace=True
    )
    await books.keep("uuid-of-an-open-ticket", {1: b"line of an open ticket"})
    await books.sell(customer="Zoé Martin")
    try:
        assert {"till.db", "till.db-wal"} <= set(names(profile))
        content = b"".join((profile / name).read_bytes() for name in names(profile) if "till.db" in name)
        for word in (b"SQLite format", b"CREATE TABLE", b"Confiture", b"confiture", b"3017620422003"):
            assert word not in content
        for word in (b"line of an open", b"Martin", b"public_key", b"uuid-"):
            assert word not in content
    finally:
        await store.close()


async def test_closing_folds_the_log_into_the_file(profile: Path) -> None:
    store = await open_store(profile)
    await Books(store).sell()
    await store.close()

    assert not (profile / "till.db-wal").exists()


async def test_the_tables_that_the_statements_name_are_those_that_the_migrations_make(store: Store) -> None:
    def columns(connection: Connection) -> dict[str, list[str]]:
        found = inspect(connection.core)
        names = [name for name in found.get_table_names() if "_words_" not in name]
        return {name: [column["name"] for column in found.get_columns(name)] for name in names}

    made = await store._database.read(columns)

    made.pop("alembic_version")
    named = {
        name: [column.name for column in table.columns] for name, table in schema.metadata.tables.items()
    }
    for words in ("product_words", "customer_words"):
        # a full-text table has a row number that is not among its columns
        named[words].remove("rowid")
    assert made == named


async def test_a_store_says_which_schema_it_has(store: Store) -> None:
    assert store.schema_version == HEAD
    assert store.profile.name == "till"
    assert NOON.year == 2026


async def test_a_store_is_read_where_nothing_can_be_written_beside_it(tmp_path: Path) -> None:
    profile = tmp_path / "till"
    store = await open_store(profile, create=True, key_source=KeySource.FILE)
    sold = await Books(store).sell()
    await store.close()
    # stands for a medium that is read-only or full: SQLite cannot make the index of a log there
    (profile / "till.db-shm").symlink_to(tmp_path / "nowhere" / "shm")

    store = await open_store(profile, read_only=True)
    try:
        assert (await store.journal.verify()).entries == sold.seq
    finally:
        await store.close()


async def test_a_key_that_finds_no_place_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "till.key.part").mkdir()
    with pytest.raises(DiskFailed, match="directory"):
        await open_store(tmp_path, create=True, key_source=KeySource.FILE)


async def test_where_no_room_is_left_for_what_stands_beside_the_file_it_is_the_room_that_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "till"
    await (await open_store(profile, create=True, key_source=KeySource.FILE)).close()
    (profile / "till.db-shm").symlink_to(tmp_path / "nowhere" / "shm")
    with pytest.raises(DiskFailed):
        await open_store(profile)
    monkeypatch.setattr(connection, "LEAST_ROOM", 1 << 62)
    with pytest.raises(DiskFull):
        await open_store(profile)
