"""The tables that queries name are those that the revisions make."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect, select

from backoffice import schema
from backoffice.errors import AlreadyThere, NewerSchema, NoServer, OldSchema
from backoffice.migrations import HEAD, KNOWN
from backoffice.server import make_server, open_server


@pytest.fixture(autouse=True)
def _secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_POS_SECRET_DIR", str(tmp_path / "secrets"))


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/server.db"


async def test_the_revisions_make_every_table_with_its_columns(address: str) -> None:
    await (await make_server(address, on_loop=True)).close()
    engine = create_engine(address)
    made = inspect(engine)

    for table in schema.metadata.tables.values():
        columns = {column["name"] for column in made.get_columns(table.name)}
        assert columns == {column.name for column in table.columns}, table.name
    assert set(made.get_table_names()) == {*schema.metadata.tables, "alembic_version"}
    engine.dispose()


def test_this_program_knows_its_revisions() -> None:
    script = ScriptDirectory("backoffice/migrations")

    assert script.get_current_head() == HEAD
    assert {revision.revision for revision in script.walk_revisions()} == KNOWN


async def test_a_server_is_made_once(address: str) -> None:
    await (await make_server(address, on_loop=True)).close()

    with pytest.raises(AlreadyThere):
        await make_server(address, on_loop=True)
    await (await open_server(address, on_loop=True)).close()


@pytest.mark.parametrize(("revision", "error"), [("9999", NewerSchema), ("0000", OldSchema)])
async def test_a_database_of_another_program_version_is_left_alone(
    address: str, revision: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await make_server(address, on_loop=True)).close()
    monkeypatch.setattr("backoffice.server.KNOWN", KNOWN | {"0000"})
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()

    with pytest.raises(error):
        await open_server(address, on_loop=True)


async def test_a_file_that_is_not_there_is_not_made(address: str, tmp_path: Path) -> None:
    with pytest.raises(NoServer):
        await open_server(address, on_loop=True)

    assert not (tmp_path / "server.db").exists()


def make_anew(address: str, revision: str) -> None:
    """Put a database of a former program in the place of the server's: with the same key, and a line of a ticket."""
    engine = create_engine(address)
    with engine.connect() as connection:
        known = connection.execute(select(schema.instance)).all()
    engine.dispose()
    Path(str(engine.url.database)).unlink()
    engine = create_engine(address)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "backoffice:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(insert(schema.instance), [row._asdict() for row in known])
        connection.exec_driver_sql(
            "INSERT INTO ticket_line (till, seq, n, code, label, quantity, unit_price, discount, total, vat_rate)"
            " VALUES (1, 1, 1, 'T1', 'Tea', 2000, 450, 0, 900, '5.5')"
        )
    engine.dispose()


@pytest.mark.parametrize("revision", sorted(KNOWN - {HEAD}))
async def test_a_database_of_any_former_program_is_brought_up_with_what_was_sold(
    address: str, revision: str
) -> None:
    await (await make_server(address, on_loop=True)).close()
    make_anew(address, revision)
    with pytest.raises(OldSchema):
        await open_server(address, on_loop=True)

    server = await open_server(address, on_loop=True, upgrade=True)

    lines = await server.database.read(
        lambda connection: connection.execute(select(schema.ticket_line)).all()
    )
    await server.close()
    assert [(line.code, line.quantity, line.family) for line in lines] == [("T1", 2000, None)]
    engine = create_engine(address)
    for table in schema.metadata.tables.values():
        columns = {column["name"] for column in inspect(engine).get_columns(table.name)}
        assert columns == {column.name for column in table.columns}, table.name
    engine.dispose()
