"""The exchange with the server as it stands: what went up, what came down, what was refused, and what was said."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from urllib.parse import parse_qs, urlsplit

from textual.binding import Binding, BindingType

from sync.loads import GIVEN_UP
from tui_pos import __version__
from tui_pos.errors import Refused, in_words, said, translated
from tui_pos.l10n import _, n_, plural
from tui_pos.screens.dialog import Walked
from tui_pos.spans import age, count, local, since, size, span
from tui_pos.widgets.cells import fit
from tui_pos.widgets.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from sync.engine import Engine
    from sync.loads import LoadNote
    from sync.rounds import PlaceStatus
    from sync.server import Exchange
    from sync.status import Status
    from sync.store import Refusal
    from tui_pos.screens.server_watch import ServerWatch

OFTEN = 1.0
"""Seconds between two looks at where it stands."""
SHOWN = 100
"""So many refused entries are listed."""
_INDENT = " " * 15
_FRAME = 4
"""Columns of the box's border and padding."""
LINKS = {"up": n_("the server answers"), "down": n_("no answer"), "unknown": n_("not asked yet")}
NAMED = n_("{name}: {text}")
STATUSES = {
    "quarantined": n_("put aside there"),
    "conflict": n_("contradicts another"),
    "refused": n_("not kept there"),
}


class ExchangeScreen(Walked[None]):
    """Shows the exchange, and steers it: pause, send now, try refused entries again, ask whether the server is there.

    Args:
        watch: follows the engine, which must be there.
    """

    HEADING = n_("Exchange with the server")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "pause", n_("Pause, resume")),
        Binding("f4", "send", n_("Send now")),
        Binding("f5", "ping", n_("Test")),
        Binding("f6", "update", n_("Updates")),
        Binding("f8", "retry", n_("Retry")),
    ]
    DEFAULT_CSS: ClassVar[str] = "ExchangeScreen > #box { width: 100%; max-width: 120; height: 100%; }"

    def __init__(self, watch: ServerWatch) -> None:
        super().__init__()
        assert watch.engine is not None
        self._watch = watch
        self._engine: Engine = watch.engine

    def body(self) -> ComposeResult:
        """The page."""
        yield Paper()

    def walked(self) -> Paper:
        """The page."""
        return self.query_one(Paper)

    def on_mount(self) -> None:
        """Follow the exchange."""
        self.look()
        self.set_interval(OFTEN, self.look)

    def look(self) -> None:
        """Look where it stands."""
        self.app.run_worker(self._look(), group="exchange", name="where the exchange stands")

    async def _look(self) -> None:
        await self._watch.look()
        store = self._engine.store
        refusals, loads = await store.outbox.refusals(limit=SHOWN), await self._engine.last_loads()
        status = self._watch.status
        if status is not None and self.is_attached:
            seen = Seen(status, refusals, self._engine.log, loads, store.journal.head.seq)
            # before it is laid out it has no width: the next look folds better
            width = self.walked().size.width or max(self.app.size.width - _FRAME, 1)
            self.walked().refill(*page(seen, self._now(), width))

    def _now(self) -> datetime:
        now: datetime = self.app.now()  # type: ignore[attr-defined]
        return now

    def action_pause(self) -> None:
        """Record everything and send nothing; or send again."""
        status = self._watch.status
        if status is not None:
            self._do(self._paused(paused=not status.paused))

    def action_send(self) -> None:
        """Send what is unsent."""
        self._do(self._sent())

    def action_ping(self) -> None:
        """Ask whether the server is there."""
        self._do(self._pinged())

    def action_retry(self) -> None:
        """Send refused entries again."""
        self._do(self._retried())

    def action_update(self) -> None:
        """Look for a newer version of the program, and bring it here."""
        self._do(self._updated())

    def _do(self, work: Awaitable[str]) -> None:
        self.app.run_worker(self._tell(work), group="exchange", name="an exchange")

    async def _tell(self, work: Awaitable[str]) -> None:
        try:
            with translated():
                done = await work
        except Refused as refused:
            if self.is_attached:
                self.refuse(refused.message)
            return
        if self.is_attached:
            self.tell(done)
            self.look()

    async def _paused(self, *, paused: bool) -> str:
        await self._engine.pause(paused=paused)
        if paused:
            return _("Nothing is sent now, also after a restart; everything is recorded.")
        return _("What is unsent is sent.")

    async def _sent(self) -> str:
        sent = await self._engine.push()
        text = plural("{count} entry was sent.", "{count} entries were sent.", sent)
        return text.format(count=count(sent))

    async def _pinged(self) -> str:
        await self._engine.ping()
        if self._engine.trouble is not None:
            raise self._engine.trouble
        return _("The server answers.")

    async def _retried(self) -> str:
        if self._watch.status is not None and not self._watch.status.refused:
            return _("Nothing was refused.")
        await self._engine.retry()
        return _("What was refused was sent again.")

    async def _updated(self) -> str:
        updates = self._engine.updates
        release = await updates.find()
        if release is None:
            return _("Version {version} runs here; there is no newer one.").format(version=updates.running)
        await updates.bring(release)
        text = _("Version {version} is here, and is installed at the till's next start.")
        return text.format(version=release.version)


class Seen(NamedTuple):
    """What the screen shows."""

    status: Status
    refusals: Sequence[Refusal]
    log: Sequence[Exchange]
    loads: Sequence[LoadNote]
    seq: int
    """The position of the journal's last entry."""


def page(seen: Seen, now: datetime, width: int) -> tuple[list[str], set[int]]:
    """The lines of the screen, and which of them are headings; what does not fit a line goes on in the next."""
    lines: list[str] = []
    headings = set[int]()
    for heading, part in (
        (_("Where it stands"), _standing(seen, now)),
        (_("Refused entries"), map(_refusal, seen.refusals)),
        (_("Last loads"), map(_load, seen.loads)),
        (_("Last exchanges"), map(_exchange, reversed(seen.log))),
    ):
        headings.add(len(lines))
        folded = [row for line in part for row in wrap(line, width, subsequent_indent=_INDENT)]
        lines += [heading, *(folded or ["  " + _("none")]), ""]
    return lines, headings


def _standing(seen: Seen, now: datetime) -> Iterable[str]:
    status = seen.status
    link = _(LINKS[str(status.link)])
    if status.reason:
        link = _(NAMED).format(name=link, text=said(status.reason))
    unsent = str(status.unsent)
    if status.oldest:
        unsent += _(", the oldest for {age}").format(age=age(status.oldest, now))
    sending = _("as entries are made")
    if status.paused:
        sending = _("paused here")
    elif status.stopped:
        sending = _("stopped: {reason}").format(reason=said(status.stopped))
    cursor = "-" if status.cursor is None else str(status.cursor)
    for name, value in (
        (_("Link"), link),
        (_("Sending"), sending),
        (
            _("Journal"),
            _("{last} entries, sent through {sent}").format(last=count(seen.seq), sent=count(status.sent)),
        ),
        (_("Unsent"), unsent),
        (_("Refused"), str(status.refused)),
        (
            _("Feed"),
            _("position {cursor}; looked at {at}").format(cursor=cursor, at=since(status.feed_at, now)),
        ),
        *_place(status.place, now),
        (_("Speed"), speed(seen.log)),
        (_("Clock"), _("{offset} s off the server's").format(offset=f"{status.offset:+.3f}")),
        (_("Lease"), local(status.lease_until) if status.lease_until else "-"),
        (_("Program"), _program(status.update)),
    ):
        yield f"  {fit(name, 12)} {value}"


def _program(update: str) -> str:
    if not update:
        return __version__
    return _("{running}; {update} is here, and is installed at the next start").format(
        running=__version__, update=update
    )


def _place(place: PlaceStatus | None, now: datetime) -> Iterable[tuple[str, str]]:
    """Where the server's exports are, when it is looked there, and how that went."""
    if place is None:
        return
    yield _("Exports"), place.place
    looked = _("{when}; looked at {at}").format(when=when_of(place.when), at=since(place.at, now))
    yield "", looked
    if place.error:
        yield "", in_words(place.cause) if place.cause is not None else said(place.error)


def when_of(schedule: str) -> str:
    """A schedule of rounds, as people read it."""
    if not schedule:
        return _("only when asked to")
    if ":" in schedule:
        return _("each day at {time}").format(time=schedule)
    return _("every {count} min").format(count=schedule)


def speed(log: Sequence[Exchange]) -> str:
    """How fast the last exchanges went, all in all."""
    done = [each for each in log if each.outcome.isdigit() and each.seconds > 0 and not _waits(each)]
    if not done:
        return "-"
    seconds = sum(each.seconds for each in done)
    carried = sum(each.sent + each.received for each in done)
    text = _("{time} ms for an answer, {data} a second")
    return text.format(time=round(1000 * seconds / len(done)), data=size(round(carried / seconds)))


def _waits(exchange: Exchange) -> bool:
    """Whether the server was asked to answer once it has something to say."""
    asked = parse_qs(urlsplit(exchange.call).query).get("wait", ["0"])
    return asked[-1] != "0"


def _refusal(refusal: Refusal) -> str:
    status = _(STATUSES.get(refusal.status, refusal.status))
    told = _(NAMED).format(name=status, text=said(refusal.reason))
    return f"  {refusal.seq:>8}  {local(refusal.at)}  {told}"


def _load(load: LoadNote) -> str:
    what = _("all") if load.full else _("changes")
    source = load.place or _("server")
    if load.error == GIVEN_UP:
        outcome = _("given up")
    elif load.error:
        outcome = said(load.error)
    else:
        rate = load.records / load.seconds if load.seconds else load.records
        text = _("{records} rows, {size}, in {time}: {rate} rows/s")
        outcome = text.format(
            records=count(load.records),
            size=size(load.size),
            time=span(load.seconds),
            rate=count(round(rate)),
        )
    told = _(NAMED).format(name=f"{what}, {source}", text=outcome)
    return f"  {local(load.at)}  {told}"


def _exchange(exchange: Exchange) -> str:
    call, outcome = fit(exchange.call, 22), fit(exchange.outcome, 16)
    time = f"{round(exchange.seconds * 1000):>5} ms"
    sizes = f"↑{size(exchange.sent):>6} ↓{size(exchange.received):>6}"
    return f"  {local(exchange.at)[-8:]}  {call} {outcome} {time} {sizes}"
