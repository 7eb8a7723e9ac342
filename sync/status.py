"""Where the exchange with the server stands."""

from __future__ import annotations

from msgspec import Struct

from sync.events import Link
from sync.rounds import PlaceStatus


class Status(Struct, frozen=True):
    """Where the exchange stands."""

    link: Link
    reason: str
    """Why the link is down, or nothing is sent or comes down."""
    sent: int
    unsent: int
    oldest: str | None
    """When the oldest unsent entry was made."""
    refused: int
    cursor: int | None
    feed_at: str | None
    lease_until: str | None
    offset: float
    """Seconds that the till's clock lacks, by the server's word."""
    unread: int
    stopped: str | None
    paused: bool
    place: PlaceStatus | None = None
    """The place of the server's exports, where one is set."""
    update: str = ""
    """The version of the program that waits here to be installed."""
