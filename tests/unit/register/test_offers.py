"""Offers at the till: by themselves, with their reason, early or late."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.protocol import FamilyRecord, ProductRecord
from tests.small_shop import CARD, COFFEE, LENTILS, SPONGE, Shop, Till, closed, tickets_add_up
from tests.small_terms import FIFTH, MEMBER, bring, offer
from tui_pos.events import CustomerChanged
from tui_pos.inputs import Discount, Hold, Print, Recall, Return, SetCustomer, SetQuantity, Tender

SUPPER = offer("S", "Supper", scope="ticket", target="", kind="amount", value="100")


async def test_an_offer_for_everybody_is_on_the_line_with_its_reason(cashier: Till) -> None:
    await bring(cashier, offer())
    ticket = await cashier.sell(LENTILS, SPONGE)
    lentils, sponge = ticket.lines
    assert (lentils.discount, lentils.offer) == (25, "Winter")
    assert (sponge.discount, sponge.offer) == (0, None)
    tickets_add_up(ticket)


async def test_the_receipt_says_why(cashier: Till) -> None:
    await bring(cashier, offer())
    await cashier.sell(LENTILS)
    text = (await cashier.give(Print("receipt"))).text
    assert text is not None
    assert any("Winter" in line and "0.25" in line for line in text)


async def test_an_offer_that_the_feed_brings_counts_on_the_open_ticket_at_once(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await bring(cashier, offer())
    assert cashier.due == 224


async def test_an_offer_that_ended_while_the_ticket_was_held_is_gone_and_it_is_said(
    cashier: Till, shop: Shop
) -> None:
    await bring(cashier, offer(ends_at="2026-11-22T13:00:00Z"))
    await cashier.scan(LENTILS)
    assert cashier.due == 224
    await cashier.give(Hold())
    shop.clock.pass_by(hours=3)
    notice = (await cashier.give(Recall())).notice
    assert cashier.due == 249
    assert notice is not None
    assert notice.text == "Priced anew: €2.49 instead of €2.24."


async def test_an_offer_that_ends_before_anything_is_paid_is_gone_when_paying_begins(
    cashier: Till, shop: Shop
) -> None:
    await bring(cashier, offer(ends_at="2026-11-22T13:00:00Z"))
    await cashier.scan(LENTILS)
    await cashier.give(Tender("CASH", 100))
    shop.clock.pass_by(hours=3)
    assert cashier.due == 124
    await cashier.give(Tender("CASH"))
    await cashier.scan(LENTILS)
    assert cashier.due == 249


async def test_an_offer_on_the_ticket_is_shared_out_with_its_reason(cashier: Till) -> None:
    await bring(cashier, SUPPER)
    ticket = await cashier.sell(LENTILS, SPONGE)
    assert ticket.discount == 100
    assert {line.offer for line in ticket.lines} == {"Supper"}


async def test_the_journal_keeps_the_reason(cashier: Till) -> None:
    await bring(cashier, offer())
    await cashier.sell(LENTILS, SPONGE)
    (entry,) = await cashier.journal("ticket")
    assert [line.get("offer") for line in entry["lines"]] == ["Winter", None]


async def test_an_offer_holds_for_families_nested_in_its_own(cashier: Till) -> None:
    await cashier.store.catalogue.put_products([ProductRecord("888", "Brie", 400, "5.5", "CHEESE")])
    await bring(cashier, FamilyRecord("FOOD", "Food"), FamilyRecord("CHEESE", "Cheese", "FOOD"), offer())
    await cashier.scan("888")
    assert cashier.due == 360


async def test_an_offer_for_a_group_waits_for_the_card(cashier: Till) -> None:
    await bring(cashier, MEMBER, offer(group="CLUB"))
    await cashier.scan(LENTILS)
    assert cashier.due == 249
    await cashier.scan(CARD)
    assert cashier.due == 224
    await cashier.give(SetCustomer(None))
    assert cashier.due == 249


async def test_an_offer_for_one_customer_is_not_for_another(cashier: Till) -> None:
    await bring(cashier, offer(customer="C2"))
    await cashier.scan(LENTILS, CARD)
    assert cashier.due == 249
    await cashier.give(SetCustomer("C2"))
    assert cashier.due == 224


async def test_an_offer_begins_and_ends_while_a_ticket_is_open(cashier: Till, shop: Shop) -> None:
    await bring(cashier, offer(starts_at="2026-11-22T12:30:00Z", ends_at="2026-11-22T13:00:00Z"))
    await cashier.scan(COFFEE)
    assert cashier.due == 389
    shop.clock.pass_by(minutes=30)
    await cashier.scan(SPONGE)
    assert cashier.due == 389 - 39 + 179
    shop.clock.pass_by(minutes=30)
    await cashier.give(SetQuantity(Decimal(2)))
    assert cashier.due == 389 + 2 * 179


async def test_what_somebody_took_off_by_hand_stays(supervisor: Till) -> None:
    await bring(supervisor, offer(value="50"))
    await supervisor.scan(COFFEE)
    await supervisor.give(Discount(percent=Decimal(10)))
    await supervisor.scan(SPONGE)
    assert supervisor.totals == [350, 179]
    assert supervisor.ticket.lines[0].offer is None


async def test_an_offer_taken_off_by_hand_does_not_come_back(supervisor: Till, shop: Shop) -> None:
    await bring(supervisor, offer(value="50"), SUPPER)
    await supervisor.scan(COFFEE, LENTILS)
    await supervisor.give(Discount(percent=Decimal(0), line=1))
    assert supervisor.due == 389 + 124 - 100
    await supervisor.give(Discount(scope="ticket", amount=0))
    assert supervisor.totals == [389, 124]
    assert [line.offer for line in supervisor.ticket.lines] == [None, "Winter"]

    await supervisor.scan(SPONGE)
    await supervisor.give(SetQuantity(Decimal(2), line=1))
    assert supervisor.totals == [778, 124, 179]
    again = await (await shop.power_cut()).sign_in("2")
    await again.scan(CARD)
    assert again.totals == [778, 124, 179]
    entry = closed(await again.pay("CASH"))
    assert entry.total == 778 + 124 + 179


async def test_beside_an_offer_taken_off_the_tickets_own_still_says_why(supervisor: Till) -> None:
    await bring(supervisor, offer(), SUPPER)
    await supervisor.scan(COFFEE)
    await supervisor.give(Discount(percent=Decimal(0)))
    assert (supervisor.due, supervisor.ticket.lines[0].offer) == (289, "Supper")


WORTH = {
    # of coffee at 3.89, lentils at 2.49 and a sponge at 1.79: what each kind takes off for each scope
    ("percent", "product"): ("10", 39),
    ("percent", "family"): ("10", 39 + 25),
    ("percent", "ticket"): ("10", 82),
    ("amount", "product"): ("50", 50),
    ("amount", "family"): ("50", 100),
    ("amount", "ticket"): ("50", 50),
    ("price", "product"): ("200", 189),
    ("price", "family"): ("200", 189 + 49),
}
TARGETS = {"product": COFFEE, "family": "FOOD", "ticket": ""}
AUDIENCES = {"all": {}, "customer": {"customer": "C1"}, "group": {"group": "CLUB"}}


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize(("kind", "scope"), WORTH)
async def test_every_kind_goes_for_every_scope_and_audience_while_its_time_lasts(
    cashier: Till, shop: Shop, kind: str, scope: str, audience: str
) -> None:
    value, worth = WORTH[kind, scope]
    times = {"starts_at": "2026-11-22T12:30:00Z", "ends_at": "2026-11-22T13:00:00Z"}
    terms = {"kind": kind, "scope": scope, "value": value, "target": TARGETS[scope], **AUDIENCES[audience]}
    await bring(cashier, MEMBER, offer(**terms, **times))
    await cashier.scan(COFFEE, LENTILS)

    await cashier.scan(SPONGE)
    assert cashier.due == 817
    shop.clock.pass_by(minutes=30)
    await cashier.give(SetCustomer("C2"))
    assert cashier.due == (817 - worth if audience == "all" else 817)
    await cashier.give(SetCustomer("C1"))
    assert cashier.due == 817 - worth
    reasons = [line.offer for line in cashier.ticket.lines]
    assert reasons.count("Winter") == {"product": 1, "family": 2, "ticket": 3}[scope]
    await cashier.pay("CASH")
    text = (await cashier.give(Print("receipt"))).text
    assert text is not None
    assert sum("Winter" in line for line in text) == reasons.count("Winter")
    shop.clock.pass_by(minutes=30)
    await cashier.scan(CARD, COFFEE)
    assert cashier.due == 389


async def test_offers_come_off_with_goods_that_come_back(supervisor: Till) -> None:
    await bring(supervisor, offer())
    sale = await supervisor.sell(LENTILS)
    await supervisor.give(Return(sale.number or ""))
    assert closed(await supervisor.pay("CASH")).total == -sale.total


async def test_offers_survive_the_power_cut(cashier: Till, shop: Shop) -> None:
    await bring(cashier, MEMBER, offer(group="CLUB"))
    await cashier.scan(LENTILS, CARD)
    again = await (await shop.power_cut()).sign_in()
    assert again.due == 224
    await again.scan(COFFEE)
    assert again.totals == [224, 350]


async def test_a_recalled_ticket_has_the_offers_of_its_customer(cashier: Till) -> None:
    await bring(cashier, MEMBER, offer(group="CLUB"))
    await cashier.scan(LENTILS, CARD)
    await cashier.give(Hold())
    await cashier.sell(COFFEE)
    await cashier.give(Recall())
    await cashier.scan(COFFEE)
    assert cashier.totals == [224, 350]


# --- those of the server come late


async def test_late_offers_are_put_on_the_open_ticket(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    ticket = cashier.ticket
    await cashier.register.take_offers(ticket.uuid, None, [offer()])
    assert cashier.due == 224
    await cashier.scan(COFFEE)
    assert cashier.totals == [224, 350]


async def test_late_offers_are_for_the_ticket_that_they_were_asked_for(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    first = cashier.ticket
    await cashier.sell(cash=249)
    await cashier.scan(COFFEE)
    await cashier.register.take_offers(first.uuid, None, [offer()])
    assert cashier.due == 389


async def test_late_offers_are_for_the_customer_that_they_were_asked_for(cashier: Till) -> None:
    await cashier.scan(LENTILS, CARD)
    await cashier.register.take_offers(cashier.ticket.uuid, None, [offer()])
    assert cashier.due == 249
    await cashier.register.take_offers(cashier.ticket.uuid, "C1", [offer()])
    assert cashier.due == 224


async def test_late_offers_change_nothing_that_is_being_paid(cashier: Till, shop: Shop) -> None:
    await cashier.scan(LENTILS)
    uuid = cashier.ticket.uuid
    cashier.twin("terminal").set(answer="slow")
    assert (await cashier.give(Tender("CARD"))).pending
    await cashier.register.take_offers(uuid, None, [offer()])
    assert cashier.due == 249
    shop.gate.set()
    assert closed(await cashier.register.card_payment()).total == 249


async def test_an_offer_that_makes_no_sense_is_left_out(cashier: Till) -> None:
    await bring(
        cashier,
        offer("A", value="150"),
        offer("B", value="much"),
        offer("C", value="NaN"),
        offer("D", kind="amount", value="-5"),
        offer("E", starts_at="yesterday"),
        offer("F", label="Sound", value="20"),
    )
    await cashier.scan(LENTILS)
    assert cashier.ticket.lines[0].offer == "Sound"


@pytest.mark.parametrize(
    "family", [FamilyRecord("FOOD", "Food", "FOOD"), FamilyRecord("FOOD", "Food", "NONE")]
)
async def test_families_that_nest_in_circles_stop_nothing(cashier: Till, family: FamilyRecord) -> None:
    await bring(cashier, family, offer())
    await cashier.scan(LENTILS)
    assert cashier.due == 224


async def test_a_customer_who_changes_is_told_once(cashier: Till) -> None:
    await bring(cashier, MEMBER, FIFTH)
    await cashier.scan(LENTILS, CARD)
    codes = [event.code for event in cashier.told if isinstance(event, CustomerChanged)]
    await cashier.pay("CASH")
    assert codes == ["C1"]
    assert isinstance(cashier.told[-3], CustomerChanged)
