"""What the tests of card payments share."""

from __future__ import annotations

import asyncio

import pytest

from tests.small_shop import Till
from tests.waiting import PATIENCE
from tui_pos.errors import Refused
from tui_pos.inputs import ResolvePayment, Tender

PAID = ResolvePayment(paid=True, reason="the terminal printed its slip")
NOT_PAID = ResolvePayment(paid=False, reason="the terminal shows nothing")


async def fails(till: Till, slug: str) -> None:
    """A card payment of all that is due, which ends with this refusal."""
    assert (await till.give(Tender("CARD"))).pending
    await ends(till, slug)


async def ends(till: Till, slug: str, saying: str = "") -> None:
    """The card payment under way ends with this refusal, which says this."""
    with pytest.raises(Refused) as caught:
        await till.register.card_payment()
    assert caught.value.slug == slug
    assert saying in caught.value.message


async def asked(till: Till) -> None:
    """The order has left the till."""
    async with asyncio.timeout(PATIENCE):
        await till.twin("terminal").was_asked.wait()


def charges(till: Till) -> list[int]:
    return [approval.amount for _, approval in till.twin("terminal").payments]


async def recovered(till: Till) -> None:
    """The terminal has been asked how a payment in doubt ended."""
    task = till.register._desk.recovery
    assert task is not None
    await asyncio.wait([task], timeout=PATIENCE)
