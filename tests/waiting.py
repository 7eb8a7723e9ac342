"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 600.0
"""Seconds after which something that was to happen counts as never happening, on any machine."""


def until(true: Callable[[], bool], within: float = PATIENCE) -> None:
    """Return once it is true.

    Raises:
        TimeoutError: it did not become so.
    """
    ends = time.monotonic() + within
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.05)
