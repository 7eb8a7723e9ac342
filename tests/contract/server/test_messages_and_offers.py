"""Messages, offers, customers and leases: what a server says to its tills beside the feed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from backoffice.messages import add_message
from backoffice.shops import find_shop
from sync.protocol import CustomerRecord
from sync.protocol.signed import document_holds
from sync.protocol.terms import OfferRecord
from sync.protocol.wire import BasketLine, LeaseReply, Messages, Offers, OffersRequest
from tests.waiting import PATIENCE
from tests.wire_till import Catalogue

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


async def send(shop: Shop, text: str, **other: Any) -> int:
    def work(connection: Connection) -> int:
        values = {"text": text, "at": shop.server.stamp(), **other}
        return add_message(connection, find_shop(connection, "Test shop").id, values)

    return await shop.write(work)


async def messages(till: WireTill, after: int = 0, wait: int = 0) -> list[str]:
    found = await till.call(Messages, "GET", f"/v1/messages?after={after}&wait={wait}")
    return [message.text for message in found.messages]


async def test_a_message_comes_until_the_till_has_it(shop: Shop, till: WireTill) -> None:
    first = await send(shop, "Good morning", moment="opening")
    await send(shop, "Bread is late", must_ack=True)

    assert await messages(till) == ["Good morning", "Bread is late"]
    assert await messages(till, first) == ["Bread is late"]


async def test_a_message_that_was_read_does_not_come_back(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    number = await send(shop, "Bread is late", must_ack=True)

    till.write("event", {"code": "message_read", "message": number})
    till.write("event", {"code": "message_read", "message": number})
    await till.push()

    assert await messages(till) == []
    assert await messages(other) == ["Bread is late"]


async def test_a_message_may_be_for_one_till(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    await send(shop, "Your printer comes at noon", till=await shop.till_id(till))

    assert await messages(till) == ["Your printer comes at noon"]
    assert await messages(other) == []


async def test_a_message_ends(shop: Shop, till: WireTill) -> None:
    await send(shop, "Today only", ends_at="2026-11-03T00:00:00.000Z")
    assert await messages(till) == ["Today only"]

    shop.clock.move(days=1)

    assert await messages(till) == []


async def test_whoever_waits_for_a_message_gets_it_within_seconds(shop: Shop, till: WireTill) -> None:
    waiting = asyncio.create_task(messages(till, wait=20))
    await send(shop, "Fire drill")

    assert await asyncio.wait_for(waiting, PATIENCE) == ["Fire drill"]


async def test_whoever_waits_is_sent_away_when_the_server_ends(shop: Shop, till: WireTill) -> None:
    calls = shop.client._transport.app.state.calls  # type: ignore[attr-defined]
    waiting = asyncio.create_task(messages(till, wait=50))
    while not calls.watch._waiting:
        await calls.watch.state()

    await calls.close()

    assert await asyncio.wait_for(waiting, PATIENCE) == []


def offer(code: str, **other: Any) -> OfferRecord:
    values: dict[str, Any] = {
        "label": code,
        "kind": "percent",
        "value": "10",
        "scope": "product",
        "target": "T1",
        **other,
    }
    return OfferRecord(code=code, **values)


async def offers(till: WireTill, customer: str | None = None, *codes: str) -> set[str]:
    request = OffersRequest(customer, tuple(BasketLine(code) for code in codes))
    found = await till.call(Offers, "POST", "/v1/offers", request)
    return {one.code for one in found.offers}


async def test_general_offers_and_this_customers_are_given(shop: Shop, till: WireTill) -> None:
    await shop.publish(
        CustomerRecord("C1", "Adèle", groups=("staff",)),
        CustomerRecord("C2", "Basile"),
        offer("all"),
        offer("hers", customer="C1"),
        offer("staff", group="staff"),
    )

    assert await offers(till) == {"all"}
    assert await offers(till, "C1") == {"all", "hers", "staff"}
    assert await offers(till, "C2") == {"all"}
    assert await offers(till, "nobody") == {"all"}


async def test_offers_are_those_of_the_goods_in_the_basket(shop: Shop, till: WireTill) -> None:
    await shop.publish(
        offer("tea"),
        offer("all tea", scope="family", target="TEA"),
        offer("grocery", scope="family", target="GROCERY"),
        offer("soap", target="S1"),
        offer("ticket", scope="ticket", target=""),
    )

    assert await offers(till, None, "T1") == {"tea", "all tea", "grocery", "ticket"}
    assert await offers(till, None, "S1", "unknown") == {"soap", "ticket"}


async def test_offers_go_between_their_dates(shop: Shop, till: WireTill) -> None:
    await shop.publish(
        offer("over", ends_at="2026-11-02T08:00:00.000Z"),
        offer("now", starts_at="2026-11-02T08:00:00.000Z", ends_at="2026-11-02T08:00:01.000Z"),
        offer("to come", starts_at="2026-11-02T08:00:01.000Z"),
    )

    assert await offers(till) == {"now"}


@pytest.mark.parametrize("body", [b"[]", b'{"basket":[{"code":5}]}', b'{"customer":5}'])
async def test_a_question_that_makes_no_sense_is_refused(till: WireTill, body: bytes) -> None:
    assert (await till.request("POST", "/v1/offers", body)).status_code == 400


async def test_a_customer_made_at_a_till_comes_to_the_others_by_the_feed(shop: Shop, till: WireTill) -> None:
    other, catalogue = await shop.till(), Catalogue()
    till.write("customer", {"customer": {"code": "1-C00001", "name": "Adèle"}, "user": "1"})
    await till.push()

    await catalogue.follow(other)

    assert catalogue.records["customer", "1-C00001"]["name"] == "Adèle"


async def test_a_customer_changed_at_two_tills_is_as_the_last_one_to_arrive_said(
    shop: Shop, till: WireTill
) -> None:
    other, catalogue = await shop.till(), Catalogue()
    till.write("customer", {"customer": {"code": "C1", "name": "Adèle"}})
    other.write("customer", {"customer": {"code": "C1", "name": "Adèle Durand"}})
    await other.push()
    await till.push()

    await catalogue.follow(till)

    assert catalogue.records["customer", "C1"]["name"] == "Adèle"


async def test_a_lease_is_signed_for_this_till(shop: Shop, till: WireTill) -> None:
    reply = await till.call(LeaseReply, "POST", "/v1/lease")

    lease = msgspec.json.decode(reply.lease)
    assert document_holds(lease, bytes.fromhex(shop.server.public_key))
    assert (lease["till"], lease["until"][:10]) == (till.till_id, "2027-01-01")
