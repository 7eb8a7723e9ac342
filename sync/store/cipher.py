"""The encrypted file, as every connection of ours opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

Error = sqlcipher.Error

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another process, such as `journal verify`, that holds the file."""


def open_raw(path: Path, key: bytes, *, read_only: bool) -> Any:
    """Open the file with its key; what comes back is a connection of the DB-API."""
    try:
        return _open(str(path), key, read_only=read_only)
    except Error:
        if not read_only or _has_log(path):
            raise
    # A log has an index beside it, and there is no room or no leave to make one. Without a log the file is all there
    # is; where somebody writes it all the same, the index is there already.
    return _open(f"{path.absolute().as_uri()}?immutable=1", key, read_only=True)


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except OSError:
        return False


def _open(name: str, key: bytes, *, read_only: bool) -> Any:
    connection = sqlcipher.connect(
        name,
        uri=name.startswith("file:"),
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        for pragma in (
            # a wrong key would be told on standard error, over the screen
            "cipher_log_level = NONE",
            f"key = \"x'{key.hex()}'\"",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            # NORMAL loses confirmed tickets in a power cut
            "synchronous = FULL",
            "foreign_keys = ON",
            # so that INSERT OR REPLACE does not slip past the triggers that refuse DELETE
            "recursive_triggers = ON",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_look(path: Path, key: bytes) -> Any:
    """Open the file so that nothing of it changes, not even when it is closed."""
    connection = sqlcipher.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        for pragma in ("cipher_log_level = NONE", f"key = \"x'{key.hex()}'\""):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection
