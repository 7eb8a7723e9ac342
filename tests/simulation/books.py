"""What must be true whenever things have settled."""

from __future__ import annotations

from tests.simulation.backend import Backend
from tests.simulation.till import SimTill


async def same_books(till: SimTill, backend: Backend) -> None:
    """The server holds what the till has written: each entry once, and each ticket in its books."""
    assert till.store.unsent == 0
    assert await backend.entries(till.name) == await till.journal()
    assert await backend.tickets(till.name) == [(ticket.number, ticket.total) for ticket in till.sold]
    await till.store.journal.verify()
