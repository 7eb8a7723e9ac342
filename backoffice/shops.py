"""Shops: made, found, and what a new one starts with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select

from backoffice import schema
from backoffice.errors import Unknown
from backoffice.feed.publishing import publish, put
from sync.protocol import MethodRecord, ShopRecord
from tui_pos.l10n import n_

_SHOP = schema.shop

FIRST_METHODS = (
    MethodRecord(
        "CASH",
        "Espèces",
        order=1,
        gives_change=True,
        negative_allowed=True,
        opens_drawer=True,
        ceiling=100_000,
    ),
    MethodRecord("CARD", "Carte", "Carte bancaire", order=2, negative_allowed=True, terminal=True),
    MethodRecord("CHEQUE", "Chèque", order=3, opens_drawer=True),
)
"""What a new shop takes; cash up to 1,000 € a sale (Code monétaire et financier, D112-3)."""


def add_shop(connection: Connection, uuid: str, record: ShopRecord) -> int:
    """Make a shop that sells nothing yet; gives its id."""
    values = {"uuid": uuid, "name": record.name, "last_till": 0, "counter": 0, "floor": 0}
    return int(connection.execute(insert(_SHOP).values(values).returning(_SHOP.c.id)).scalar_one())


def publish_records(connection: Connection, shop: int, records: Sequence[Struct], at: str) -> int:
    """Put records into a shop's feed, as the last step of a transaction."""
    return publish(connection, shop, [put(record) for record in records], at)


def find_shop(connection: Connection, name: str | None = None) -> Row[Any]:
    """The shop of this name or identifier; none named: the only one.

    Raises:
        Unknown: there is none, or there are several and none was named.
    """
    rows = connection.execute(select(_SHOP).order_by(_SHOP.c.id)).all()
    if name is None:
        if len(rows) == 1:
            return rows[0]
        raise Unknown(what=n_("shop"), name="" if not rows else f"(--shop is needed: {_names(rows)})")
    found = [row for row in rows if name in (row.name, row.uuid)]
    if len(found) != 1:
        raise Unknown(what=n_("shop"), name=name)
    return found[0]


def _names(rows: Iterable[Row[Any]]) -> str:
    return ", ".join(row.name for row in rows)
