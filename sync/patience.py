"""How long an answer is waited for whose question went out before the line was known to be down.

A connection that was cut without a word (a router that forgot it, a machine that went away) never answers, and says
nothing either: its time-out would go by long after the server is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sync.errors import TimedOut, n_


class Patience:
    """Waits for answers, and gives up in good time those that the line may have lost.

    What was given up once is waited for to its end when it is asked again: where ping comes and goes on a narrow line,
    a large exchange gets through all the same.
    """

    def __init__(self) -> None:
        self._waiting = set[asyncio.Timeout]()
        self._given_up = set[str]()

    @asynccontextmanager
    async def wait(self, call: str) -> AsyncIterator[None]:
        """Wait for an answer within.

        Args:
            call: what is asked: a later question of this name is the same one again.

        Raises:
            TimedOut: the line was down meanwhile, and it did not come since.
        """
        again = call in self._given_up
        self._given_up.discard(call)
        bound = asyncio.timeout(None)
        try:
            async with bound:
                if not again:
                    self._waiting.add(bound)
                yield
        except TimeoutError:
            if not bound.expired():
                raise
            self._given_up.add(call)
            raise TimedOut(reason=n_("the line was down meanwhile, and no answer came since")) from None
        finally:
            self._waiting.discard(bound)

    def line_is_back(self, seconds: float) -> None:
        """The server answers again: what is waited for now has so many seconds left."""
        when = asyncio.get_running_loop().time() + seconds
        for bound in self._waiting:
            if bound.when() is None:
                bound.reschedule(when)
