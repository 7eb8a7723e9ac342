"""The tab of the delays of the exchange, each with what it trades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.l10n import _, n_
from tui_pos.screens.settings.rows import Row, Take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.conduct import Conduct

DELAYS = (
    (
        "ticket_interval",
        n_("Between two attempts"),
        n_(
            "Between two attempts to send what could not be sent. Longer: tickets reach the server later after a cut, "
            "which has less to do. A new ticket is sent at once while the network is up."
        ),
    ),
    (
        "service_timeout",
        n_("Longest exchange"),
        n_(
            "How long an exchange may take. Shorter: a dead connection is given up sooner, but on a poor network "
            "answers that were about to come are thrown away."
        ),
    ),
    (
        "ping_timeout",
        n_("Longest ping"),
        n_(
            "How long ping may take before the crossed network shows. Shorter: a cut is seen sooner, and shows "
            "when the network is only slow. No key waits for it."
        ),
    ),
    (
        "retry_cooldown",
        n_("Rest after a failure"),
        n_(
            "How long messages and offers are not asked for after a failure. Longer: less waiting for a server that is "
            "ill; shorter: offers are back sooner. A ping that is answered ends it."
        ),
    ),
)


class TimersTab:
    """The four delays that a shop may set; the server's own settings count less."""

    title = n_("Timers")
    live = True

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    async def rows(self) -> Sequence[Row]:
        """Each with its default."""
        from sync.timers import BOUNDS, Timers, timers  # noqa: PLC0415 - comes with the engine

        engine = self._conduct.watch.engine
        now: Timers = engine.timers if engine is not None else timers()
        rows = []
        for name, label, meaning in DELAYS:
            seconds, default = getattr(now, name), getattr(Timers(), name)
            least, most = BOUNDS[name]
            bounds = _("From {least} to {most} s; {default} s as delivered.")
            rows.append(
                Row(
                    _(label),
                    _("{count} s").format(count=f"{seconds:g}"),
                    f"{_(meaning)} {bounds.format(least=f'{least:g}', most=f'{most:g}', default=f'{default:g}')}",
                    f"{seconds:g}",
                    take=self._sets(name) if engine is not None else None,
                )
            )
        return rows

    def _sets(self, name: str) -> Take:
        async def take(value: str) -> None:
            from tui_pos.exchange_settings import checked  # noqa: PLC0415 - comes with the engine

            seconds = checked(name, value)
            engine = self._conduct.watch.engine
            if engine is not None:
                await self._conduct.dialogs.permit((name,), lambda: engine.change_settings({name: seconds}))

        return take
