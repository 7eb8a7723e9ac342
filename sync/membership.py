"""Whose till this is: what enrolment has given it, kept in the encrypted store."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from sync.errors import NotEnrolled
from sync.store import Store, Transaction

_SETTING = "sync.membership"


class Membership(Struct, frozen=True, kw_only=True):
    """A till's place with its server."""

    url: str
    shop_id: str
    till_id: str
    number: str
    """In its shop: the prefix of its ticket numbers."""
    epoch: int
    server_key: str
    """Ed25519, in hexadecimal: what snapshots and leases are checked with."""
    database: str
    """Identifies this very database."""
    shop_name: str = ""
    ca: str | None = None
    proxy: str | None = None
    """With its credentials: the database that holds it is encrypted, with its key in the key store."""
    lease: str | None = None
    given: dict[str, Any] = {}
    """Settings that the server gave."""
    own: dict[str, Any] = {}
    """Settings that were made here; they count more."""

    @property
    def key(self) -> bytes:
        """The server's key."""
        return bytes.fromhex(self.server_key)


async def membership_of(store: Store) -> Membership:
    """Whose till this store is.

    Raises:
        NotEnrolled: nobody's: a till without a server.
    """
    kept = await store.setting(_SETTING)
    if kept is None:
        raise NotEnrolled
    return msgspec.json.decode(kept, type=Membership)


async def keep_membership(transaction: Transaction, membership: Membership) -> None:
    """Write it down."""
    await transaction.put_setting(_SETTING, msgspec.json.encode(membership))
