"""Settings: small values under a name."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from sync.store.schema import counter, setting

_PUT = insert(setting)
_PUT = _PUT.on_conflict_do_update(index_elements=["name"], set_={"value": _PUT.excluded.value})


def get(connection: Connection, name: str) -> bytes | None:
    """What was written last under a name."""
    found: bytes | None = connection.execute(
        select(setting.c.value).where(setting.c.name == name)
    ).scalar_one_or_none()
    return found


def put(connection: Connection, name: str, value: bytes) -> None:
    """Write a value over what was there."""
    connection.execute(_PUT, {"name": name, "value": value})


def count_of(connection: Connection, name: str) -> int:
    """What a counter has come to; 0: nothing was ever counted."""
    return connection.execute(select(counter.c.value).where(counter.c.name == name)).scalar_one_or_none() or 0
