"""A page of changes since a cursor, as one till may see them."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from backoffice import schema
from backoffice.refusals import CursorGone
from sync.protocol.wire import STREAM, TILL_STREAM, Commit, FeedLine, Put, Remove

MOST = 5_000
"""Changes in one page."""

_FEED = schema.feed
_encode = msgspec.json.Encoder().encode


def changes_since(
    connection: Connection, shop: int, till: int, cursor: int, limit: int, stream: str = STREAM
) -> bytes:
    """The page of changes behind a cursor, as NDJSON that ends with its commit.

    Args:
        stream: `TILL_STREAM`: only what is for some tills only. What was removed is not in it, so it has no floor.

    Raises:
        CursorGone: the changes since then are not all there any more, or the cursor was never given out.
    """
    # the counter first: what is committed after it has a place behind it, and comes with the next page
    head = connection.execute(
        select(schema.shop.c.counter, schema.shop.c.floor).where(schema.shop.c.id == shop)
    ).one()
    wanted = select(_FEED).where(_FEED.c.shop == shop, _FEED.c.version > cursor)
    floor = head.floor
    if stream == TILL_STREAM:
        wanted, floor = wanted.where(_FEED.c.scope.is_not(None)), 0
    if not floor <= cursor <= head.counter:
        raise CursorGone(cursor=cursor, snapshot=f"/v1/snapshots/{STREAM}")
    rows = connection.execute(wanted.order_by(_FEED.c.version).limit(limit + 1)).all()
    more = len(rows) > limit
    rows = rows[:limit]
    reached = rows[-1].version if more else max([head.counter, *(row.version for row in rows)])
    lines = [_encode(line_of(row, till)) for row in rows]
    lines.append(_encode(FeedLine(commit=Commit(reached, more))))
    return b"\n".join(lines) + b"\n"


def line_of(row: Row[Any], till: int) -> FeedLine:
    """What a till is told of a row of the feed: a record, or that it is gone, or none of its business any more."""
    mine = row.scope is None or f",{till}," in row.scope
    if row.data is None or not mine:
        return FeedLine(remove=Remove(row.kind, row.code))
    return FeedLine(put=Put(row.kind, msgspec.Raw(row.data)))


def scoped_rows(connection: Connection, shop: int, till: int) -> list[FeedLine]:
    """The records of a shop that are for some tills only, this one among them."""
    wanted = select(_FEED).where(
        _FEED.c.shop == shop, _FEED.c.scope.contains(f",{till},", autoescape=True), _FEED.c.data.is_not(None)
    )
    return [line_of(row, till) for row in connection.execute(wanted.order_by(_FEED.c.version))]
