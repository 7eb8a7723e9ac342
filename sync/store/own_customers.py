"""Customers made or changed at this till: they stand here at once, and until the server has answered for their entry.

From then on the feed's record counts: it is what the server made of this change and of those of others.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from sync.protocol.journal import Entry
from sync.protocol.records import CustomerRecord
from sync.store import compiled
from sync.store.connection import Connection
from sync.store.listings import CUSTOMERS
from sync.store.outbox import sent_through


class CustomerEntry(Struct, frozen=True, kw_only=True):
    """What an entry says of a customer."""

    customer: CustomerRecord
    """As it is from now on."""
    before: CustomerRecord | None = None
    """As this till knew it; None: it is new."""
    user: str | None = None


_decode = msgspec.json.Decoder(CustomerEntry).decode


def put(connection: Connection, record: CustomerRecord) -> None:
    """Write a customer into the list in use."""
    CUSTOMERS.put(connection, CUSTOMERS.current(connection), [record])


def put_unsent(connection: Connection) -> None:
    """Write those again that the server has not heard of: what came down does not know them."""
    for row in connection.all(compiled.CUSTOMER_ENTRIES, after=sent_through(connection)):
        put(connection, _decode(Entry(*row).body).customer)
