"""Offers for the ticket at hand: the server's, where it answers in time; those of the feed are applied without it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from sync.errors import BadReply, SyncError
from sync.link import Breaker
from sync.protocol.terms import OfferRecord, read_offer
from sync.protocol.wire import BasketLine, OffersRequest
from sync.server import Server


class _Offers(Struct, frozen=True):
    """`sync.protocol.wire.Offers` as a server may send it that knows more kinds of offers than this till."""

    offers: tuple[msgspec.Raw, ...] = ()


class OfferDesk:
    """Asks which offers go for a customer and a basket."""

    def __init__(self, server: Server, breaker: Breaker) -> None:
        self._server = server
        self._breaker = breaker

    async def ask(self, customer: str | None, basket: Sequence[BasketLine]) -> tuple[OfferRecord, ...]:
        """The offers that go now, of those that this program knows how to grant.

        Raises:
            SyncError: they could not be had; `Resting` when they were not even asked for.
        """
        self._breaker.check()
        try:
            request = OffersRequest(customer, tuple(basket))
            told = await self._server.call("POST", "/v1/offers", _Offers, request)
            return _known(told.offers)
        except SyncError as error:
            self._breaker.failed(error)
            raise


def _known(offers: Sequence[msgspec.Raw]) -> tuple[OfferRecord, ...]:
    try:
        return tuple(offer for data in offers if isinstance(offer := read_offer(data), OfferRecord))
    except msgspec.MsgspecError as error:
        raise BadReply(reason=str(error)) from error
