"""What the server is given from outside, so that a simulation can own it: time and randomness."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""


class Randomness(Protocol):
    """Gives bytes that nobody can guess; a simulation gives those of its seed."""

    def take(self, count: int) -> bytes:
        """So many random bytes."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)


class SystemRandomness:
    """The operating system's randomness."""

    def take(self, count: int) -> bytes:
        """So many random bytes."""
        return secrets.token_bytes(count)
