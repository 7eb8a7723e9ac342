"""What happens around a till and belongs in its journal: written down with the till's next step, never for itself.

So the journal tells which steps were taken offline or after the clock was set back, and a link that comes and goes
while nobody sells leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from tui_pos.register.jet import Jet
from tui_pos.register.views import timestamp

TOLERANCE = timedelta(minutes=1)
"""How far a clock may go back without a word: what time servers correct is less."""


class Trace(NamedTuple):
    """A technical event that is due."""

    code: str
    jet: Jet | None
    details: Mapping[str, object]


class Traces:
    """The link and the clock of one till, as its journal knows them."""

    def __init__(self) -> None:
        self._link = "unknown"
        self._since: datetime | None = None
        self._offline = False
        """What the journal says."""
        self._latest: datetime | None = None
        """The time of the last step."""

    def resume(self, latest: datetime) -> None:
        """The journal ends at this time."""
        self._latest = latest

    def link_is(self, link: str, now: datetime) -> None:
        """The server answers, or no longer does."""
        if link != self._link:
            self._link, self._since = link, now

    def due(self, now: datetime) -> tuple[Trace, ...]:
        """What has to be written with a step that is taken now."""
        found = []
        if (back := self.set_back(now)) is not None:
            times = {"from": timestamp(back), "to": timestamp(now)}
            found.append(Trace("clock_set_back", None, times))
        if self._is_offline != self._offline:
            code = "offline" if self._is_offline else "online"
            found.append(Trace(code, Jet.OFFLINE, {"since": timestamp(self._since or now)}))
        return tuple(found)

    def set_back(self, now: datetime) -> datetime | None:
        """The time from which the clock was set back since the last step; None: it was not."""
        return self._latest if self._latest is not None and now < self._latest - TOLERANCE else None

    def written(self, now: datetime) -> None:
        """The step that was taken at this time is on disk, with all that was due."""
        self._offline = self._is_offline
        self._latest = now if self._latest is None or self.set_back(now) else max(now, self._latest)

    @property
    def _is_offline(self) -> bool:
        return self._link == "down" or (self._offline and self._link == "unknown")
