"""The exchange with the server as it stands: what went up, what came down, what was refused, and what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.errors import Refused, said, translated
from tui_pos.l10n import _, n_, plural
from tui_pos.screens.dialog import Walked
from tui_pos.screens.moments import local
from tui_pos.screens.spans import age, count, since, size
from tui_pos.widgets.cells import fit
from tui_pos.widgets.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from sync.engine import Engine, Status
    from sync.server import Exchange
    from sync.store import Refusal
    from tui_pos.screens.server_watch import ServerWatch

OFTEN = 1.0
"""Seconds between two looks at where it stands."""
SHOWN = 100
"""So many refused entries are listed."""
LINKS = {"up": n_("the server answers"), "down": n_("no answer"), "unknown": n_("not asked yet")}
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
        Binding("f8", "retry", n_("Retry refused")),
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
        refusals = await self._engine.store.outbox.refusals(limit=SHOWN)
        status = self._watch.status
        if status is not None and self.is_attached:
            lines, headings = page(
                status, refusals, self._engine.log, self._engine.store.journal.head.seq, self._now()
            )
            self.walked().refill(lines, headings)

    def _now(self) -> datetime:
        now: datetime = self.app.now()  # type: ignore[attr-defined]
        return now

    def action_pause(self) -> None:
        """Record everything and send nothing; or send again."""
        status = self._watch.status
        if status is not None:
            self._engine.pause(paused=not status.paused)
            self.look()

    def action_send(self) -> None:
        """Send what is unsent."""
        self._do(self._sent())

    def action_ping(self) -> None:
        """Ask whether the server is there."""
        self._do(self._pinged())

    def action_retry(self) -> None:
        """Send refused entries again."""
        self._do(self._retried())

    def _do(self, work: Awaitable[str]) -> None:
        self.app.run_worker(self._tell(work), group="exchange", name="an exchange")

    async def _tell(self, work: Awaitable[str]) -> None:
        try:
            with translated():
                said = await work
        except Refused as refused:
            if self.is_attached:
                self.refuse(refused.message)
            return
        if self.is_attached:
            self.tell(said)
            self.look()

    async def _sent(self) -> str:
        sent = await self._engine.push()
        text = plural("{count} entry was sent.", "{count} entries were sent.", sent)
        return text.format(count=count(sent))

    async def _pinged(self) -> str:
        return _("The server: {answer}.").format(answer=_(LINKS[str(await self._engine.ping())]))

    async def _retried(self) -> str:
        await self._engine.retry()
        return _("What was refused was sent again.")


def page(
    status: Status, refusals: Sequence[Refusal], log: Sequence[Exchange], seq: int, now: datetime
) -> tuple[list[str], set[int]]:
    """The lines of the screen, and which of them are headings.

    Args:
        seq: the position of the journal's last entry.
    """
    lines: list[str] = []
    headings = set[int]()
    for heading, part in (
        (_("Where it stands"), _standing(status, log, seq, now)),
        (_("Refused entries"), map(_refusal, refusals)),
        (_("Last exchanges"), map(_exchange, reversed(log))),
    ):
        headings.add(len(lines))
        lines += [heading, *(list(part) or ["  " + _("none")]), ""]
    return lines, headings


def _standing(status: Status, log: Sequence[Exchange], seq: int, now: datetime) -> Iterable[str]:
    link = _(LINKS[str(status.link)])
    reason = f": {said(status.reason)}" if status.reason else ""
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
        (_("Link"), link + reason),
        (_("Sending"), sending),
        (
            _("Journal"),
            _("{last} entries, sent through {sent}").format(last=count(seq), sent=count(status.sent)),
        ),
        (_("Unsent"), unsent),
        (_("Refused"), str(status.refused)),
        (
            _("Feed"),
            _("position {cursor}; looked at {at}").format(cursor=cursor, at=since(status.feed_at, now)),
        ),
        (_("Speed"), speed(log)),
        (_("Clock"), _("{offset} s off the server's").format(offset=f"{status.offset:+.3f}")),
        (_("Lease"), local(status.lease_until) if status.lease_until else "-"),
    ):
        yield f"  {fit(name, 12)} {value}"


def speed(log: Sequence[Exchange]) -> str:
    """How fast the last exchanges went, all in all."""
    done = [each for each in log if each.outcome.isdigit() and each.seconds > 0]
    if not done:
        return "-"
    seconds = sum(each.seconds for each in done)
    carried = sum(each.sent + each.received for each in done)
    text = _("{time} ms for an answer, {data} a second")
    return text.format(time=round(1000 * seconds / len(done)), data=size(round(carried / seconds)))


def _refusal(refusal: Refusal) -> str:
    status = _(STATUSES.get(refusal.status, refusal.status))
    return f"  {refusal.seq:>8}  {local(refusal.at)}  {status}: {refusal.reason}"


def _exchange(exchange: Exchange) -> str:
    call, outcome = fit(exchange.call, 22), fit(exchange.outcome, 16)
    time = f"{round(exchange.seconds * 1000):>5} ms"
    sizes = f"↑{size(exchange.sent):>6} ↓{size(exchange.received):>6}"
    return f"  {local(exchange.at)[-8:]}  {call} {outcome} {time} {sizes}"
