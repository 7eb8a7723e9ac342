"""How a ticket gets paid, and how a refund is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.unit.sale.counter import CARD, CASH, CHEQUE, CREDIT, FRUIT, MEAL, PAPER, SOMEBODY, percent
from tui_pos.sale.errors import AboveCeiling, BadAmount, EmptyTicket, NoChange, NotAllowed
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.ticket import Payment

if TYPE_CHECKING:
    from tests.unit.sale.counter import Counter


def test_no_amount_pays_what_is_due(counter: Counter) -> None:
    counter.sell(1234)
    counter.pay(CARD)
    assert counter.ticket.payments == (Payment("CARD", 1234),)
    assert counter.covered


def test_cash_gives_change(counter: Counter) -> None:
    counter.sell(1234)
    counter.pay(CASH, 2000)
    assert (counter.sums.paid, counter.sums.due, counter.sums.change) == (2000, 0, 766)
    assert counter.covered


def test_a_ticket_is_paid_in_parts(counter: Counter) -> None:
    counter.sell(1000)
    counter.pay(CARD, 333)
    assert counter.sums.due == 667
    assert not counter.covered
    counter.pay(CASH, 700)
    assert counter.sums.change == 33
    assert counter.covered


def test_a_card_gives_no_change(counter: Counter) -> None:
    counter.sell(1000)
    with pytest.raises(NoChange, match=r"at most 10\.00"):
        counter.pay(CARD, 1001)
    assert counter.ticket.payments == ()


def test_an_empty_ticket_is_not_paid(counter: Counter) -> None:
    with pytest.raises(EmptyTicket):
        counter.pay(CASH)
    assert not counter.covered


@pytest.mark.parametrize("amount", [0, -100, MAX_AMOUNT + 1])
def test_an_amount_that_makes_no_sense_is_refused(counter: Counter, amount: int) -> None:
    counter.sell(1000)
    with pytest.raises(BadAmount):
        counter.pay(CASH, amount)


def test_a_free_ticket_waits_for_a_tender_of_zero(counter: Counter) -> None:
    counter.sell(1000)
    counter.discount(percent("100"))
    assert not counter.covered
    counter.pay(CARD)
    assert counter.ticket.payments == (Payment("CARD", 0),)
    assert counter.covered


def test_a_note_handed_over_for_a_free_ticket_is_given_back(counter: Counter) -> None:
    counter.sell(0)
    with pytest.raises(NoChange):
        counter.pay(CARD, 500)
    with pytest.raises(NoChange):
        counter.pay(PAPER, 500)
    counter.pay(CASH, 500)
    assert counter.sums.change == 500


def test_the_ceiling_of_cash_counts_what_is_kept(counter: Counter) -> None:
    counter.sell(99_999)
    counter.pay(CASH, 150_000)
    assert counter.sums.change == 50_001


def test_cash_above_its_ceiling_is_refused_over_all_its_payments(counter: Counter) -> None:
    counter.sell(150_000)
    with pytest.raises(AboveCeiling, match=r"1000\.00"):
        counter.pay(CASH, 150_000)
    counter.pay(CASH, 60_000)
    with pytest.raises(AboveCeiling, match=r"1000\.00"):
        counter.pay(CASH, 40_001)
    counter.pay(CASH)
    assert [payment.amount for payment in counter.ticket.payments] == [60_000, 40_000]
    with pytest.raises(AboveCeiling):
        counter.pay(CASH)
    counter.pay(CARD)
    assert counter.covered


def test_a_meal_card_pays_food_only_up_to_its_ceiling(counter: Counter) -> None:
    counter.sell(800, family="food")
    counter.sell(1000, family="soap")
    with pytest.raises(AboveCeiling, match=r"at most 8\.00"):
        counter.pay(MEAL, 801)
    counter.pay(MEAL)
    assert counter.sums.due == 1000
    counter.sell(5000, family="fruit")
    counter.pay(MEAL)
    assert counter.ticket.payments[-1].amount == 2500 - 800


def test_a_meal_card_pays_nothing_where_there_is_no_food(counter: Counter) -> None:
    counter.sell(1000, family="soap")
    with pytest.raises(AboveCeiling, match=r"at most 0\.00"):
        counter.pay(MEAL)


def test_a_voucher_above_its_ceiling_is_refused_though_less_is_due(counter: Counter) -> None:
    counter.sell(800, family="food")
    with pytest.raises(AboveCeiling):
        counter.pay(PAPER, 2501)
    counter.pay(PAPER, 2500)
    assert counter.covered


def test_a_deposit_given_back_leaves_no_food_for_a_meal_card(counter: Counter) -> None:
    counter.sell(1000, family="soap")
    counter.sell(-100, family="food")
    with pytest.raises(AboveCeiling, match=r"at most 0\.00"):
        counter.pay(MEAL)


def test_a_ticket_discount_lowers_the_food_that_a_meal_card_may_pay(counter: Counter) -> None:
    counter.sell(1000, family="food")
    counter.sell(1000, family="soap")
    counter.discount_all(percent("10"))
    counter.pay(MEAL)
    assert counter.ticket.payments[-1].amount == 900


def test_a_meal_card_leaves_alone_the_fruit_that_a_voucher_paid(counter: Counter) -> None:
    counter.sell(300, family="fruit")
    counter.sell(500, family="food")
    counter.sell(3000, family="soap")
    counter.pay(MEAL, 600)
    counter.pay(FRUIT)
    assert [payment.amount for payment in counter.ticket.payments] == [600, 200]


def test_the_rest_of_a_paper_voucher_is_lost_and_its_face_value_kept(counter: Counter) -> None:
    counter.sell(800, family="food")
    counter.pay(PAPER, 1000)
    assert counter.ticket.payments == (Payment("PAPER", 800, None, 1000, PAPER.families),)
    assert (counter.sums.paid, counter.sums.change) == (800, 0)
    assert counter.covered


def test_a_paper_voucher_pays_the_food_and_its_ceiling_counts_face_values(counter: Counter) -> None:
    counter.sell(800, family="food")
    counter.sell(5000, family="soap")
    counter.pay(PAPER, 1000)
    assert counter.ticket.payments[-1].given == 1000
    counter.sell(2000, family="food")
    for face in (1501, 2500):
        with pytest.raises(AboveCeiling):
            counter.pay(PAPER, face)
    counter.pay(PAPER, 1500)
    assert counter.ticket.payments[-1] == Payment("PAPER", 1500, None, None, PAPER.families)


def test_a_cheque_needs_its_number(counter: Counter) -> None:
    counter.sell(1000)
    for missing in (None, " "):
        with pytest.raises(NotAllowed, match="reference"):
            counter.pay(CHEQUE, reference=missing)
    counter.pay(CHEQUE, reference=" 0042 ")
    assert counter.ticket.payments[-1].reference == "0042"


def test_a_reference_is_made_fit_to_print(counter: Counter) -> None:
    counter.sell(1000)
    counter.pay(CHEQUE, reference="\x1b[31m" + "9" * 4000)
    reference = counter.ticket.payments[-1].reference or ""
    assert reference.isprintable()
    assert len(reference) <= 64


def test_selling_on_account_needs_a_customer(counter: Counter) -> None:
    counter.sell(1000)
    with pytest.raises(NotAllowed, match="customer"):
        counter.pay(CREDIT)
    counter.customer(SOMEBODY)
    counter.pay(CREDIT)
    assert counter.covered


def test_a_refund_is_given_back_and_never_more(counter: Counter) -> None:
    counter.sell(1000, "-1")
    assert (counter.sums.due, counter.sums.change) == (-1000, 0)
    for amount in (-1001, 1000, 0):
        with pytest.raises(BadAmount):
            counter.pay(CASH, amount)
    counter.pay(CASH, -400)
    counter.pay(CARD)
    assert [payment.amount for payment in counter.ticket.payments] == [-400, -600]
    assert (counter.sums.due, counter.sums.change) == (0, 0)
    assert counter.covered


def test_a_refund_is_not_given_in_meal_vouchers(counter: Counter) -> None:
    counter.sell(1000, "-1", family="food")
    with pytest.raises(NotAllowed):
        counter.pay(MEAL)
    counter.pay(replace(MEAL, negative_allowed=True))
    assert counter.ticket.payments[-1].amount == -1000


def test_a_ticket_that_falls_to_what_is_paid_closes_on_a_tender_of_zero(counter: Counter) -> None:
    counter.sell(1000)
    counter.sell(500)
    counter.pay(CARD, 1000)
    counter.void(2)
    assert counter.covered
    counter.pay(CARD)
    assert counter.ticket.payments[-1].amount == 0
    assert counter.covered
