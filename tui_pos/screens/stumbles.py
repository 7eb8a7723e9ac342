"""How often the till has stumbled over a mistake of its own, and what that calls for."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

WITHIN = 60.0
"""Seconds in which stumbles count together."""

OFFER = 3
"""So many of them, and a restart is offered."""

GIVE_UP = 20
"""So many, and nothing can be worked with any more: the till starts anew by itself."""

RESTART = 75
"""Exit status of a till that wants to be started again."""


class Advice(Enum):
    """What to do about a stumble."""

    GO_ON = auto()
    OFFER_RESTART = auto()
    RESTART = auto()


class Stumbles:
    """Counts them; `total` is all there ever were."""

    def __init__(self) -> None:
        self.total = 0
        self._times: deque[float] = deque(maxlen=GIVE_UP)

    def count(self, at: float) -> Advice:
        """One more, at a time in seconds."""
        self.total += 1
        self._times.append(at)
        lately = sum(at - time <= WITHIN for time in self._times)
        if lately >= GIVE_UP:
            return Advice.RESTART
        return Advice.OFFER_RESTART if lately % OFFER == 0 else Advice.GO_ON
