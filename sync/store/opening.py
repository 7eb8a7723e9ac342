"""How a store is opened: its key, its schema, the end of its journal; and how a new one is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec

from sync.errors import Reason
from sync.ports import Clock, SystemClock
from sync.protocol.journal import Identity, Signer, make_entry
from sync.store import chain, errors, journal, settings
from sync.store.connection import Connection, Held
from sync.store.database import Database
from sync.store.journal import Journal
from sync.store.keys import KeySource, Secret, find_secret, make_secret, read_note, sync_folder
from sync.store.migrations import HEAD, HEAD_SQL
from sync.store.store import IDENTITY, Store
from sync.store.wal import lost_steps

P = ParamSpec("P")
T = TypeVar("T")

DATABASE_FILE = "till.db"
_LOST = errors.n_("{count} confirmed steps in its write-ahead log cannot be read")


async def open_store(
    profile: Path,
    *,
    create: bool = False,
    read_only: bool = False,
    key_source: KeySource | None = None,
    identity: Identity | None = None,
    clock: Clock | None = None,
    on_loop: bool = False,
) -> Store:
    """Open the store of a profile; its schema is brought up when it is behind.

    The caller sees to it that one process at a time opens a profile to write.

    Args:
        profile: the folder of the till's data.
        create: make a store where there is none.
        read_only: nothing may be written, not even a newer schema.
        key_source: where a new store's key is to be kept; None: in the safest place there is.
        identity: whose journal a new store's is; None: a till without a server.
        clock: tells when a new store was made.
        on_loop: execute on the loop rather than in threads: for simulations.

    Raises:
        NoStore: there is none, and none is to be made.
        KeyMissing, KeyInsecure, WrongKey: it cannot be read.
        DamagedStore: the file or the end of its journal is not what was written.
        OldSchema, NewerSchema: another version of this program has to open it.
    """
    path = profile / DATABASE_FILE
    if not _is_there(path):
        if not create or read_only:
            raise errors.NoStore(profile=profile)
        if read_note(profile) is None:
            await asyncio.to_thread(make_secret, profile, key_source)
        secret, _ = await asyncio.to_thread(find_secret, profile)
        await _make(path, secret, identity or Identity(), clock or SystemClock(), on_loop=on_loop)
    secret, source = await asyncio.to_thread(find_secret, profile)
    # in a thread, since cryptography is imported by it: the file is opened meanwhile
    signer = asyncio.ensure_future(asyncio.to_thread(Signer, secret.signing_seed))
    try:
        database = await _open(path, secret, read_only=read_only, on_loop=on_loop)
    except BaseException:
        await asyncio.wait([signer])
        raise
    try:
        return await _take_up(profile, database, source, await signer)
    except BaseException:
        await database.close()
        raise


def _is_there(path: Path) -> bool:
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise errors.DiskFailed(reason=error.strerror) from error
    if not size:
        # SQLite would take it for a new database
        raise errors.DamagedStore(path=path, reason=errors.n_("the file is empty"))
    return True


async def _make(path: Path, secret: Secret, identity: Identity, clock: Clock, *, on_loop: bool) -> None:
    """Make a whole store under another name, then give it its own: it is there, or it is not."""
    part = path.with_name(f"{path.name}.part")
    for leftover in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
        leftover.unlink(missing_ok=True)
    signer = await asyncio.to_thread(Signer, secret.signing_seed)
    held = await Held.open(part, secret.database_key, on_loop=on_loop)
    try:
        await held.run(Connection.script, HEAD_SQL.read_text("utf-8"))
        await held.run(_begin_journal, identity, signer, clock)
    finally:
        await held.close()
    part.rename(path)
    sync_folder(path.parent)


def _begin_journal(connection: Connection, identity: Identity, signer: Signer, clock: Clock) -> None:
    connection.do("BEGIN IMMEDIATE")
    settings.put(connection, IDENTITY, msgspec.json.encode(identity))
    body = {"code": "created", "public_key": signer.public_key.hex()}
    start = chain.start_of(connection)
    journal.add(connection, make_entry(identity, signer, start, "event", body, clock.now()))
    connection.do("COMMIT")


async def _open(path: Path, secret: Secret, *, read_only: bool, on_loop: bool) -> Database:
    note = read_note(path.parent)
    if note and note.fingerprint != secret.fingerprint:
        raise errors.WrongKey(path=path)
    look = partial(lost_steps, path, secret.database_key)
    if lost := look() if on_loop else await asyncio.to_thread(look):
        raise errors.DamagedStore(path=path, reason=Reason(_LOST, count=lost))
    try:
        return await Database.open(path, secret.database_key, read_only=read_only, on_loop=on_loop)
    except errors.DamagedStore as error:
        if note:
            raise
        # without the note there is no telling, and the key is the likelier one
        raise errors.WrongKey(path=path) from error


async def _take_up(profile: Path, database: Database, source: KeySource, signer: Signer) -> Store:
    path = profile / DATABASE_FILE
    found = await database.look_up(_revision)
    if found is None:
        raise errors.DamagedStore(path=path, reason=errors.n_("it holds no till"))
    if found != HEAD:
        if database.read_only:
            raise errors.OldSchema(found=found)
        await database.alone(await _upgrade(), found)
    last = await database.look_up(chain.last_entry)
    identity = await database.look_up(settings.get, IDENTITY)
    if last is None or identity is None:
        raise errors.DamagedStore(path=path, reason=errors.n_("its journal is empty"))
    store = Store(
        profile=profile,
        database=database,
        journal=Journal(
            database,
            chain.check_last(last, signer.public_key),
            msgspec.json.decode(identity, type=Identity),
            signer.public_key,
        ),
        signer=signer,
        key_source=source,
    )
    await store.open()
    return store


def _revision(connection: Connection) -> str | None:
    """The schema that the database has; None: it has none."""
    if connection.one("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'") is None:
        return None
    found: str | None = connection.value("SELECT version_num FROM alembic_version")
    return found


async def _upgrade() -> Callable[[Connection, str | None], None]:
    """What brings a schema up. Alembic takes 100 ms to import: off the loop, and only where it is needed."""
    module = await asyncio.to_thread(import_module, "sync.store.migrations.upgrade")
    upgrade: Callable[[Connection, str | None], None] = module.upgrade
    return upgrade
