"""How fast a list is written beside somebody who sells.

Measured with a million products that load: in steps of 500 rows one after another a scan waits for the step under way,
and shares the interpreter with it; the median scan takes four times as long. So once somebody looks for a code, steps
are short, each rests as long as it took, and none begins while what was found is being put on the ticket and painted.
With nobody there, nothing rests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep

from sync.store.listing import CHUNK

SMALL = 25
"""Rows of the first step beside somebody who sells, and of the smallest."""
STEP = 0.004
"""Seconds that a step may take beside somebody who sells: the next one has more rows, or fewer."""
ATTENDED = 20.0
"""Seconds after the last code was looked for, in which somebody is taken to be selling."""
QUIET = 0.04
"""Seconds that a code which was looked for has for itself."""
BREATH = 20
"""Of what a thread does, so much between two rests."""
LONGEST = 0.25
"""Seconds that a step waits, however fast codes follow one another."""


class Pace:
    """Says when a load may write, and how much at a time."""

    def __init__(self) -> None:
        self._looked = float("-inf")
        self._rest = 0.0
        self._size = SMALL

    def looked_for(self) -> None:
        """Somebody looks for a code, and waits for what comes of it."""
        self._looked = asyncio.get_running_loop().time()

    def resting(self) -> Callable[[int], None]:
        """For work in a thread that nobody waits for: told what is done, it leaves who sells half of the time."""
        loop = asyncio.get_running_loop()
        began = loop.time()

        def rest(done: int) -> None:
            nonlocal began
            if done % BREATH == 0:
                if loop.time() - self._looked <= ATTENDED:
                    sleep(loop.time() - began)
                began = loop.time()

        return rest

    async def turn(self, *, gently: bool = False) -> int:
        """Wait until a step may begin; gives how many rows it may write.

        Args:
            gently: nobody waits for this work: it goes as beside somebody who sells, also with nobody there.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        if began - self._looked > ATTENDED and not gently:
            return CHUNK
        await asyncio.sleep(self._rest)
        # it is time that is waited for, and every code that is looked for meanwhile adds to it
        while (left := min(self._looked + QUIET, began + LONGEST) - loop.time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
        return self._size

    @contextmanager
    def step(self, size: int) -> Iterator[None]:
        """A step of so many rows: the next one rests as long as it takes."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        yield
        self._rest = loop.time() - began
        fits = round(size * STEP / max(self._rest, STEP / 2))
        self._size = min(max(fits, SMALL), CHUNK)
