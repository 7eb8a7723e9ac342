"""The calls of tills, `/v1/…`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from backoffice import refusals
from backoffice.api.access import Access, Caller, decoded, read_body
from backoffice.api.answers import NDJSON, answer, file_answer, packed
from backoffice.api.line import Line
from backoffice.books import books_of
from backoffice.budgets import budget_changes
from backoffice.enrolment import enrol, read_key
from backoffice.feed.changes import MOST, changes_since
from backoffice.feed.snapshots import Snapshots
from backoffice.hello import welcome
from backoffice.journal.checking import Origin, check_push
from backoffice.journal.receiving import receive
from backoffice.journal.returning import entries_after
from backoffice.journal.signatures import Verifier
from backoffice.leases import make_lease
from backoffice.messages import messages_after
from backoffice.offers import offers_for
from backoffice.server import Server
from backoffice.watch import Watch
from sync.protocol.wire import (
    HANDLE,
    MAX_ENTRIES,
    STREAM,
    TILL_STREAM,
    EnrolRequest,
    Hello,
    LeaseReply,
    OffersRequest,
    Push,
    Pushed,
)

LONGEST_WAIT = 55
"""Seconds of a long poll: below the time-outs of proxies."""
_LARGEST = 2**53
_LAST_MESSAGE = 2**31 - 1

log = logging.getLogger(__name__)

_pushes = msgspec.json.Decoder(Push)
_hellos = msgspec.json.Decoder(Hello)
_enrolments = msgspec.json.Decoder(EnrolRequest)
_baskets = msgspec.json.Decoder(OffersRequest)


class TillCalls:
    """Answers the calls of tills.

    Args:
        newest: the newest version of their program that they can have; empty: none.
    """

    def __init__(self, server: Server, verifier: Verifier, newest: Callable[[], str] = str) -> None:
        self._server = server
        self._newest = newest
        self._verifier = verifier
        self._access = Access(server)
        self._line = Line()
        self.snapshots = Snapshots(server)
        self.watch = Watch(server.database)

    async def close(self) -> None:
        """Send away who waits, and stop what runs."""
        await self.watch.close()
        await self.snapshots.close()
        await self._verifier.close()

    async def ping(self, _request: Request) -> Response:
        """Is there a server? No database, nobody to be known."""
        return Response(status_code=204)

    async def enrol(self, request: Request) -> Response:
        """A till presents its one-time code. It signs with the key that it brings."""
        body = await read_body(request)
        given = decoded(request, body, _enrolments)
        key = read_key(given)
        self._access.verify(request, body, key)
        server = self._server
        done = await server.database.write(
            enrol, given, key, server.public_key, lambda till: make_lease(server, till), server.now()
        )
        return answer(done)

    async def hello(self, request: Request) -> Response:
        """Where does the till stand, and what shall it do?"""
        caller = await self._access.till(request, once=True)
        given = decoded(request, caller.body, _hellos)
        server = self._server
        done = await server.database.write(
            welcome, caller.id, given, caller.created, lambda till: make_lease(server, till), server.now()
        )
        return answer(replace(done, program=self._newest()))

    async def push(self, request: Request) -> Response:
        """Entries of the journal: stored, then entered into the books."""
        caller = await self._access.till(request)
        origin = Origin(caller.shop_uuid, caller.number, caller.epoch, caller.keys)
        server = self._server
        async with self._line.turn():
            given = decoded(request, caller.body, _pushes)
            entries = await check_push(given, origin, self._verifier)
            done = await server.database.write(receive, caller.id, entries, server.stamp(), budget_changes)
        _note_what_waits(caller, done)
        return answer(done)

    async def entries(self, request: Request) -> Response:
        """A till that came back from a backup gets its own entries back."""
        caller = await self._access.till(request)
        after = number(request, "after", 0, _LARGEST)
        limit = number(request, "limit", MAX_ENTRIES, MAX_ENTRIES)
        body = await self._server.database.read(entries_after, caller.id, after, limit)
        return packed(request, body, NDJSON)

    async def books(self, request: Request) -> Response:
        """What the books say of the till that asks: it can see for itself that nothing was lost or doubled."""
        caller = await self._access.till(request)
        return answer(await self._server.database.read(books_of, caller.id))

    async def changes(self, request: Request) -> Response:
        """Changes of the feed behind a cursor; with `wait`, the answer waits for some."""
        caller = await self._access.till(request)
        stream = request.query_params.get("stream", STREAM)
        if stream not in {STREAM, TILL_STREAM}:
            raise refusals.BadRequest("other_streams", streams=f"{STREAM}, {TILL_STREAM}")
        if number(request, "handle", HANDLE, _LARGEST) != HANDLE:
            raise refusals.Upgrade(handle=request.query_params["handle"], known=HANDLE)
        cursor = number(request, "cursor", 0, _LARGEST)
        limit = max(1, number(request, "limit", 500, MOST))
        wait = number(request, "wait", 0, LONGEST_WAIT)
        since = await self.watch.state() if wait else (0, 0)
        asked = caller.shop, caller.id, cursor, limit, stream
        page = await self._server.database.read(changes_since, *asked)
        # a page of one line has only its commit
        if wait and page.count(b"\n") == 1 and await self.watch.news(since, wait):
            page = await self._server.database.read(changes_since, *asked)
        return packed(request, page, NDJSON)

    async def manifest(self, request: Request) -> Response:
        """The manifest of the latest snapshot."""
        caller = await self._access.till(request)
        _check_stream(request)
        body = await self.snapshots.manifest(caller.shop, caller.id)
        return Response(body, media_type="application/json")

    async def blob(self, request: Request) -> Response:
        """A snapshot's blob, whole or a range of it."""
        caller = await self._access.till(request)
        _check_stream(request)
        sha256 = request.path_params["blob"].removesuffix(".zst")
        path = self.snapshots.blob(caller.shop, sha256)
        if path is None:
            raise refusals.NotFound("snapshot_gone")
        return file_answer(request, path, sha256)

    async def messages(self, request: Request) -> Response:
        """Messages behind the last one that the till has; with `wait`, the answer waits for one."""
        caller = await self._access.till(request)
        after = number(request, "after", 0, _LAST_MESSAGE)
        wait = number(request, "wait", 0, LONGEST_WAIT)
        since = await self.watch.state() if wait else (0, 0)
        found = await self._messages(caller, after)
        if wait and not found.messages and await self.watch.news(since, wait):
            found = await self._messages(caller, after)
        return answer(found)

    async def _messages(self, caller: Caller, after: int) -> Any:
        now = self._server.stamp()
        return await self._server.database.read(messages_after, caller.shop, caller.id, after, now)

    async def offers(self, request: Request) -> Response:
        """Offers for a customer and a basket."""
        caller = await self._access.till(request)
        given = decoded(request, caller.body, _baskets)
        now = self._server.stamp()
        return answer(await self._server.database.read(offers_for, caller.shop, given, now))

    async def lease(self, request: Request) -> Response:
        """A lease renewed."""
        caller = await self._access.till(request)
        return answer(LeaseReply(make_lease(self._server, caller.uuid)))


def _note_what_waits(caller: Caller, done: Pushed) -> None:
    """Quarantine and conflicts are in the log too, one line for a push: the first of them says what to look at."""
    odd = [result for result in done.results if result.status in ("quarantined", "conflict")]
    if odd:
        first, till = odd[0], f"till {caller.number} ({caller.uuid})"
        log.warning("%s: entry %s: %s: %s; %s in all", till, first.seq, first.status, first.reason, len(odd))


def number(request: Request, name: str, default: int, most: int) -> int:
    """A whole number of the query, at most `most`.

    Raises:
        BadRequest: it is none.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise refusals.BadRequest("not_a_number", name=name)
    return min(int(text), most)


def _check_stream(request: Request) -> None:
    if request.path_params["stream"] != STREAM:
        raise refusals.NotFound("other_stream", stream=STREAM)
