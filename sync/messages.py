"""Messages of the server: asked for at their moments and while the till is idle, kept until they are read."""

from __future__ import annotations

import asyncio

import msgspec

from sync.errors import SyncError
from sync.events import Events, MessagesChanged
from sync.link import Breaker
from sync.protocol.wire import Messages, ServerMessage
from sync.server import Server
from sync.store import Kept, Store


class Postman:
    """Fetches messages, and knows which ones nobody here has read."""

    def __init__(self, store: Store, server: Server, events: Events, breaker: Breaker) -> None:
        self.unread: tuple[ServerMessage, ...] = ()
        """The latest last."""
        self._store = store
        self._server = server
        self._events = events
        self._breaker = breaker
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Take up the messages that were not read before the till ended."""
        await self._read()

    async def fetch(self, wait: float = 0) -> int:
        """Ask for new messages; gives how many came.

        Args:
            wait: seconds that the server may hold the question until there is one.

        Raises:
            SyncError: they could not be had; `Resting` when they were not even asked for.
        """
        self._breaker.check()
        after = self._store.inbox.last or "0"
        target = f"/v1/messages?after={after}&wait={wait:g}"
        try:
            came = await self._server.call("GET", target, Messages, extra=wait)
        except SyncError as error:
            self._breaker.failed(error)
            raise
        new = [Kept(str(message.id), msgspec.json.encode(message)) for message in came.messages]
        async with self._turn:
            await self._store.inbox.keep(new)
            if new:
                await self._read()
        return len(new)

    async def look(self) -> None:
        """Look which ones are unread: somebody may have read one in a transaction of his own."""
        async with self._turn:
            await self._read()

    async def _read(self) -> None:
        kept = await self._store.inbox.unread()
        unread = tuple(msgspec.json.decode(message.data, type=ServerMessage) for message in kept)
        if unread != self.unread:
            self.unread = unread
            self._events.tell(MessagesChanged(len(unread)))
