"""Households, customers and offers between several tills and their server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from backoffice import schema
from backoffice.feed.publishing import Change
from backoffice.messages import add_message
from backoffice.shops import find_shop
from sync.protocol import CustomerRecord, FamilyRecord
from sync.protocol.terms import BudgetRecord, OfferRecord, Quota, TariffRecord
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill
from tui_pos.enquiries import Enquiries
from tui_pos.errors import Refused
from tui_pos.events import Event, TicketRepriced
from tui_pos.inputs import (
    AcknowledgeMessage,
    ChangeCustomer,
    CreateCustomer,
    Scan,
    SetCustomer,
    SignIn,
    Tender,
)
from tui_pos.outcomes import TicketView

HOUSEHOLD = CustomerRecord("H1", "Household 1011", "QF1", groups=("CLUB",))
FIFTH = TariffRecord(code="QF1", label="Band 1", percent="20")
BUDGET = BudgetRecord(customer="H1", month="2026-11", amount=1_000, balance=1_000)
DEAR = PRODUCTS[39]
"""3.73: two of them fit into the budget, three do not."""
CHEAP = PRODUCTS[1]


@pytest.fixture
async def grocery(backend: Backend) -> Backend:
    await backend.put(HOUSEHOLD, FIFTH, BUDGET)
    return backend


@pytest.fixture
async def tills(grocery: Backend, tmp_path: Path) -> AsyncIterator[list[SimTill]]:
    made = [SimTill(grocery, tmp_path, name) for name in ("1", "2")]
    for till in made:
        await till.enrol()
        await till.start()
    yield made
    for till in made:
        await till.stop()


async def sell(till: SimTill, count: int) -> TicketView:
    """So many dear goods to the household."""
    await till.register.accept(SetCustomer("H1"))
    for _ in range(count):
        await till.register.accept(Scan(DEAR.code))
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    till.sold.append(outcome.closed)
    return outcome.closed


async def news(*tills: SimTill) -> None:
    """All has gone up, and comes down."""
    for till in tills:
        await till.pushed()
    for till in tills:
        await till.engine.load_changes()
        await till.register.refresh()


def left(till: SimTill) -> int | None:
    pane = till.register.customer_pane()
    assert pane is not None
    return pane.budget


async def alarms(backend: Backend, kind: str) -> list[str]:
    return [row.text for row in await backend.rows(schema.alarm) if row.kind == kind]


async def test_two_offline_tills_overspend_one_budget_and_both_sides_hear_of_it(
    grocery: Backend, tills: list[SimTill]
) -> None:
    one, two = tills
    for till in tills:
        till.wire.plugged = False
        await sell(till, 2)
        await till.register.accept(SetCustomer("H1"))
        assert left(till) == 1_000 - 2 * 373
    assert await alarms(grocery, "budget") == []

    for till in tills:
        till.wire.plugged = True
    await news(one, two)

    (text,) = await alarms(grocery, "budget")
    assert "H1" in text
    for till in tills:
        assert left(till) == 1_000 - 4 * 373
        notice = (await till.register.accept(SetCustomer("H1"))).notice
        assert notice is not None
        assert notice.slug == "overspent"
        await till.register.accept(Scan(DEAR.code))
        await till.register.accept(SignIn("1", "1111"))
        with pytest.raises(Refused) as caught:
            await till.register.accept(Tender("CASH"))
        assert caught.value.slug == "budget_exceeded"
        await till.pushed()
        await same_books(till, grocery)


async def test_a_visit_at_one_till_is_said_at_the_other_once_the_server_has_told_of_it(
    tills: list[SimTill],
) -> None:
    one, two = tills
    visited = await sell(one, 1)
    two.wire.plugged = False
    assert (await two.register.accept(SetCustomer("H1"))).notice is None
    two.wire.plugged = True

    await news(one, two)

    notice = (await two.register.accept(SetCustomer("H1"))).notice
    assert notice is not None
    assert notice.slug == "second_visit"
    assert visited.number is not None
    assert visited.number in notice.text


async def test_goods_count_at_every_till_under_the_family_that_they_were_sold_under(
    tills: list[SimTill], grocery: Backend
) -> None:
    one, two = tills
    quota = Quota(family="OLD", quantity="1")
    await grocery.put(
        FamilyRecord("OLD", "Old"), replace(DEAR, family="OLD"), replace(BUDGET, quotas=(quota,))
    )
    await news(one, two)
    await sell(one, 1)
    await grocery.put(replace(DEAR, family="NEW"), replace(CHEAP, family="OLD"))
    await one.engine.load_changes()
    for till in (one, two):
        await news(one, two)
        await till.register.accept(SignIn("1", "1111"))
        await till.register.accept(SetCustomer("H1"))
        await till.register.accept(Scan(CHEAP.code))
        with pytest.raises(Refused) as caught:
            await till.register.accept(Tender("CASH"))
        assert caught.value.slug == "quota_exceeded"


async def test_a_household_that_is_taken_away_while_it_buys_pays_full_prices_and_that_is_said(
    tills: list[SimTill], grocery: Backend
) -> None:
    till = tills[0]
    told: list[Event] = []
    await till.register.accept(SetCustomer("H1"))
    await till.register.accept(Scan(DEAR.code))
    till.register.events.subscribe(told.append)
    await grocery.publish(Change("customer", "H1"), Change("budget", "H1"))
    await news(till)
    assert _total(till) == 373
    assert [event for event in told if isinstance(event, TicketRepriced)]
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    till.sold.append(outcome.closed)
    await till.pushed()
    await same_books(till, grocery)


async def test_what_the_server_has_counted_is_not_taken_off_again(tills: list[SimTill]) -> None:
    one, two = tills
    await sell(one, 1)
    await news(one, two)
    await sell(two, 1)
    for till, known in ((one, 1), (two, 2)):
        await till.register.accept(SetCustomer("H1"))
        assert left(till) == 1_000 - known * 373
    await news(one, two)
    assert [left(till) for till in tills] == [1_000 - 2 * 373] * 2


async def test_a_customer_made_offline_is_known_to_all_tills_once_the_cable_is_back(
    tills: list[SimTill], grocery: Backend
) -> None:
    one, two = tills
    codes = []
    for till in tills:
        till.wire.plugged = False
        outcome = await till.register.accept(CreateCustomer(name=f"Made at {till.name}"))
        assert outcome.customer is not None
        codes.append(outcome.customer.code)
        till.wire.plugged = True
    assert codes == ["1-C00001", "2-C00001"]
    await news(one, two)
    for till in tills:
        names = [(await till.register.customer(code)).name for code in codes]
        assert names == ["Made at 1", "Made at 2"]
        await same_books(till, grocery)


async def test_where_two_tills_change_one_customer_both_have_the_servers_word(
    tills: list[SimTill], grocery: Backend
) -> None:
    one, two = tills
    for till in tills:
        till.wire.plugged = False
    await one.register.accept(ChangeCustomer(code="H1", name="First", phone="0600000001"))
    await two.register.accept(ChangeCustomer(code="H1", name="Second", email="a@b.fr"))
    for till in tills:
        till.wire.plugged = True
        await till.pushed()
    await news(one, two)
    found = [await till.register.customer("H1") for till in tills]
    assert found[0] == found[1]
    assert (found[0].name, found[0].phone, found[0].email) == ("First", "0600000001", "a@b.fr")
    assert len(await alarms(grocery, "customer")) == 1


async def test_the_servers_offers_come_to_the_open_ticket_and_nobody_waits(
    tills: list[SimTill], grocery: Backend
) -> None:
    till = tills[0]
    enquiries = Enquiries(till.register, till.engine)
    enquiries.start()
    # the feed has not brought it yet
    await grocery.put(
        OfferRecord(
            code="O",
            label="Club",
            kind="percent",
            value="50",
            scope="product",
            target=DEAR.code,
            group="CLUB",
        )
    )
    await till.register.accept(Scan(DEAR.code))
    await till.register.accept(SetCustomer("H1"))
    assert _total(till) == 75
    await _settled(enquiries)
    assert _total(till) == 75 - 38
    enquiries.stop()


async def test_without_the_cable_the_offers_of_the_feed_go(tills: list[SimTill], grocery: Backend) -> None:
    till = tills[0]
    await grocery.put(
        OfferRecord(code="O", label="All", kind="percent", value="10", scope="product", target=DEAR.code)
    )
    await news(till)
    enquiries = Enquiries(till.register, till.engine)
    enquiries.start()
    till.wire.plugged = False
    await till.register.accept(Scan(DEAR.code))
    await _settled(enquiries)
    assert _total(till) == 373 - 37
    enquiries.stop()


async def test_a_message_for_the_closing_is_asked_for_then_and_its_reader_known_to_the_server(
    tills: list[SimTill], grocery: Backend
) -> None:
    till = tills[0]
    enquiries = Enquiries(till.register, till.engine)
    enquiries.start()
    values = {"text": "Count twice", "at": "2026-11-22T07:00:00.000Z", "moment": "closing", "must_ack": True}
    await grocery.server.database.write(
        lambda connection: add_message(connection, find_shop(connection).id, values)
    )
    await sell(till, 1)
    await _settled(enquiries)
    assert not till.register.messages
    await till.close_session()
    await _settled(enquiries)
    (message,) = till.register.messages
    assert (message.text, message.must_ack) == ("Count twice", True)
    await till.register.accept(AcknowledgeMessage(message.id))
    await till.pushed()
    assert len(await grocery.rows(schema.message_read)) == 1
    enquiries.stop()


def _total(till: SimTill) -> int:
    assert till.register.totals is not None
    return till.register.totals.total


async def _settled(enquiries: Enquiries) -> None:
    """Wait for what is being asked, to its end."""
    while enquiries._tasks:
        await next(iter(enquiries._tasks.values()))
