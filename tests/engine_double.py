"""An engine that exchanges with nobody: what the screen asks of it is answered from here, and noted in `asked`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.carried import Loaded
from sync.errors import GivenUp, Reason, Unauthorized, Unreachable, Unreadable
from sync.events import Events, Link, LoadBegan, LoadEnded, Progress
from sync.loads import LoadNote
from sync.membership import Membership
from sync.protocol.updates import Release
from sync.retention import Outcome
from sync.rounds import PlaceStatus
from sync.server import Exchange
from sync.status import Status
from sync.store import Refusal
from sync.timers import timers

HEALTHY = Status(
    link=Link.UP,
    reason="",
    sent=120,
    unsent=0,
    oldest=None,
    refused=0,
    cursor=4711,
    feed_at="2026-11-22T11:59:50Z",
    lease_until="2027-01-21T12:00:00Z",
    offset=-0.25,
    unread=0,
    stopped=None,
    paused=False,
)
CUT = replace(
    HEALTHY,
    place=PlaceStatus(
        "ftp://till@nas/shop",
        "15",
        "2026-11-22T11:05:00Z",
        "in English",
        Unreadable(reason="ftp://till@nas/shop/index.json: timed out"),
    ),
    link=Link.DOWN,
    reason="the cable is out",
    unsent=12,
    oldest="2026-11-22T11:48:00Z",
    refused=1,
)
LOG = (
    Exchange("2026-11-22T11:59:40Z", "POST /v1/journal", "200", 0.031, 1800, 240),
    Exchange("2026-11-22T11:59:50Z", "GET /v1/changes", "200", 0.012, 0, 96),
    Exchange("2026-11-22T11:59:54Z", "GET /v1/messages?after=0&wait=25", "200", 25.0, 0, 15),
    Exchange("2026-11-22T11:59:55Z", "GET /v1/ping", "the cable is out", 0.0, 0, 0),
)
LOADS = (
    LoadNote(at="2026-11-22T11:40:00Z", place="", full=True, records=12_345, size=640_000, seconds=3.2),
    LoadNote(
        at="2026-11-22T11:20:00Z",
        place="ftp://till@nas/shop",
        full=False,
        records=0,
        size=0,
        seconds=30.0,
        error="The server's exports cannot be read: timed out. What is here stays as it is.",
    ),
)
MEMBERSHIP = Membership(
    url="https://till.example.org",
    shop_id="s1",
    till_id="01a2012f-3b46-7c81-95a0-26958253df23",
    number="1",
    epoch=1,
    server_key="9f" * 32,
    database="d1",
    shop_name="Épicerie du Pont",
    proxy="http://till:secret@proxy.example.org:3128",
)


class _Head(Struct):
    seq: int = 132


class _Journal:
    head = _Head()


class _Outbox:
    async def refusals(self, limit: int = 100, offset: int = 0) -> list[Refusal]:
        return [Refusal(118, "quarantined", "an unknown payment method", "2026-11-22T11:30:00Z")]


class _Store:
    journal = _Journal()
    outbox = _Outbox()


class _Rounds(Struct):
    place: str
    when: str


class _Retention:
    def __init__(self) -> None:
        self.looks = 0
        self.outcome = Outcome(0, 0, "tickets are kept for ever")

    async def let_go(self) -> Outcome:
        return self.outcome

    def changed(self) -> None:
        self.looks += 1

    async def standing(self) -> Outcome:
        return Outcome(
            88,
            0,
            Reason("the entries through {position} are kept until {day}", position=120, day="2027-01-31"),
        )


class _Updates:
    """What the server publishes of the program."""

    running = "1.2.3"

    def __init__(self, engine: EngineDouble) -> None:
        self.newest: Release | None = None
        self._engine = engine

    async def find(self) -> Release | None:
        self._engine.asked.append("update")
        return self.newest

    async def bring(self, release: Release) -> None:
        self._engine.stands(update=release.version)


class EngineDouble:
    """Answers at once; a load waits at `gate`."""

    def __init__(self, status: Status = HEALTHY) -> None:
        self.events = Events()
        self.membership = MEMBERSHIP
        self.store = _Store()
        self.log = LOG
        self.lease = None
        self.asked: list[str] = []
        self.own: dict[str, Any] = {}
        self.retention = _Retention()
        self.updates = _Updates(self)
        self.carried = Loaded(7)
        self.stranger = False
        """The server does not know this till."""
        self.loading = False
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.on_status: Callable[[], None] = lambda: None
        """Is called when somebody asks where the exchange stands."""
        self._status = status
        self._load: asyncio.Task[Any] | None = None

    @property
    def link(self) -> Link:
        return self._status.link

    @property
    def trouble(self) -> Unreachable | None:
        return Unreachable(reason=self._status.reason) if self.link is Link.DOWN else None

    @property
    def timers(self) -> Any:
        return timers(self.own)

    async def status(self) -> Status:
        self.on_status()
        return self._status

    async def last_loads(self) -> tuple[LoadNote, ...]:
        return LOADS

    async def ping(self) -> Link:
        self.asked.append("ping")
        return self.link

    async def hello(self) -> None:
        self.asked.append("hello")
        if self.stranger:
            raise Unauthorized(code="unknown_till", reason="The server knows no till 1: enrol it.")

    async def push(self) -> int:
        self.asked.append("push")
        if self.link is Link.DOWN:
            raise Unreachable(reason=self._status.reason)
        return 3

    async def retry(self) -> None:
        self.asked.append("retry")

    async def load_changes(self) -> int:
        self.asked.append("changes")
        if self.link is Link.DOWN:
            raise Unreachable(reason=self._status.reason)
        return 5

    async def load_full(self) -> int:
        self.asked.append("full")
        self._load = asyncio.current_task()
        self.events.tell(LoadBegan())
        self.events.tell(Progress("download", 1_000_000, 4_000_000, 12.0))
        self.begun.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.events.tell(LoadEnded("cancelled"))
            if "cancel" in self.asked:
                raise GivenUp from None
            raise
        self.events.tell(LoadEnded())
        return 1000

    async def load_from(self, place: str, *, full: bool = True) -> Loaded:
        self.asked.append(f"{'full' if full else 'changes'} from {place}")
        return self.carried

    @property
    def rounds(self) -> _Rounds:
        return _Rounds(str(self.own.get("place", "")), str(self.own.get("place_when", "")))

    def cancel_load(self) -> None:
        self.asked.append("cancel")
        if self._load is not None:
            self._load.cancel()

    def stands(self, **changed: Any) -> None:
        """Where the exchange stands from now on."""
        self._status = replace(self._status, **changed)

    async def pause(self, *, paused: bool) -> None:
        self.stands(paused=paused)

    async def change_settings(self, own: dict[str, Any]) -> None:
        self.own |= own
