"""Households that a solidarity grocery helps: tariff, period, budget and quotas, discreetly and without a link."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.protocol import FamilyRecord
from sync.protocol.terms import TariffRecord
from tests.small_shop import (
    BREAD,
    CARD,
    COFFEE,
    LENTILS,
    SPONGE,
    TOMATOES,
    WINE,
    Shop,
    Till,
    closed,
    tickets_add_up,
)
from tests.small_terms import FIFTH, HOUSEHOLD, bring, budget, left
from tui_pos.errors import Refused
from tui_pos.events import CustomerChanged, TicketRepriced
from tui_pos.inputs import (
    Authorize,
    Hold,
    Print,
    Recall,
    Return,
    Scan,
    SetCustomer,
    SetPrice,
    SetQuantity,
    Tender,
)

H1 = "H1"


# --- the tariff


async def test_the_card_brings_the_tariff_whenever_it_is_shown(helped: Till) -> None:
    await helped.scan(LENTILS, "2900010000305", COFFEE)
    assert helped.totals == [50, 78]
    assert [line.value for line in helped.ticket.lines] == [249, 389]
    tickets_add_up(closed(await helped.pay("CASH")))


async def test_without_its_card_the_prices_are_those_of_the_shelf(helped: Till) -> None:
    await helped.scan(LENTILS, H1)
    await helped.give(SetCustomer(None))
    assert helped.totals == [249]
    assert helped.ticket.lines[0].value is None


async def test_a_price_that_is_asked_for_is_a_market_price(helped: Till) -> None:
    await helped.scan(H1, BREAD)
    await helped.enter("2.00")
    assert (helped.totals, helped.ticket.lines[0].value) == ([40], 200)


async def test_a_price_given_by_hand_stays_whoever_buys(supervisor: Till) -> None:
    await bring(supervisor, FIFTH, HOUSEHOLD)
    await supervisor.scan(COFFEE)
    await supervisor.give(SetPrice(300))
    await supervisor.scan(H1)
    assert supervisor.totals == [300]


async def test_a_family_has_a_share_of_its_own_and_a_product_a_price(cashier: Till) -> None:
    tariff = TariffRecord(
        code="QF1", label="Band 1", percent="20", families={"ALL": "10", "DRINKS": "50"}, prices={SPONGE: 30}
    )
    families = [FamilyRecord("ALL", "All"), FamilyRecord("FOOD", "Food", "ALL")]
    await bring(cashier, tariff, HOUSEHOLD, *families)
    await cashier.scan(H1, COFFEE, WINE, SPONGE)
    assert cashier.totals == [39, 325, 30]


async def test_nothing_on_paper_or_on_the_display_tells_of_help(helped: Till) -> None:
    await helped.scan(COFFEE, H1)
    shown = " ".join(helped.twin("display").output()["lines"])
    ticket = closed(await helped.pay("BUDGET"))
    text = (await helped.give(Print("receipt"))).text or ()
    paper = "\n".join(text)
    assert ticket.customer == H1
    for word in ("QF1", "Band", "3.89", "Household", "Budget"):
        assert word not in paper
        assert word not in shown
    assert "Account" in paper


async def test_a_card_that_changes_the_total_says_so(helped: Till) -> None:
    await helped.scan(COFFEE)
    notice = (await helped.scan(H1)).notice
    assert notice is not None
    assert (notice.slug, notice.text) == ("repriced", "Priced anew: €0.78 instead of €3.89.")
    notice = (await helped.give(SetCustomer(None))).notice
    assert notice is not None
    assert notice.text == "Priced anew: €3.89 instead of €0.78."


async def test_what_the_card_says_and_the_new_total_are_said_together(helped: Till) -> None:
    await helped.sell(H1, LENTILS)
    await helped.scan(COFFEE)
    notice = (await helped.scan(H1)).notice
    assert notice is not None
    assert notice.slug == "second_visit"
    assert notice.text.endswith("Priced anew: €0.78 instead of €3.89.")


async def test_a_tariff_that_the_feed_changes_counts_on_the_open_ticket_at_once(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await bring(helped, TariffRecord(code="QF1", label="Band 1", percent="10"))
    assert helped.totals == [39]
    await helped.give(Tender("CASH", 10))
    await bring(helped, FIFTH)
    assert helped.totals == [39]


async def test_a_total_that_the_feed_changes_between_two_inputs_is_said(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    helped.told.clear()
    await bring(helped, replace(FIFTH, percent="50"))
    assert helped.totals == [195]
    (said,) = [event.message for event in helped.told if isinstance(event, TicketRepriced)]
    assert said == "Priced anew: €1.95 instead of €0.78."


async def test_what_the_feed_changes_elsewhere_is_not_said_of_the_ticket(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    helped.told.clear()
    await bring(helped, budget(5_000))
    assert not [event for event in helped.told if isinstance(event, TicketRepriced)]


async def test_a_tariff_that_is_unknown_where_tariffs_are_is_said(helped: Till) -> None:
    await bring(helped, replace(HOUSEHOLD, tariff="QF9"))
    notice = (await helped.scan(COFFEE, H1)).notice
    assert notice is not None
    assert (notice.slug, "QF9" in notice.text) == ("unknown_tariff", True)


async def test_a_household_is_not_asked_for_by_a_ticket_that_is_paid_in_part(expired: Till) -> None:
    await expired.scan(COFFEE)
    await expired.give(Tender("CASH", 100))
    with pytest.raises(Refused) as caught:
        await expired.scan(H1)
    assert caught.value.slug == "not_allowed"


async def test_a_tariff_that_the_feed_does_not_know_asks_the_full_price(cashier: Till) -> None:
    await bring(cashier, HOUSEHOLD)
    await cashier.scan(COFFEE, H1)
    assert cashier.totals == [389]


# --- the access period


@pytest.fixture
async def expired(helped: Till) -> Till:
    await bring(helped, budget(starts_on="2026-08-01", ends_on="2026-10-31"))
    return helped


@pytest.mark.parametrize("given", [Scan(H1), SetCustomer(H1)])
async def test_outside_the_period_the_card_is_refused_with_its_reason(
    expired: Till, given: Scan | SetCustomer
) -> None:
    await expired.scan(COFFEE)
    refused = await expired.refused(given)
    assert refused.slug == "out_of_period"
    assert "31/10/2026" in refused.message
    assert expired.totals == [389]


async def test_a_supervisor_lets_the_household_buy_and_it_is_written_down(expired: Till) -> None:
    await expired.scan(COFFEE)
    await expired.refused(Scan(H1))
    outcome = await expired.lend()
    assert outcome.notice is not None
    assert "Dominique" in outcome.notice.text
    assert expired.totals == [78]
    (waived,) = await expired.events("terms_waived")
    assert (waived["customer"], waived["reason"], waived["by"], waived["user"]) == (
        H1,
        "out_of_period",
        "2",
        "1",
    )
    assert [event["right"] for event in await expired.events("right_lent")] == ["budget"]


async def test_a_supervisor_at_the_till_is_told_that_it_was_written_down(supervisor: Till) -> None:
    await bring(supervisor, FIFTH, HOUSEHOLD, budget(ends_on="2026-10-31"))
    outcome = await supervisor.scan(H1)
    assert outcome.notice is not None
    assert outcome.notice.slug == "out_of_period"
    assert len(await supervisor.events("terms_waived")) == 1


async def test_a_held_ticket_is_looked_at_again_when_it_is_recalled(helped: Till, shop: Shop) -> None:
    await bring(helped, budget(ends_on="2026-11-22"))
    await helped.scan(COFFEE, H1)
    await helped.give(Hold())
    shop.clock.pass_by(days=1)
    with pytest.raises(Refused) as caught:
        await helped.give(Recall())
    assert caught.value.slug == "out_of_period"
    assert helped.register.held_count == 1
    await helped.lend()
    assert helped.totals == [78]


async def test_goods_come_back_from_a_household_whose_period_is_over(supervisor: Till, shop: Shop) -> None:
    await bring(supervisor, FIFTH, HOUSEHOLD, budget(ends_on="2026-11-22"))
    sale = await supervisor.sell(COFFEE, H1)
    shop.clock.pass_by(days=1)
    await supervisor.give(Return(sale.number or ""))
    assert closed(await supervisor.pay("CASH")).total == -78


# --- the budget


async def test_what_was_bought_here_is_taken_off_without_a_link(helped: Till) -> None:
    await helped.sell(H1, COFFEE, COFFEE)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 2 * 389


async def test_more_than_the_budget_is_refused_before_anything_is_paid(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(8)))
    for method in ("CASH", "CARD", "BUDGET", "CHEQUE"):
        refused = await helped.refused(Tender(method))
        assert refused.slug == "budget_exceeded"
        assert "31.12" in refused.message
        assert "30.00" in refused.message
    assert helped.ticket.payments == ()
    assert helped.twin("terminal").output()["asked"] == 0


async def test_the_budget_counts_over_several_tickets(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(6)))
    await helped.pay("CASH")
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(2)))
    assert (await helped.refused(Tender("CASH"))).slug == "budget_exceeded"
    await helped.give(SetQuantity(Decimal(1)))
    assert closed(await helped.pay("CASH")).total == 78


async def test_a_supervisor_lets_a_ticket_go_beyond_the_budget_once(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(8)))
    await helped.refused(Tender("CASH", 100))
    await helped.lend()
    assert len(helped.ticket.payments) == 1
    # the rest of the same goods needs nobody again
    assert closed(await helped.pay("CASH")).total == 624
    (waived,) = await helped.events("terms_waived")
    assert (waived["reason"], waived["by"]) == ("budget_exceeded", "2")


async def test_what_was_allowed_is_no_leave_for_more_goods(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(8)))
    await helped.refused(Tender("CASH", 100))
    await helped.lend()
    await helped.scan(COFFEE)
    assert (await helped.refused(Tender("CASH"))).slug == "budget_exceeded"


async def test_a_wrong_pin_allows_nothing(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(8)))
    await helped.refused(Tender("CASH"))
    assert (await helped.refused(Authorize("2", "0000"))).slug == "bad_pin"
    assert (await helped.refused(Authorize("3", "3333"))).slug == "right_needed"
    assert helped.ticket.payments == ()


async def test_the_amount_paid_counts_where_the_grocery_says_so(helped: Till) -> None:
    await bring(helped, budget(100, basis="paid"))
    await helped.scan(H1, COFFEE)
    pane = helped.register.customer_pane()
    assert pane is not None
    assert (pane.budget, pane.taken) == (100, 78)
    await helped.pay("CASH")
    await helped.scan(H1, COFFEE)
    assert (await helped.refused(Tender("CASH"))).slug == "budget_exceeded"


async def test_what_comes_back_is_given_back_to_the_cent(supervisor: Till) -> None:
    await bring(supervisor, FIFTH, HOUSEHOLD, budget())
    await supervisor.scan(H1)
    await supervisor.enter(f"0.333*{TOMATOES}")
    await supervisor.scan(COFFEE)
    sale = closed(await supervisor.pay("CASH"))
    await supervisor.give(Return(sale.number or "", (1,)))
    await supervisor.give(SetQuantity(Decimal("-0.111")))
    await supervisor.pay("CASH")
    await supervisor.give(Return(sale.number or ""))
    await supervisor.pay("CASH")
    await supervisor.scan(H1)
    assert left(supervisor) == 3_000


async def test_the_servers_word_is_not_counted_twice(helped: Till) -> None:
    async with helped.store.transaction() as transaction:
        membership = (
            b'{"url":"","shop_id":"s","till_id":"T","number":"1","epoch":1,"server_key":"","database":""}'
        )
        await transaction.put_setting("sync.membership", membership)
    await helped.sell(H1, COFFEE)
    seen = helped.store.journal.head.seq
    await helped.sell(H1, LENTILS)
    await bring(helped, budget(3_000, balance=3_000 - 389, counted={"T": seen, "other": 999}))
    await helped.scan(H1)
    assert left(helped) == 3_000 - 389 - 249


async def test_a_change_of_the_budget_reaches_the_open_ticket(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    await bring(helped, budget(100))
    assert left(helped) == 100
    assert isinstance(helped.told[-1], CustomerChanged)
    assert (await helped.refused(Tender("CASH"))).slug == "budget_exceeded"


async def test_the_pane_is_the_cashiers(helped: Till) -> None:
    assert helped.register.customer_pane() is None
    await helped.scan(H1, COFFEE)
    pane = helped.register.customer_pane()
    assert pane is not None
    assert (pane.name, pane.tariff, pane.budget, pane.taken) == ("Household 1011", "Band 1", 3_000, 389)


async def test_the_budget_of_an_open_ticket_survives_the_power_cut(helped: Till, shop: Shop) -> None:
    await helped.scan(H1, COFFEE)
    await helped.give(SetQuantity(Decimal(8)))
    again = await (await shop.power_cut()).sign_in()
    assert left(again) == 3_000
    assert (await again.refused(Tender("CASH"))).slug == "budget_exceeded"


async def test_two_held_tickets_cannot_spend_one_budget_twice(helped: Till) -> None:
    for _ in range(2):
        await helped.scan(H1, COFFEE)
        await helped.give(SetQuantity(Decimal(5)))
        await helped.give(Hold())
    await helped.give(Recall())
    await helped.pay("CASH")
    await helped.give(Recall())
    assert (await helped.refused(Tender("CASH"))).slug == "budget_exceeded"


# --- the method that pays out of the budget


async def test_the_budget_pays_what_is_due_and_no_more(helped: Till) -> None:
    await helped.scan(H1, COFFEE)
    assert (await helped.refused(Tender("BUDGET", 100))).slug == "no_change_allowed"
    ticket = closed(await helped.pay("BUDGET"))
    assert [(payment.method, payment.amount) for payment in ticket.payments] == [("BUDGET", 78)]
    assert ticket.change == 0


@pytest.mark.parametrize("customer", [None, CARD])
async def test_nobody_else_pays_out_of_a_budget(helped: Till, customer: str | None) -> None:
    await helped.scan(COFFEE)
    if customer is not None:
        await helped.scan(customer)
    assert (await helped.refused(Tender("BUDGET"))).slug == "not_allowed"


async def test_a_budget_that_cannot_be_read_stops_no_sale(helped: Till) -> None:
    await bring(helped, budget(ends_on="soon"))
    await helped.scan(H1, COFFEE)
    assert closed(await helped.pay("CASH")).total == 78
