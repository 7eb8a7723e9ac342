from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from sync.store import DamagedStore
from sync.store.connection import Connection, Held
from sync.store.migrations import HEAD, HEAD_SQL, ahead
from sync.store.migrations.upgrade import upgrade


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Held]:
    """A database with nothing in it."""
    held = await Held.open(tmp_path / "empty.db", bytes(32))
    yield held
    await held.close()


def names(connection: Connection) -> set[str]:
    return {name for (name,) in connection.all("SELECT name FROM sqlite_schema")}


def foreign_keys(connection: Connection) -> int:
    return int(connection.value("PRAGMA foreign_keys"))


def test_the_head_that_is_looked_for_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", "sync.store:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_an_empty_database_is_brought_up(empty: Held) -> None:
    await empty.run(upgrade, None)

    assert {"journal", "product", "closed_ticket", "alembic_version"} <= await empty.run(names)
    assert await empty.run(foreign_keys) == 1


def test_the_whole_schema_is_written_down_as_the_revisions_make_it() -> None:
    told = "run python -m sync.store.migrations.ahead, and commit what it makes"

    assert HEAD_SQL.read_text("utf-8") == ahead.compiled(), told


async def test_a_new_database_is_what_the_revisions_make(empty: Held, tmp_path: Path) -> None:
    def content(connection: Connection) -> list[tuple[object, ...]]:
        tables = [name for (name,) in connection.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = [(table, *row) for table in tables for row in connection.all(f'SELECT * FROM "{table}"')]
        return connection.all("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name") + rows

    await empty.run(upgrade, None)
    new = await Held.open(tmp_path / "new.db", bytes(32))
    await new.run(Connection.script, HEAD_SQL.read_text("utf-8"))

    assert await new.run(content) == await empty.run(content)
    await new.close()


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    empty: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_connection: Connection) -> None:
        raise DamagedStore(path="", reason="2 rows of open_line point at rows that are not there")

    monkeypatch.setattr("sync.store.migrations.upgrade._refuse_orphans", broken)

    with pytest.raises(DamagedStore):
        await empty.run(upgrade, None)

    assert await empty.run(names) == set()
    assert await empty.run(foreign_keys) == 1


async def test_rows_without_their_parent_stop_a_migration(empty: Held) -> None:
    def orphan(connection: Connection) -> None:
        connection.do("PRAGMA foreign_keys = OFF")
        connection.do("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.do("CREATE TABLE child (of INTEGER REFERENCES parent (id))")
        connection.do("INSERT INTO child VALUES (1)")

    await empty.run(orphan)

    with pytest.raises(DamagedStore, match="1 rows of child"):
        await empty.run(upgrade, None)

    assert await empty.run(names) == {"parent", "child"}
