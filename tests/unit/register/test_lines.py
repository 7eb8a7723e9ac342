"""Lines already on the ticket: quantities, prices, discounts, voids."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.small_shop import BREAD, COFFEE, LENTILS, SPONGE, TOMATOES, Shop, Till, tickets_add_up
from tui_pos.inputs import (
    CloseSession,
    Discount,
    Input,
    Select,
    SetPrice,
    SetQuantity,
    VoidLine,
    VoidPayment,
    VoidTicket,
)


async def test_what_is_done_is_done_to_the_line_that_is_selected(supervisor: Till) -> None:
    await supervisor.scan(LENTILS, COFFEE, SPONGE)
    await supervisor.give(Select(1))
    await supervisor.give(SetQuantity(Decimal(2)))
    await supervisor.give(SetPrice(100, line=3))
    assert supervisor.totals == [498, 389, 100]


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        (SetQuantity(Decimal(0)), "bad_quantity"),
        (SetQuantity(Decimal("NaN")), "bad_quantity"),
        (SetQuantity(Decimal("sNaN")), "bad_quantity"),
        (SetQuantity(Decimal("Infinity")), "bad_quantity"),
        (SetQuantity(Decimal("1E-999999")), "bad_quantity"),
        (SetQuantity(Decimal("1E+999999")), "bad_quantity"),
        (SetQuantity(Decimal(1), line=10**30), "no_line"),
        (SetPrice(-1), "bad_price"),
        (SetPrice(10**30), "bad_price"),
        (Discount(), "bad_amount"),
        (Discount(percent=Decimal(10), amount=1), "bad_amount"),
        (Discount(percent=Decimal(101)), "bad_amount"),
        (Discount(percent=Decimal(-1)), "bad_amount"),
        (Discount(percent=Decimal("NaN")), "bad_amount"),
        (Discount(percent=Decimal("1E+999999")), "bad_amount"),
        (Discount(amount=250), "bad_amount"),
        (Discount(amount=-1), "bad_amount"),
        (Discount("ticket", amount=250), "bad_amount"),
        (VoidLine(7), "no_line"),
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(supervisor: Till, given: Input, slug: str) -> None:
    await supervisor.scan(LENTILS)
    assert (await supervisor.refused(given)).slug == slug


async def test_a_discount_on_the_ticket_is_spread_so_that_sums_are_exact(supervisor: Till) -> None:
    await supervisor.scan(LENTILS, COFFEE, SPONGE)
    await supervisor.give(Discount("line", percent=Decimal(10), line=1))
    await supervisor.give(Discount("ticket", amount=100))
    tickets_add_up(supervisor.ticket)
    assert supervisor.ticket.discount == 125
    await supervisor.give(Discount("ticket", percent=Decimal(0)))
    assert supervisor.due == 224 + 389 + 179


async def test_after_a_void_the_till_says_what_remains_to_be_done(cashier: Till) -> None:
    await cashier.scan(LENTILS, COFFEE)
    outcome = await cashier.give(VoidLine(1))
    assert outcome.notice is not None
    assert "take the payment" in outcome.notice.text
    outcome = await cashier.give(VoidLine())
    assert outcome.notice is not None
    assert "void the empty ticket" in outcome.notice.text
    await cashier.scan(SPONGE)
    assert [line.n for line in cashier.ticket.lines] == [3]


async def test_every_correction_is_in_the_journal_with_the_ticket(supervisor: Till) -> None:
    await supervisor.scan(LENTILS, COFFEE)
    await supervisor.give(SetQuantity(Decimal(2), line=1))
    await supervisor.give(SetPrice(400, line=2))
    await supervisor.give(Discount(percent=Decimal(50), line=2))
    await supervisor.give(VoidLine(1))
    await supervisor.pay("CASH")
    (ticket,) = await supervisor.journal("ticket")
    seen = [(entry["kind"], entry["before"], entry["after"]) for entry in ticket["corrections"]]
    assert seen == [
        ("quantity", 249, 498),
        ("price", 389, 400),
        ("discount", 400, 200),
        ("void_line", 498, 0),
    ]


async def test_a_ticket_given_up_is_in_the_journal_and_counts_for_nothing(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.pay("CASH", 100)
    outcome = await cashier.give(VoidTicket())
    assert outcome.notice is not None
    assert "1.00" in outcome.notice.text
    (event,) = await cashier.events("ticket_voided")
    assert (event["jet"], event["ticket"]["total"]) == (190, 249)
    assert (await cashier.close_session()).expected["CASH"] == 10_000


async def test_lines_voided_one_by_one_do_not_vanish_when_the_session_closes(
    shop: Shop, cashier: Till
) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(VoidLine())
    await cashier.give(CloseSession())
    (event,) = await cashier.events("ticket_voided")
    assert event["corrections"][0]["before"] == 249
    assert (await shop.power_cut()).register.ticket is None


async def test_the_last_payment_by_hand_can_be_taken_back(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    assert (await cashier.refused(VoidPayment())).slug == "not_allowed"
    await cashier.pay("CASH", 100)
    await cashier.pay("CHEQUE", 100)
    await cashier.give(VoidPayment())
    assert cashier.due == 149


async def test_a_weighed_line_keeps_its_weight_through_changes(cashier: Till) -> None:
    await cashier.enter(f"0.500*{TOMATOES}")
    await cashier.give(SetQuantity(Decimal("0.750")))
    assert cashier.due == 221


async def test_the_same_quantity_again_is_no_correction(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    told = len(cashier.told)
    await cashier.give(SetQuantity(Decimal(1)))
    assert len(cashier.told) == told


async def test_a_line_priced_at_the_till_can_be_free(cashier: Till) -> None:
    await cashier.scan(BREAD)
    await cashier.enter("0")
    ticket = (await cashier.pay("CASH")).closed
    assert ticket is not None
    assert ticket.total == 0
