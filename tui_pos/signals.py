"""What the system says to a program that should end: it ends in good order, and its journal tells of the stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Asked to end, its terminal is gone, or Ctrl+C where it is no key."""


def when_asked_to_end(end: Callable[[], object]) -> None:
    """Call `end` on the running loop for each signal that would otherwise cut the program off."""
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, end)
