"""Changes of the feed.

Every change takes its places from the shop's counter in the step that ends its transaction. The counter's row stays
locked until the commit, so that places are given in the order of commits: a sequence or a timestamp would
let a reader pass over rows whose transaction ends later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count, islice
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backoffice import schema
from backoffice.feed.kinds import code_of, decode, encode, kind_of

_CHUNK = 500
_FEED = schema.feed
_ONE = select(_FEED.c.data).where(
    _FEED.c.shop == bindparam("shop"), _FEED.c.kind == bindparam("kind"), _FEED.c.code == bindparam("code")
)
"""One record; made once: an import asks for several by the line."""


class Change(Struct, frozen=True):
    """One record that is put, or, without one, removed."""

    kind: str
    code: str
    record: Struct | None = None
    scope: tuple[int, ...] | None = None
    """Ids of the tills that may have it; None: all of the shop."""


def put(record: Struct, scope: Iterable[int] | None = None) -> Change:
    """The change that puts a record."""
    return Change(kind_of(record), code_of(record), record, tuple(scope) if scope is not None else None)


def publish(connection: Connection, shop: int, changes: Sequence[Change], at: str) -> int:
    """Write changes as the last step of a transaction; gives the counter after them.

    The same record changed twice in one call keeps its last state.
    """
    latest = {(change.kind, change.code): change for change in changes}
    last = _take_places(connection, shop, len(latest))
    places = count(last - len(latest) + 1)
    rows = (_row(shop, change, next(places), at) for change in latest.values())
    upsert = _upsert(connection)
    while chunk := list(islice(rows, _CHUNK)):
        connection.execute(upsert, chunk)
    return last


def compact(connection: Connection, shop: int, before: str) -> int:
    """Forget records that were removed before a time; gives how many.

    Whoever stands below the last of them could not be told any more that they are gone: the floor is raised above, and
    such a cursor means a full load.
    """
    gone = (_FEED.c.shop == shop) & _FEED.c.data.is_(None) & (_FEED.c.changed_at < before)
    last = connection.execute(select(func.max(_FEED.c.version)).where(gone)).scalar_one()
    if last is None:
        return 0
    below = (schema.shop.c.id == shop) & (schema.shop.c.floor < last)
    connection.execute(update(schema.shop).where(below).values(floor=last))
    return connection.execute(delete(_FEED).where(gone)).rowcount


def _take_places(connection: Connection, shop: int, how_many: int) -> int:
    raised = (
        update(schema.shop)
        .where(schema.shop.c.id == shop)
        .values(counter=schema.shop.c.counter + how_many)
        .returning(schema.shop.c.counter)
    )
    return int(connection.execute(raised).scalar_one())


def _row(shop: int, change: Change, version: int, at: str) -> dict[str, Any]:
    scope = "," + "".join(f"{till}," for till in sorted(change.scope)) if change.scope is not None else None
    return {
        "shop": shop,
        "kind": change.kind,
        "code": change.code,
        "version": version,
        "data": encode(change.record) if change.record is not None else None,
        "scope": scope,
        "changed_at": at,
    }


def _upsert(connection: Connection) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = dialect.insert(_FEED)
    changed = {name: made.excluded[name] for name in ("version", "data", "scope", "changed_at")}
    return made.on_conflict_do_update(index_elements=["shop", "kind", "code"], set_=changed)


def find(connection: Connection, shop: int, kind: str, code: str) -> Any | None:
    """The record with this code; None: there is none."""
    data = connection.execute(_ONE, {"shop": shop, "kind": kind, "code": code}).scalar_one_or_none()
    return decode(kind, data) if data is not None else None


def find_all(connection: Connection, shop: int, kind: str) -> list[Any]:
    """All records of a kind, in the order of their last change. For kinds of which there are few."""
    wanted = (
        select(_FEED.c.data)
        .where(_FEED.c.shop == shop, _FEED.c.kind == kind, _FEED.c.data.is_not(None))
        .order_by(_FEED.c.version)
    )
    return [decode(kind, row.data) for row in connection.execute(wanted)]
