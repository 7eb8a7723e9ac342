"""At the till's start: a package that waits is installed, unless the shop does that by hand, and tried out at once.

Nothing is asked of the server here: what waits was brought while the till sold. So a start is never held up by a slow
one.
"""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.store import open_store
from sync.update import read_ready
from sync.update_folder import FOLDER, READY_FILE
from tui_pos.errors import Refused, translated
from tui_pos.settings import read_settings
from tui_pos.updating.applying import apply_update
from tui_pos.updating.state import STARTED_FOR, read_state


def update_at_start(profile: Path) -> None:
    """Install what waits. Where that succeeds this does not return: the process begins anew, and tries it out."""
    ready = read_ready(profile)
    if ready is None or ready[0].version in read_state(profile).refused:
        (profile / FOLDER / READY_FILE).unlink(missing_ok=True)
        return
    try:
        if asyncio.run(_wanted(profile)) != "start":
            return
        with _unseen():
            apply_update(profile, *ready, _say)
    except Refused as refused:
        # whatever it is, the till opens: if it cannot, it says so itself
        _say(refused.message)
        return
    environment = {name: value for name, value in os.environ.items() if name != STARTED_FOR}
    # what waits beside the new version is to be small
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - no shell


@contextmanager
def _unseen() -> Iterator[None]:
    """What is typed meanwhile is for the till, and may be a PIN: the terminal does not show it."""
    if not sys.stdin.isatty():
        yield
        return
    kept = termios.tcgetattr(sys.stdin)
    unseen = list(kept)
    unseen[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSANOW, unseen)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, kept)


async def _wanted(profile: Path) -> str:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return (await read_settings(store)).updates
        finally:
            await store.close()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - there is no screen yet
