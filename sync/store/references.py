"""Users, families, methods and the shop: few of each, so they are kept as they came and read whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from sync.protocol.records import FamilyRecord, MethodRecord, ShopRecord, UserRecord
from sync.store.schema import reference

R = TypeVar("R")

SHOP = "shop"
KINDS = ("user", "family", "method")

_PUT = upsert(reference)
_PUT = _PUT.on_conflict_do_update(index_elements=["kind", "code"], set_={"data": _PUT.excluded.data})


@dataclass(frozen=True)
class Given:
    """What a load brings of them, in the order given."""

    users: Sequence[UserRecord]
    families: Sequence[FamilyRecord]
    methods: Sequence[MethodRecord]
    shop: ShopRecord | None

    def by_kind(self) -> dict[str, Sequence[Any]]:
        """The lists, without the shop."""
        return dict(zip(KINDS, (self.users, self.families, self.methods), strict=True))


def read(connection: Connection, kind: str, type_: type[R]) -> list[R]:
    """All of a kind, in their order."""
    found = connection.execute(
        select(reference.c.data).where(reference.c.kind == kind).order_by(reference.c.position)
    )
    return [msgspec.json.decode(data, type=type_) for (data,) in found]


def count(connection: Connection) -> dict[str, int]:
    """How many there are of each kind."""
    found = connection.execute(select(reference.c.kind, func.count()).group_by(reference.c.kind))
    return dict.fromkeys(KINDS, 0) | {row.kind: row[1] for row in found}


def replace(connection: Connection, given: Given) -> None:
    """What is given, and nothing else; the shop stays where none is given.

    Raises:
        Refused: one code stands twice.
    """
    connection.execute(delete(reference).where(reference.c.kind.in_(KINDS)))
    for kind, records in given.by_kind().items():
        if records:
            connection.execute(insert(reference), _rows(kind, records))
    _put_shop(connection, given.shop)


def put(connection: Connection, given: Given) -> None:
    """What is given, in the place of what has the same code, else after the others."""
    for kind, records in given.by_kind().items():
        if records:
            connection.execute(_PUT, _rows(kind, records, first=_next_position(connection, kind)))
    _put_shop(connection, given.shop)


def _put_shop(connection: Connection, shop: ShopRecord | None) -> None:
    if shop is not None:
        row = {"kind": SHOP, "code": "", "position": 0, "data": msgspec.json.encode(shop)}
        connection.execute(_PUT, row)


def _next_position(connection: Connection, kind: str) -> int:
    last = select(func.max(reference.c.position)).where(reference.c.kind == kind)
    return int(connection.execute(last).scalar_one() or 0) + 1


def _rows(kind: str, records: Sequence[Any], first: int = 0) -> list[dict[str, object]]:
    return [
        {"kind": kind, "code": record.code, "position": position, "data": msgspec.json.encode(record)}
        for position, record in enumerate(records, first)
    ]
