"""How the last look into the place of the server's exports went."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from sync.store import Store

_SETTING = "place.look"


class Look(Struct, frozen=True):
    """The last rounds to a place."""

    place: str = ""
    """Without a password."""
    at: str | None = None
    """When one last succeeded, RFC 3339 in UTC."""
    error: str = ""
    """Why the last one did not, in English."""


async def last_look(store: Store) -> Look | None:
    """The last look, as it was written down; None: there was none."""
    kept = await store.setting(_SETTING)
    try:
        return msgspec.json.decode(kept, type=Look) if kept else None
    except msgspec.MsgspecError:
        return None


def written(look: Look) -> dict[str, bytes]:
    """A look as the setting that it is kept in."""
    return {_SETTING: msgspec.json.encode(look)}


async def keep_look(store: Store, look: Look) -> None:
    """Write it down.

    Raises:
        StoreError: it cannot be.
    """
    async with store.transaction() as transaction:
        for name, value in written(look).items():
            await transaction.put_setting(name, value)
