"""Settings: small values under a name; and counters."""

from __future__ import annotations

from sync.store import compiled
from sync.store.connection import Connection


def get(connection: Connection, name: str) -> bytes | None:
    """What was written last under a name."""
    found: bytes | None = connection.value(compiled.SETTING, name=name)
    return found


def put(connection: Connection, name: str, value: bytes) -> None:
    """Write a value over what was there."""
    connection.do(compiled.PUT_SETTING, name=name, value=value)


def count_of(connection: Connection, name: str) -> int:
    """What a counter has come to; 0: nothing was ever counted."""
    return int(connection.value(compiled.COUNTER, name=name) or 0)


def add_to_counter(connection: Connection, name: str, amount: int) -> int:
    """Add to a counter, and give what it comes to."""
    return int(connection.value(compiled.ADD_TO_COUNTER, name=name, value=amount))
