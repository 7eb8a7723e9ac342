"""What the engine and the store are given from outside, so that a simulation can own it: time, randomness, transport.

Waits and time-outs are those of the event loop: a simulation runs on a loop whose time it moves itself.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
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


def fraction(randomness: Randomness) -> float:
    """A random number from 0 to just below 1."""
    return int.from_bytes(randomness.take(6), "big") / (1 << 48)


@dataclass(frozen=True)
class Request:
    """A request as it goes out."""

    method: str
    target: str
    """Path and query, byte for byte."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes = b""


class Stream(Protocol):
    """An answer whose body comes bit by bit."""

    status: int
    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, not decoded.

        Raises:
            Unreachable: it was cut.
        """


class Transport(Protocol):
    """Brings requests to the server."""

    async def exchange(self, request: Request, *, within: float, limit: int) -> Reply:
        """Send a request and take the whole answer.

        Args:
            within: seconds for all of it.
            limit: the most bytes that the answer's body may have.

        Raises:
            Unreachable: no whole answer came; whether the request arrived is not known.
        """

    def stream(self, request: Request, *, within: float) -> AbstractAsyncContextManager[Stream]:
        """Send a request and take the answer as it comes.

        Args:
            within: seconds until the headers are there, and between any two parts of the body.

        Raises:
            Unreachable: no answer came.
        """

    async def close(self) -> None:
        """Let go of all connections."""


@dataclass(frozen=True)
class Ports:
    """What an engine is given."""

    transport: Transport
    clock: Clock = field(default_factory=SystemClock)
    randomness: Randomness = field(default_factory=SystemRandomness)
