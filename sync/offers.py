"""Offers for the ticket at hand: the server's, where it answers in time; those of the feed are applied without it."""

from __future__ import annotations

from collections.abc import Sequence

from sync.errors import SyncError
from sync.link import Breaker
from sync.protocol.terms import OfferRecord
from sync.protocol.wire import BasketLine, Offers, OffersRequest
from sync.server import Server


class OfferDesk:
    """Asks which offers go for a customer and a basket."""

    def __init__(self, server: Server, breaker: Breaker) -> None:
        self._server = server
        self._breaker = breaker

    async def ask(self, customer: str | None, basket: Sequence[BasketLine]) -> tuple[OfferRecord, ...]:
        """The offers that go now.

        Raises:
            SyncError: they could not be had; `Resting` when they were not even asked for.
        """
        self._breaker.check()
        try:
            return (
                await self._server.call("POST", "/v1/offers", Offers, OffersRequest(customer, tuple(basket)))
            ).offers
        except SyncError as error:
            self._breaker.failed(error)
            raise
