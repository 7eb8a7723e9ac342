"""Room on the disk that no load may take: the till needs it to sell."""

from __future__ import annotations

import shutil
from pathlib import Path

from sync.store.errors import LittleRoom

KEPT = 16 * 1024 * 1024
"""Bytes: some thousand sales, and a write-ahead log between two checkpoints."""


def check_room(database: Path) -> None:
    """See that a load may write on.

    Raises:
        LittleRoom: it may not.
    """
    free = shutil.disk_usage(database.parent).free
    if free < KEPT:
        raise LittleRoom(free=free // 1_000_000)
