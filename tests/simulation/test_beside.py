"""What a till has of its server beside journal and feed: messages, offers, lease, settings; and what rests when."""

from __future__ import annotations

import asyncio

import pytest

from sync.errors import Resting, SyncError
from sync.events import Link, LinkChanged, MessagesChanged
from sync.protocol.terms import OfferRecord, SettingRecord
from sync.protocol.wire import BasketLine
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.till import SimTill
from tui_pos.inputs import AcknowledgeMessage
from tui_pos.outcomes import MessageView

GOODS = (BasketLine(PRODUCTS[0].code), BasketLine(PRODUCTS[1].code, "2"))
TENTH = OfferRecord(code="O1", label="A tenth off", kind="percent", value="10", scope="ticket")


async def test_a_message_comes_is_read_once_and_its_reading_is_in_the_journal(
    till: SimTill, backend: Backend
) -> None:
    number = await backend.say("Change the paper roll")
    await till.engine.fetch_messages()
    assert [message.text for message in till.engine.messages] == ["Change the paper roll"]

    await till.restart()
    await asyncio.sleep(1)
    assert [message.id for message in till.engine.messages] == [number]
    till.register.exchange_stands("up", (MessageView(str(number), "Change the paper roll"),))
    await till.register.accept(AcknowledgeMessage(str(number)))
    await till.engine.messages_read()
    await till.engine.fetch_messages()

    assert till.engine.messages == ()
    entry = (await till.store.journal.entries(till.store.journal.head.seq - 1))[0]
    assert b'"message_read"' in entry.canonical
    assert [event.unread for event in till.seen(MessagesChanged)][-1] == 0


async def test_a_message_comes_by_itself_while_the_till_is_idle(till: SimTill, backend: Backend) -> None:
    await till.engine.change_settings({"message_wait": 50, "feed_interval": 1})
    await till.restart_engine()
    await asyncio.sleep(100)
    await backend.say("We close early today")
    await asyncio.sleep(3)

    assert [message.text for message in till.engine.messages] == ["We close early today"]


async def test_offers_are_the_servers_for_this_basket(till: SimTill, backend: Backend) -> None:
    await backend.put(TENTH)

    assert await till.engine.offers(None, GOODS) == (TENTH,)


async def test_after_a_failure_offers_rest_and_ping_ends_it(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    till.wire.next = ["lost request"]
    with pytest.raises(SyncError, match="cannot be reached"):
        await till.engine.offers(None, GOODS)
    till.wire.passed = []

    with pytest.raises(Resting):
        await till.engine.offers(None, GOODS)
    assert not any(request.target == "/v1/offers" for request in till.wire.passed)

    assert await till.engine.ping() is Link.UP
    assert await till.engine.offers(None, GOODS) == ()


async def test_messages_rest_without_keeping_tickets_back_until_a_push_goes_through(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.next = ["lost request"]
    with pytest.raises(SyncError):
        await till.engine.fetch_messages()
    with pytest.raises(Resting):
        await till.engine.fetch_messages()

    await till.sell()
    await till.pushed(within=5)

    assert await till.engine.fetch_messages() == 0


async def test_the_crossed_network_shows_within_seconds_and_goes_as_soon(till: SimTill) -> None:
    await till.engine.change_settings({"ping_interval": 5})
    await asyncio.sleep(400)
    till.events.clear()
    till.wire.plugged = False
    await asyncio.sleep(20)
    assert till.engine.link is Link.DOWN
    till.wire.plugged = True
    await asyncio.sleep(20)

    assert [event.link for event in till.seen(LinkChanged)] == [Link.DOWN, Link.UP]


async def test_a_setting_of_the_shop_reaches_the_till_and_one_made_here_counts_more(
    till: SimTill, backend: Backend
) -> None:
    await backend.put(
        SettingRecord(code="ticket_interval", value="30"), SettingRecord(code="ping_interval", value="60")
    )
    await till.engine.load_changes()

    assert till.engine.timers.ticket_interval == 30
    assert till.engine.timers.ping_interval == 300


async def test_a_lease_is_renewed_from_half_of_its_life_on(till: SimTill) -> None:
    first = till.engine.lease
    assert first is not None
    await till.stop()
    await asyncio.sleep(40 * 86_400)
    await till.start()
    await asyncio.sleep(60)

    renewed = till.engine.lease
    assert renewed is not None
    assert renewed.until > first.until


async def test_while_paused_everything_is_recorded_and_nothing_sent(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    await till.engine.pause(paused=True)
    before = await backend.tickets()
    await till.sell_many(3)
    await asyncio.sleep(600)
    assert await backend.tickets() == before
    assert (await till.engine.status()).paused

    await till.stop()
    await till.open()
    await till.restart_engine()
    await asyncio.sleep(600)
    assert await backend.tickets() == before, "a restart sends nothing either"
    await till.sign_in()

    await till.engine.pause(paused=False)
    await till.pushed()
    assert len(await backend.tickets()) == len(before) + 3


async def test_status_says_where_the_exchange_stands(till: SimTill) -> None:
    await till.pushed()
    till.wire.plugged = False
    await till.engine.ping()
    await till.sell()
    status = await till.engine.status()

    assert (status.link, status.unsent, status.refused) == (Link.DOWN, 1, 0)
    assert status.oldest == (await till.store.journal.entries(status.sent))[0].at
    assert status.lease_until
    assert any(exchange.outcome == "the cable is out" for exchange in till.engine.log)
