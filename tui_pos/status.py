"""Where a till stands, for a person or a program that asks: `tui-pos status`, and the verb of headless."""

from __future__ import annotations

import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from devices.health import DeviceView
from sync.errors import NotEnrolled
from sync.lease import lease_of
from sync.loads import last_loads
from sync.looks import last_look
from sync.membership import Membership, membership_of
from sync.store import Store, open_store
from sync.update import read_ready
from tui_pos import __version__
from tui_pos.errors import translated
from tui_pos.live_devices import read_live
from tui_pos.till import Till


async def status(till: Till) -> dict[str, Any]:
    """Where an open till stands: the contract's status, as plain data for JSON."""
    user = till.register.user
    found = await _status(till.store, till.profile, user.code if user else None, till.counter.list())
    return found | {"link": till.register.link}


async def read_status(profile: Path) -> dict[str, Any]:
    """Where the till in this folder stands, also while another process runs it; who is signed in is not on disk.

    Raises:
        Refused: there is no till, or it cannot be read.
    """
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            live = read_live(profile)
            return await _status(store, profile, None, live.devices if live else ())
        finally:
            await store.close()


async def _membership(store: Store) -> Membership | None:
    with suppress(NotEnrolled):
        return await membership_of(store)
    return None


async def _oldest(store: Store) -> str | None:
    """When the oldest entry was made that a server has not answered for."""
    entry = await store.journal.entry(store.outbox.sent + 1)
    return entry.at if entry else None


async def _status(
    store: Store, profile: Path, user: str | None, devices: tuple[DeviceView, ...]
) -> dict[str, Any]:
    shop, counts = await store.catalogue.shop(), await store.catalogue.counts()
    session, ticket = await store.sessions.current(), await store.tickets.open()
    head, membership = store.journal.head, await _membership(store)
    archived = await store.archives.last()
    lease = lease_of(membership) if membership else None
    look, ready = await last_look(store), read_ready(profile)
    return {
        "till": store.till_id,
        "shop": shop.name if shop else None,
        "profile": str(profile),
        "user": user,
        "session": {"id": str(session.id), "opened_at": session.opened_at} if session else None,
        "ticket": ticket.uuid if ticket else None,
        "held": len(await store.tickets.held()),
        "journal": {
            "seq": head.seq,
            "hash": head.hash.hex(),
            "archived": archived.last_seq if archived else 0,
            "let_go": (await store.archives.let_go()).through,
        },
        "unsent": store.unsent,
        "refused": store.outbox.refused,
        "oldest_unsent": await _oldest(store),
        "feed": {
            "cursor": store.feed.cursor,
            "at": store.feed.at,
            "products": counts.products,
            "customers": counts.customers,
        },
        "loads": msgspec.to_builtins(await last_loads(store)),
        "exports": msgspec.to_builtins(look) if look else None,
        "server": membership.url if membership else None,
        "link": "unknown",
        "lease": msgspec.to_builtins(lease) if lease else None,
        "key_source": store.key_source.value,
        "versions": {
            "tui_pos": __version__,
            "waiting": ready[0].version if ready else None,
            "schema": store.schema_version,
            "python": platform.python_version(),
        },
        "devices": msgspec.to_builtins(devices),
    }
