"""Users, families, methods and the shop: few of each, so they are kept as they came and read whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from sync.protocol.records import FamilyRecord, MethodRecord, ShopRecord, UserRecord
from sync.store import compiled
from sync.store.connection import Connection

R = TypeVar("R")

SHOP = "shop"
KINDS = ("user", "family", "method")


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
    return [msgspec.json.decode(data, type=type_) for data in read_raw(connection, kind)]


def read_raw(connection: Connection, kind: str) -> list[bytes]:
    """The JSON of all of a kind, in their order."""
    return [data for (data,) in connection.all(compiled.REFERENCES, kind=kind)]


def read_one(connection: Connection, kind: str, code: str) -> bytes | None:
    """The JSON of the record of a kind that has this code."""
    found: bytes | None = connection.value(compiled.REFERENCE, kind=kind, code=code)
    return found


def count(connection: Connection) -> dict[str, int]:
    """How many there are of each kind."""
    return dict.fromkeys(KINDS, 0) | dict(connection.all(compiled.COUNT_REFERENCES))


def replace(connection: Connection, given: Given) -> None:
    """What is given, and nothing else; the shop stays where none is given.

    Raises:
        Refused: one code stands twice.
    """
    for kind, records in given.by_kind().items():
        connection.do(compiled.DROP_REFERENCES, kind=kind)
        connection.many(compiled.ADD_REFERENCE, _rows(kind, records))
    _put_shop(connection, given.shop)


def put(connection: Connection, given: Given) -> None:
    """What is given, in the place of what has the same code, else after the others."""
    for kind, records in given.by_kind().items():
        first = (connection.value(compiled.LAST_POSITION, kind=kind) or 0) + 1
        connection.many(compiled.PUT_REFERENCE, _rows(kind, records, first))
    _put_shop(connection, given.shop)


def _put_shop(connection: Connection, shop: ShopRecord | None) -> None:
    if shop is not None:
        data = msgspec.json.encode(shop)
        connection.do(compiled.PUT_REFERENCE, kind=SHOP, code="", position=0, data=data)


def _rows(kind: str, records: Sequence[Any], first: int = 0) -> list[dict[str, object]]:
    return [
        {"kind": kind, "code": record.code, "position": position, "data": msgspec.json.encode(record)}
        for position, record in enumerate(records, first)
    ]
