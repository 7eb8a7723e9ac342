"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(true: Callable[[], bool], within: float = 30) -> None:
    """Return once it is true.

    Raises:
        TimeoutError: it did not become so.
    """
    ends = time.monotonic() + within
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.05)
