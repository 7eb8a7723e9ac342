"""Messages to cashiers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from backoffice import schema
from backoffice.errors import Unknown
from sync.protocol.wire import Messages, ServerMessage
from tui_pos.l10n import n_

MOST = 50
"""Messages in one answer."""
_MESSAGE = schema.message


def add_message(connection: Connection, shop: int, values: dict[str, Any]) -> int:
    """Send a message to the tills of a shop, or to one; gives its number."""
    row = {"shop": shop, "till": None, "moment": "any", "must_ack": False, "ends_at": None, **values}
    return int(connection.execute(insert(_MESSAGE).values(row).returning(_MESSAGE.c.id)).scalar_one())


def withdraw_message(connection: Connection, message: int, now: str) -> None:
    """Show a message to no till that has not had it yet.

    Raises:
        Unknown: there is none with this number.
    """
    ended = update(_MESSAGE).where(_MESSAGE.c.id == message).values(ends_at=now)
    if not connection.execute(ended).rowcount:
        raise Unknown(what=n_("message"), name=message)


def messages_after(connection: Connection, shop: int, till: int, after: int, now: str) -> Messages:
    """What a till has not had yet; what it has read stays away, even from a till that starts anew."""
    read = select(schema.message_read.c.message).where(schema.message_read.c.till == till)
    wanted = (
        select(_MESSAGE)
        .where(
            _MESSAGE.c.shop == shop,
            _MESSAGE.c.id > after,
            or_(_MESSAGE.c.till.is_(None), _MESSAGE.c.till == till),
            or_(_MESSAGE.c.ends_at.is_(None), _MESSAGE.c.ends_at > now),
            _MESSAGE.c.id.not_in(read),
        )
        .order_by(_MESSAGE.c.id)
        .limit(MOST)
    )
    rows = connection.execute(wanted)
    return Messages(
        tuple(ServerMessage(row.id, row.text, row.at, row.moment, bool(row.must_ack)) for row in rows)
    )
