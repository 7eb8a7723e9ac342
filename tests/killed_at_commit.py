"""A till that dies as by `kill -9` at its n-th commit, and says so by its end.

python -m tests.killed_at_commit N before|after COMMAND …
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from sync.store import pace
from sync.store.database import Writing
from tui_pos.cli import main

STEP = 4
"""Entries of one step of what is let go: so that there are many."""


def install(count: int, *, durable: bool) -> None:
    """Have this process die then; `durable`: once the commit is on disk, before anybody is told."""
    commit, left = Writing.commit, count

    async def dying(self: Writing, on_commit: Callable[[], None]) -> None:
        nonlocal left
        left -= 1
        if left == 0 and not durable:
            os.kill(os.getpid(), signal.SIGKILL)
        await commit(self, on_commit if left else _die)

    Writing.commit = dying  # type: ignore[method-assign]
    pace.CHUNK = STEP  # type: ignore[attr-defined]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    install(int(sys.argv[1]), durable=sys.argv[2] == "after")
    sys.exit(main(sys.argv[3:]))
