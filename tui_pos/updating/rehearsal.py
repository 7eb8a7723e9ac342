"""A new version opens a copy of the till: brings its data up, checks them, and paints the selling screen once.

It is run by the version that installs this one (`tui-pos update rehearse`): the command, and what it prints, stay as
they are from version to version. No device is opened and nothing is sent: the copy has neither.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from devices.counter import Counter
from sync.store import OldSchema, open_store
from tui_pos.app import TillApp
from tui_pos.errors import refuse, translated
from tui_pos.exchange import ServerSide
from tui_pos.l10n import n_
from tui_pos.profile import take
from tui_pos.register import Register
from tui_pos.till import Till
from tui_pos.updating.state import Rehearsed


async def rehearse(copy: Path) -> Rehearsed:
    """Open a copy of a till as this version would open the till itself.

    Raises:
        Refused: it cannot be opened.
    """
    with translated():
        migrated = await _bring_up(copy)
    started = copy.parent / "started" / copy.name
    if migrated:
        # what the start writes is not to be in the database that takes the till's place
        shutil.copytree(copy, started)
    await _start(started if migrated else copy)
    return Rehearsed(migrated)


async def _bring_up(copy: Path) -> bool:
    try:
        store = await open_store(copy, read_only=True)
    except OldSchema:
        store = await open_store(copy)
        await store.close()
        return True
    await store.close()
    return False


async def _start(copy: Path) -> None:
    app = TillApp(lambda: _opened(copy))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.opened.wait()
        await pilot.pause()
    if app.conduct is None:
        raise refuse("update_failed", n_("The selling screen could not be painted."))


async def _opened(copy: Path) -> Till:
    lock = take(copy)
    try:
        with translated():
            store = await open_store(copy)
            counter = Counter()
            await counter.start()
            register = await Register.open(store, counter)
    except BaseException:
        lock.release()
        raise
    return Till(copy, store, counter, register, ServerSide(store, register), lock, None)
