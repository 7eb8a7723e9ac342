"""At the till's start: a package that waits is installed, unless the shop does that by hand, and tried out at once.

Nothing is asked of the server here: what waits was brought while the till sold. So a start is never held up by a slow
one.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sync.store import open_store
from sync.update import FOLDER, READY_FILE, read_ready
from tui_pos.errors import Refused, translated
from tui_pos.settings import read_settings
from tui_pos.updating.applying import apply_update
from tui_pos.updating.state import read_state
from tui_pos.updating.trial import try_out


def update_at_start(profile: Path) -> int | None:
    """Install what waits, and try it out.

    Returns:
        The exit status of the new version; None: this version is to go on.
    """
    ready = read_ready(profile)
    if ready is None or ready[0].version in read_state(profile).refused:
        (profile / FOLDER / READY_FILE).unlink(missing_ok=True)
        return None
    try:
        if asyncio.run(_wanted(profile)) != "start":
            return None
        apply_update(profile, *ready, _say)
    except Refused as refused:
        # whatever it is, the till opens: if it cannot, it says so itself
        _say(refused.message)
        return None
    return try_out(profile, sys.argv[1:])


async def _wanted(profile: Path) -> str:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return (await read_settings(store)).updates
        finally:
            await store.close()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - there is no screen yet
