"""One server: its database, its key, and what it was given from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from platformdirs import user_cache_path
from sqlalchemy import Connection, insert, inspect, select

from backoffice import schema
from backoffice.database import Database, sqlite_file
from backoffice.errors import AlreadyThere, NewerSchema, NoServer, OldSchema
from backoffice.keys import make_key, read_key
from backoffice.migrations import HEAD, KNOWN
from backoffice.ports import Clock, Randomness, SystemClock, SystemRandomness
from sync.protocol import Signer, stamp

_UUID_VARIANT = 0x8000_0000_0000_0000
_UUID_MASK = 0x3FFF_FFFF_FFFF_FFFF


@dataclass(frozen=True)
class Server:
    """What every part of the server works with."""

    database: Database
    identifier: str
    signer: Signer
    """The server's own key: signs configuration files, snapshots and leases."""
    files: Path
    """Where files lie that can be made anew: snapshots."""
    clock: Clock = field(default_factory=SystemClock)
    randomness: Randomness = field(default_factory=SystemRandomness)

    def now(self) -> datetime:
        """The time in UTC."""
        return self.clock.now()

    def stamp(self) -> str:
        """The time as it is written down."""
        return stamp(self.clock.now())

    @property
    def public_key(self) -> str:
        """The server's key as its tills know it, in hexadecimal."""
        return self.signer.public_key.hex()

    async def close(self) -> None:
        """Close the database."""
        await self.database.close()


def new_uuid(clock: Clock, randomness: Randomness) -> str:
    """A UUID of version 7 (RFC 9562, 5.7): such identifiers grow with time, so that indexes stay together."""
    milliseconds = int(clock.now().timestamp() * 1000)
    noise = int.from_bytes(randomness.take(10))
    high = (milliseconds << 16) | 0x7000 | (noise >> 64 & 0xFFF)
    return str(UUID(int=(high << 64) | _UUID_VARIANT | (noise & _UUID_MASK)))


async def make_server(
    address: str,
    *,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    files: Path | None = None,
    on_loop: bool = False,
) -> Server:
    """Make a server in an empty database. It has no shop yet.

    Raises:
        AlreadyThere: there is one.
        StorageFailed: the database cannot be made.
    """
    clock, randomness = clock or SystemClock(), randomness or SystemRandomness()
    database = Database.open(address, on_loop=on_loop)
    file = sqlite_file(database.url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        identifier = new_uuid(clock, randomness)
        seed = randomness.take(32)
        await database.write(_make, database.address, identifier, Signer(seed).public_key.hex())
        # the key's file comes second: a database without its key can be made anew, a key without its database is lost
        signer = make_key(identifier, seed)
    except BaseException:
        await database.close()
        raise
    return Server(database, identifier, signer, files or _files(database, identifier), clock, randomness)


def _make(connection: Connection, address: str, identifier: str, public_key: str) -> None:
    from backoffice.migrations.upgrade import found_revision, upgrade  # noqa: PLC0415 - 100 ms, seldom needed

    if found_revision(connection) is not None:
        raise AlreadyThere(url=address)
    upgrade(connection)
    rows = [{"name": "identifier", "value": identifier}, {"name": "public_key", "value": public_key}]
    connection.execute(insert(schema.instance), rows)


async def open_server(
    address: str,
    *,
    upgrade: bool = False,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    files: Path | None = None,
    on_loop: bool = False,
    patience: float | None = None,
) -> Server:
    """Open the server that a database holds.

    Args:
        address: of its database.
        upgrade: bring an older schema up.
        clock: instead of the machine's.
        randomness: instead of the operating system's.
        files: the folder for snapshots, instead of the one beside the database.
        on_loop: see `Database.open`.
        patience: likewise; to bring a schema up takes as long as it takes.

    Raises:
        NoServer: it holds none.
        OldSchema: it is of an older program, and was not to be brought up.
        NewerSchema: it is of a newer one.
        NoKey: the server's key is not here.
        StorageFailed: the database cannot be read.
    """
    database = Database.open(address, on_loop=on_loop, patience=patience)
    try:
        await _bring_up(address, await _found(database), upgrade=upgrade)
        known = await database.read(_instance)
        signer = read_key(known["identifier"], known["public_key"])
    except BaseException:
        await database.close()
        raise
    identifier = known["identifier"]
    return Server(
        database,
        identifier,
        signer,
        files or _files(database, identifier),
        clock or SystemClock(),
        randomness or SystemRandomness(),
    )


async def _found(database: Database) -> str:
    """The revision of the database."""
    file = sqlite_file(database.url)
    # SQLite would make the file
    found = await database.read(_revision) if file is None or file.exists() else None
    if found is None:
        raise NoServer(url=database.address)
    return found


async def _bring_up(address: str, found: str, *, upgrade: bool) -> None:
    if found == HEAD:
        return
    if found not in KNOWN:
        raise NewerSchema(found=found)
    if not upgrade:
        raise OldSchema(found=found)
    from backoffice.migrations.upgrade import upgrade as bring_up  # noqa: PLC0415

    database = Database.open(address)
    try:
        await database.write(bring_up)
    finally:
        await database.close()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    return str(found) if found else None


def _instance(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(schema.instance))}


def _files(database: Database, identifier: str) -> Path:
    file = sqlite_file(database.url)
    if file is not None:
        return file.with_name(f"{file.name}.files")
    return user_cache_path("tui-pos-server") / identifier
