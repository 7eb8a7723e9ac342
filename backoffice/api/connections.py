"""Connections as callers may have them: nobody holds one for long without asking anything."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

PATIENCE = 75.0
"""Seconds for a whole request to begin, from the connection or the last answer on: beyond the pauses of a till."""


class BoundedConnection(H11Protocol):
    """A connection that is closed when no whole head of a request comes in time.

    Uvicorn's own time-out ends with the first byte that comes: a caller who sends a byte a second would hold the
    connection for ever, and so would one who says nothing from the start.
    """

    _expected: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Take what comes; a request that begins is expected no more."""
        super().data_received(data)
        if self._under_way():
            self._expect_nothing()

    def on_response_complete(self) -> None:
        """Expect the next one, unless it was here already."""
        super().on_response_complete()
        if not self._under_way():
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def _under_way(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _expect(self) -> None:
        self._expect_nothing()
        self._expected = self.loop.call_later(PATIENCE, self._give_up)

    def _expect_nothing(self) -> None:
        if self._expected is not None:
            self._expected.cancel()
            self._expected = None

    def _give_up(self) -> None:
        self.transport.close()
