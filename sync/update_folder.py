"""Below a profile: the folder of what belongs to updates of the program, and how a file of it is written.

It imports nothing: every start of a till that has had an update passes here.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = "updates"
READY_FILE = "ready.json"
"""In it: which package is here, whole and checked."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole and on disk, or as it was.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.new")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
