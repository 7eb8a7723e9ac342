"""The verbs of headless that are about the server: `sync`, `link`, and what can be waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from tui_pos.errors import in_words, translated
from tui_pos.inputs import AcknowledgeMessage

if TYPE_CHECKING:
    from sync.engine import Engine
    from tui_pos.till import Till


class Sync(Struct):
    """One exchange with the server, waited for to its end."""

    what: Literal["ping", "push", "load_full", "load_changes", "messages", "offers", "lease"]
    from_: str | None = msgspec.field(default=None, name="from")
    """Loads: from the server's exports at this place instead; empty: at the one of the settings."""


class LinkVerb(Struct):
    """The simulated cable."""

    up: bool


class ReadMessage(Struct):
    """A message of the server's was read."""

    message: int


async def sync(till: Till, given: Sync) -> dict[str, Any]:
    """Exchange now; the reply says what came of it.

    Raises:
        Refused: `offline` and its kin; nothing is lost by it.
    """
    with translated():
        engine = await till.server.engine()
        if given.from_ is not None and given.what in _LOADS:
            loaded = await engine.load_from(given.from_, full=given.what == "load_full")
            note = in_words(loaded.note) if loaded.note is not None else None
            return {"count": loaded.records, "note": note}
        return await _EXCHANGES[given.what](till, engine)


async def link(till: Till, given: LinkVerb) -> dict[str, Any]:
    """Pull the cable out, or put it back.

    Raises:
        Refused: `not_enrolled`: there is no cable.
    """
    with translated():
        await till.server.plug(plugged=given.up)
    return {}


async def read_message(till: Till, given: ReadMessage) -> dict[str, Any]:
    """Somebody has read a message of the server's: `acknowledge` by its number.

    Raises:
        Refused: `not_allowed`: there is no such message, or it was read already.
    """
    await till.register.accept(AcknowledgeMessage(str(given.message)))
    return {}


async def pushed(till: Till) -> None:
    """Return once the server has answered for every entry."""
    with translated():
        engine = await till.server.engine()
        await engine.pushed()
        if engine.link != "up":
            # all was sent before the link failed: whether it is back is worth a look
            await engine.ping()


async def linked(till: Till) -> None:
    """Return once the server answers."""
    with translated():
        await (await till.server.engine()).linked()


async def _ping(_till: Till, engine: Engine) -> dict[str, Any]:
    await engine.ping()
    return {}


async def _push(_till: Till, engine: Engine) -> dict[str, Any]:
    return {"count": await engine.push()}


async def _load_full(_till: Till, engine: Engine) -> dict[str, Any]:
    return {"count": await engine.load_full()}


async def _load_changes(_till: Till, engine: Engine) -> dict[str, Any]:
    return {"count": await engine.load_changes()}


async def _messages(_till: Till, engine: Engine) -> dict[str, Any]:
    return {"count": await engine.fetch_messages()}


async def _offers(till: Till, engine: Engine) -> dict[str, Any]:
    ticket = till.register.ticket
    customer = ticket.customer.code if ticket and ticket.customer else None
    found = await engine.offers(customer, ())
    if ticket is not None:
        await till.register.take_offers(ticket.uuid, customer, found)
    return {"found": found}


async def _lease(_till: Till, engine: Engine) -> dict[str, Any]:
    return {"until": await engine.renew_lease()}


_LOADS = ("load_full", "load_changes")
_EXCHANGES: dict[str, Callable[[Till, Engine], Awaitable[dict[str, Any]]]] = {
    "ping": _ping,
    "push": _push,
    "load_full": _load_full,
    "load_changes": _load_changes,
    "messages": _messages,
    "offers": _offers,
    "lease": _lease,
}
