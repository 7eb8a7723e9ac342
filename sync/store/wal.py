"""Whether the write-ahead log holds confirmed steps that cannot be read any more.

After a power cut the log is all there is of the last steps. SQLite takes the first frame of it whose checksum is wrong
for its end, and would go on without the steps behind it, in silence. Of a power cut at most the last step, which was
not confirmed yet, is left behind a torn frame; where more is, the file was damaged.

The format is SQLite's: https://sqlite.org/walformat.html.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sync.store.cipher import Error, open_to_look

_HEADER = struct.Struct(">8I")
"""Magic, version, page size, checkpoint, two salts, two checksums."""
_FRAME = struct.Struct(">6I")
"""Page, size of the database at a commit or 0, two salts, two checksums."""
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
"""By the byte order of the checksums."""
_LAST_FRAME = 16
"""Where the index beside the log says how many of its frames count."""
PAGE = 4096
"""Bytes of a page of our databases, where the log does not tell."""
TORN = 1
"""A step that a power cut may leave."""


class _Log(NamedTuple):
    """What a log says of itself."""

    salts: tuple[int, int]
    commits: tuple[int, ...]
    """The frames that end a step, counted from 1, whether what they hold is whole or not."""


def lost_steps(database: Path, key: bytes) -> int:
    """How many confirmed steps stand in the log of a database and cannot be read; nothing is changed."""
    log = _read(database)
    if log is None or len(log.commits) <= TORN:
        return 0
    counted = _frames_that_count(database, key)
    after = _read(database)
    if counted is None or after is None or after.salts != log.salts:
        # somebody else writes it, or the key does not fit: others tell of that
        return 0
    lost = sum(frame > counted for frame in log.commits)
    return lost if lost > TORN else 0


def _read(database: Path) -> _Log | None:
    try:
        with database.with_name(f"{database.name}-wal").open("rb") as file:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return None
            values = _HEADER.unpack(header)
            whole = _sums(header[:24], values[0]) == values[6:]
            return _log(file, values[2], values[4:6]) if whole else _log(file, PAGE, None)
    except OSError:
        return None


def _log(file: BinaryIO, page: int, salts: tuple[int, ...] | None) -> _Log | None:
    """The log behind its header; where that is damaged the frames tell their salts themselves."""
    commits = []
    frame = 0
    while len(raw := file.read(_FRAME.size)) == _FRAME.size:
        frame += 1
        _, size, *rest = _FRAME.unpack(raw)
        if salts is None:
            salts = tuple(rest[:2])
        if tuple(rest[:2]) == salts and size:
            commits.append(frame)
        file.seek(page, 1)
    return _Log((salts[0], salts[1]), tuple(commits)) if salts else None


def _sums(data: bytes, magic: int) -> tuple[int, int] | None:
    order = _MAGIC.get(magic)
    if order is None:
        return None
    first = second = 0
    for one, two in struct.iter_unpack(f"{order}2I", data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second


def _frames_that_count(database: Path, key: bytes) -> int | None:
    """As far as SQLite itself reads the log; None: it cannot read it."""
    try:
        connection = open_to_look(database, key)
    except Error:
        return None
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        index = database.with_name(f"{database.name}-shm").read_bytes()[: _LAST_FRAME + 4]
        return int(struct.unpack_from("=I", index, _LAST_FRAME)[0])
    except (Error, OSError, struct.error):
        return None
    finally:
        connection.close()
