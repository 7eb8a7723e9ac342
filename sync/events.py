"""What the engine tells: typed events, in the order in which things happened."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from sync.errors import SyncError
from sync.store.errors import StoreError


class Link(StrEnum):
    """Whether the server answers."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Event(Struct, frozen=True):
    """Something that happened between till and server."""


class LinkChanged(Event, frozen=True):
    """The server answers, or no longer does."""

    link: Link


class SentChanged(Event, frozen=True):
    """The server has answered for more entries, or must be sent some again."""

    sent: int
    unsent: int


class EntryRefused(Event, frozen=True):
    """The server did not book an entry as it was sent; it stays here, with the reason."""

    seq: int
    status: str
    reason: str


class FeedChanged(Event, frozen=True):
    """Records have changed."""

    kinds: frozenset[str]
    cursor: int


class LoadBegan(Event, frozen=True):
    """A load began: `LoadEnded` will follow. The server may take a while before there is any progress."""


class Progress(Event, frozen=True):
    """How far a load has come."""

    phase: str
    """`download` (of bytes) or `write` (of rows)."""
    done: int
    total: int
    left: float | None = None
    """Seconds, where they can be told."""


class LoadEnded(Event, frozen=True):
    """A load ended; `error` says why it changed nothing."""

    error: str | None = None
    records: int = 0
    """That came, where it went well."""
    cause: SyncError | StoreError | None = None
    """What `error` says; None: it went well, or was given up."""


class JournalRestored(Event, frozen=True):
    """The till came back from a backup and has its own entries again: what is in memory is out of date."""

    through: int


class MessagesChanged(Event, frozen=True):
    """There are messages that nobody here has read, or there are none any more."""

    unread: int


class UpdateReady(Event, frozen=True):
    """An update of the program is here, whole and checked; it is installed at the till's next start."""

    version: str
    notes: dict[str, str] = {}
    """What is new, in a sentence, by language."""


class Alarm(Event, frozen=True):
    """Somebody should know of this: `slug` for programs, `reason` for people."""

    slug: str
    reason: str


Listener: TypeAlias = Callable[[Event], None]


class Events:
    """Listeners of the engine. A listener returns at once: it posts a message or wakes a task."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` every event from now on; gives a function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, event: Event) -> None:
        """Tell all listeners, in the order in which they came."""
        for listener in tuple(self._listeners):
            listener(event)
