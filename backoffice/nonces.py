"""Nonces: a request that was signed once serves once.

Most calls change nothing when they are repeated: entries are stored once whatever comes, a code enrols one key. Their
nonces are kept in the memory of each process. A hello changes what the server thinks of a till: its nonces are in the
database, for all processes and through restarts (docs/decisions/0005-nonces.md).
"""

from __future__ import annotations

from collections import deque

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from backoffice import schema
from sync.protocol.signing import WINDOW

KEPT = 2 * WINDOW
"""Seconds: a signature is taken so long before and after the time that it names."""

_NONCE = schema.nonce


class Nonces:
    """The nonces of the window in which a signature is taken, as this process has seen them."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._order: deque[tuple[float, tuple[str, str]]] = deque()

    def take(self, till: str, nonce: str, now: float) -> bool:
        """Whether the nonce is new; it is not from now on."""
        while self._order and self._order[0][0] < now - KEPT:
            self._seen.discard(self._order.popleft()[1])
        key = (till, nonce)
        if key in self._seen:
            return False
        self._seen.add(key)
        self._order.append((now, key))
        return True


def take_for_all(connection: Connection, till: str, nonce: str, now: float) -> bool:
    """As `Nonces.take`, for all processes of the server."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"till": till, "value": nonce, "at": int(now)}
    return connection.execute(dialect.insert(_NONCE).values(values).on_conflict_do_nothing()).rowcount == 1


def forget(connection: Connection, now: float) -> int:
    """Forget the nonces that no signature can bear any more; gives how many."""
    return connection.execute(delete(_NONCE).where(_NONCE.c.at < int(now) - KEPT)).rowcount
