"""Back to the version before, with all that was sold since.

Where the schema had changed, the database as it was before comes back, and takes what the journal has gained since: the
entries as they were signed, and the books made of them. What came from the server comes from it again.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from sync.store import open_store
from sync.store.chain import entries_after
from sync.store.connection import Connection, Held
from sync.store.keys import KEY_FILE, NOTE_FILE, find_secret, sync_folder
from sync.store.opening import DATABASE_FILE
from sync.update_folder import FOLDER
from tui_pos.errors import refuse, translated
from tui_pos.l10n import n_
from tui_pos.profile import take
from tui_pos.updating.state import State, database_before, read_state, write_state

_PAGE = 500
_OPEN = n_(
    "A ticket is open or held, which the version before could not take over: finish it first. Nothing changed."
)

T = TypeVar("T")


def go_back(profile: Path, reason: str, *, opened: bool) -> State:
    """Make the version before the one that goes, from the next start on; gives what goes now.

    Args:
        reason: why, for the journal.
        opened: the version that goes has had the till open: what it holds beside the journal would be lost.

    Raises:
        Refused: there is none to go back to, a ticket is open or held that it would lose, or another process uses the
            till; nothing was changed.
    """
    with take(profile):
        state = read_state(profile)
        if not state.current:
            raise refuse(
                "not_allowed", n_("No update was installed here: there is no version to go back to.")
            )
        with translated():
            if opened and state.migrated and asyncio.run(_with(profile, _is_selling)):
                raise refuse("not_allowed", _OPEN)
            asyncio.run(_give_back(profile, state, reason))
        gone = state.current
        state = replace(
            state,
            current=state.previous,
            previous="",
            trial=False,
            migrated=False,
            refused=tuple(dict.fromkeys((*state.refused, gone))),
        )
        write_state(profile, state)
        shutil.rmtree(profile / FOLDER / "versions" / gone, ignore_errors=True)
        shutil.rmtree(database_before(profile).parent, ignore_errors=True)
    return state


async def _give_back(profile: Path, state: State, reason: str) -> None:
    if state.migrated:
        await _bring_back(profile)
    store = await open_store(profile)
    try:
        async with store.transaction() as transaction:
            body = {"code": "update_undone", "version": state.current, "reason": reason}
            await transaction.append("event", body, at=datetime.now(UTC))
    finally:
        await store.close()


async def _bring_back(profile: Path) -> None:
    """The database of before, with what the journal has gained since, in the place of the one that goes."""
    # a system credential is found by the name of the profile
    work = profile / FOLDER / "going-back" / profile.name
    await asyncio.to_thread(_lay_out, profile, work)
    store = await open_store(work)
    try:
        head = store.journal.head
        while entries := await _with(profile, partial(entries_after, after=head.seq, limit=_PAGE)):
            await store.restore(entries)
            head = store.journal.head
        await store.feed.forget_cursor()
    finally:
        await store.close()
    for name in (f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm"):
        (profile / name).unlink(missing_ok=True)
    (work / DATABASE_FILE).replace(profile / DATABASE_FILE)
    sync_folder(profile)
    shutil.rmtree(work.parent, ignore_errors=True)


def _lay_out(profile: Path, work: Path) -> None:
    """The database of before, and what opens it."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    shutil.copy2(database_before(profile), work / DATABASE_FILE)
    for name in (KEY_FILE, NOTE_FILE):
        if (profile / name).exists():
            shutil.copy2(profile / name, work / name)


def _is_selling(connection: Connection) -> bool:
    return connection.one("SELECT 1 FROM open_ticket") is not None


async def _with(profile: Path, look: Callable[[Connection], T]) -> T:
    """Look into the database that goes; its schema is another one's, but not what the versions have in common."""
    secret, _ = await asyncio.to_thread(find_secret, profile)
    held = await Held.open(profile / DATABASE_FILE, secret.database_key)
    try:
        return await held.run(look)
    finally:
        await held.close()
