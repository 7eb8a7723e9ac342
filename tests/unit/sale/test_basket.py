"""The steps of a sale, up to its payment."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.sale.counter import CARD, CASHIER, CREDIT, FRUIT, MEAL, SOMEBODY, off, percent
from tui_pos.sale import basket
from tui_pos.sale.errors import (
    BadAmount,
    BadPrice,
    BadQuantity,
    EmptyTicket,
    NoSuchLine,
    NotAllowed,
    OneOfTwo,
    TooDear,
    TooMany,
)
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.ticket import Asking, Correction, Reduction

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.sale.counter import Counter


def test_a_product_becomes_the_last_line_with_its_price_and_rate(counter: Counter) -> None:
    counter.sell(199, "3", vat="5.5")
    assert counter.last.n == 1
    assert (counter.last.gross, counter.last.total, counter.last.vat_rate) == (597, 597, Decimal("5.5"))
    assert counter.sums.due == 597


def test_a_weighed_product_costs_its_weight_half_up(counter: Counter) -> None:
    counter.sell(299, "0.350")
    assert counter.last.gross == 105


def test_a_line_keeps_the_others_as_they_are(counter: Counter) -> None:
    counter.sell(100)
    first = counter.last
    counter.sell(200)
    assert counter.ticket.lines[0] is first


def test_a_product_added_answers_what_was_asked_and_drops_the_selection(counter: Counter) -> None:
    counter.sell(100)
    counter.ticket = basket.ask(basket.select(counter.ticket, 1), Asking(quantity=Decimal(3)))
    counter.sell(200)
    assert counter.ticket.asking == Asking()
    assert counter.ticket.selected is None


def test_a_product_without_a_price_takes_the_one_given(counter: Counter) -> None:
    with pytest.raises(BadPrice):
        counter.sell(None)
    counter.sell(None, asked=250)
    assert counter.last.unit_price == 250


def test_a_free_product_is_sold(counter: Counter) -> None:
    counter.sell(0)
    assert counter.sums.total == 0


def test_a_deposit_given_back_has_a_negative_price(counter: Counter) -> None:
    counter.sell(-25, "4")
    assert counter.sums.total == -100


def test_nobody_asks_a_negative_price(counter: Counter) -> None:
    with pytest.raises(BadPrice, match=r"-0\.01"):
        counter.sell(None, asked=-1)
    counter.sell(100)
    with pytest.raises(BadPrice):
        counter.price(-1)
    with pytest.raises(BadPrice):
        counter.price(MAX_AMOUNT + 1)


@pytest.mark.parametrize("quantity", ["0", "NaN", "1.2345", "999999999"])
def test_a_line_has_a_quantity_that_can_be_sold(counter: Counter, quantity: str) -> None:
    with pytest.raises(BadQuantity):
        counter.sell(100, quantity)
    counter.sell(100)
    with pytest.raises(BadQuantity):
        counter.quantity(quantity)
    assert counter.last.quantity == 1


def test_a_ticket_has_a_largest_total(counter: Counter) -> None:
    counter.sell(MAX_AMOUNT)
    with pytest.raises(TooMany, match=r"more than 999999\.99"):
        counter.sell(1)
    with pytest.raises(TooMany, match="quantity of 2 "):
        counter.quantity("2")
    counter.price(MAX_AMOUNT - 1)
    counter.sell(1)
    with pytest.raises(TooDear, match=r"At 0\.02 "):
        counter.price(2)


def test_goods_that_come_back_do_not_make_room_for_more(counter: Counter) -> None:
    counter.sell(MAX_AMOUNT)
    with pytest.raises(BadQuantity):
        counter.sell(1, "-1")


def test_line_numbers_are_never_given_twice(counter: Counter) -> None:
    for price in (100, 200, 300):
        counter.sell(price)
    counter.void(3)
    counter.sell(400)
    assert counter.numbers == [1, 2, 4]
    with pytest.raises(NoSuchLine):
        counter.void(3)


def test_actions_touch_the_selected_line_else_the_last(counter: Counter) -> None:
    counter.sell(100)
    counter.sell(200)
    assert basket.find_line(counter.ticket, None).n == 2
    counter.ticket = basket.select(counter.ticket, 1)
    assert basket.find_line(counter.ticket, None).n == 1
    assert basket.find_line(counter.ticket, 2).n == 2
    counter.void()
    assert counter.numbers == [2]
    assert counter.ticket.selected is None


def test_there_is_no_line_to_find_on_an_empty_ticket(counter: Counter) -> None:
    steps: list[Callable[[], None]] = [counter.void, lambda: counter.discount_all(percent("5"))]
    for step in steps:
        with pytest.raises(EmptyTicket):
            step()
    with pytest.raises(NoSuchLine):
        basket.select(counter.ticket, 1)


def test_every_change_leaves_its_trace(counter: Counter) -> None:
    counter.sell(1000)
    counter.quantity("2")
    counter.price(900)
    counter.discount(percent("10"))
    counter.discount_all(off(20))
    counter.void()
    assert counter.ticket.corrections == (
        Correction("quantity", 1, 1000, 2000, CASHIER),
        Correction("price", 1, 2000, 1800, CASHIER),
        Correction("discount", 1, 1800, 1620, CASHIER),
        Correction("discount", 0, 1620, 1600, CASHIER),
        Correction("void_line", 1, 1620, 0, CASHIER),
    )


def test_a_step_that_changes_nothing_leaves_none(counter: Counter) -> None:
    counter.sell(1000)
    counter.customer(SOMEBODY)
    before = counter.ticket
    counter.quantity("1.000")
    counter.price(1000)
    counter.discount(percent("0"))
    counter.discount_all(off(0))
    counter.customer(SOMEBODY)
    assert counter.ticket is before


def test_a_percentage_is_worked_out_again_on_a_new_quantity_or_price(counter: Counter) -> None:
    counter.sell(250)
    counter.discount(percent("33"))
    assert counter.last.discount == 83
    counter.quantity("3")
    assert counter.last.discount == 248
    counter.price(100)
    assert (counter.last.discount, counter.last.total) == (99, 201)


def test_an_amount_taken_off_never_exceeds_what_the_line_has_become(counter: Counter) -> None:
    counter.sell(100, "3")
    counter.discount(off(250))
    counter.quantity("1")
    assert counter.last.total == 0
    counter.quantity("4")
    assert counter.last.total == 150


def test_zero_takes_a_discount_off(counter: Counter) -> None:
    counter.sell(100)
    counter.discount(percent("10"))
    counter.discount(off(0))
    assert counter.last.reduction is None
    counter.discount_all(off(30))
    counter.discount_all(percent("0"))
    assert counter.sums.total == 100


@pytest.mark.parametrize(
    "reduction",
    [
        *(percent("100.01"), percent("-1"), percent("12.345"), percent("NaN"), percent("Infinity")),
        *(off(-1), off(1001), Reduction(), Reduction(Decimal(5), 5)),
    ],
)
def test_a_discount_that_makes_no_sense_is_refused(counter: Counter, reduction: Reduction) -> None:
    counter.sell(1000)
    with pytest.raises(BadAmount):
        counter.discount(reduction)
    with pytest.raises(BadAmount):
        counter.discount_all(reduction)


@pytest.mark.parametrize("reduction", [Reduction(), Reduction(Decimal(5), 5)])
def test_a_discount_that_is_told_as_nothing_or_twice_is_said_to_be_one_of_two(
    counter: Counter, reduction: Reduction
) -> None:
    counter.sell(1000)
    for refuse in (counter.discount, counter.discount_all):
        with pytest.raises(OneOfTwo, match="a percentage or an amount"):
            refuse(reduction)


def test_a_ticket_discount_is_shared_by_the_lines_to_the_cent(counter: Counter) -> None:
    for _ in range(3):
        counter.sell(100)
    counter.discount_all(off(100))
    assert counter.sums.shares == (34, 33, 33)
    assert counter.line_totals == (66, 67, 67)
    assert (counter.sums.subtotal, counter.sums.discount, counter.sums.total) == (300, 100, 200)


def test_a_ticket_discount_comes_after_those_of_the_lines_and_both_are_counted(counter: Counter) -> None:
    counter.sell(1000)
    counter.discount(percent("50"))
    counter.discount_all(percent("10"))
    assert (counter.sums.subtotal, counter.sums.discount, counter.sums.total) == (1000, 550, 450)


def test_a_ticket_discount_follows_the_lines(counter: Counter) -> None:
    counter.sell(1000)
    counter.sell(500)
    counter.discount_all(off(1200))
    counter.void(1)
    assert counter.sums.total == 0
    counter.void(2)
    assert counter.sums.total == 0
    counter.sell(2000)
    assert counter.sums.total == 800


def test_goods_come_back_at_what_was_paid_for_them(counter: Counter) -> None:
    counter.sell(1000, "3")
    counter.discount(percent("10"))
    sold = counter.last
    counter.void()
    counter.take_back(sold, "-3", off(300))
    assert (counter.last.gross, counter.last.discount, counter.last.total) == (-3000, -300, -2700)
    assert counter.last.returns == sold.n


def test_fewer_goods_come_back_with_their_part_of_the_discount_but_never_more(counter: Counter) -> None:
    counter.sell(1000, "3")
    counter.take_back(counter.last, "-3", off(300))
    counter.quantity("-1")
    assert counter.last.total == -900
    for quantity in ("-2", "1"):
        with pytest.raises(NotAllowed):
            counter.quantity(quantity)
    with pytest.raises(NotAllowed):
        counter.price(5000)
    with pytest.raises(NotAllowed):
        counter.discount(percent("5"))


def test_goods_still_come_and_go_while_something_is_due(counter: Counter) -> None:
    counter.sell(1000)
    counter.pay(CARD, 400)
    counter.sell(500)
    counter.void(1)
    assert counter.sums.due == 100


def test_what_is_paid_cannot_be_voided(counter: Counter) -> None:
    counter.sell(1000)
    counter.sell(500)
    counter.pay(CARD, 1200)
    steps: list[Callable[[], None]] = [
        lambda: counter.void(2),
        lambda: counter.price(100),
        lambda: counter.discount(percent("100")),
        lambda: counter.discount_all(percent("50")),
        lambda: counter.sell(-400),
    ]
    for step in steps:
        with pytest.raises(NotAllowed, match="already paid"):
            step()
    assert counter.sums.total == 1500


def test_what_is_given_back_cannot_be_voided_either(counter: Counter) -> None:
    counter.sell(1000, "-1")
    counter.pay(CARD, -600)
    with pytest.raises(NotAllowed):
        counter.sell(500)
    counter.sell(300)
    assert counter.sums.due == -100


def test_goods_that_a_meal_card_paid_cannot_be_voided(counter: Counter) -> None:
    counter.sell(1000, family="food")
    counter.sell(3000, family="soap")
    counter.pay(MEAL, 800)
    with pytest.raises(NotAllowed, match="these goods"):
        counter.void(1)
    counter.void(2)


def test_fruit_vouchers_and_meal_cards_never_pay_the_same_fruit(counter: Counter) -> None:
    counter.sell(300, family="fruit")
    counter.sell(500, family="food")
    counter.sell(3000, family="soap")
    counter.pay(FRUIT)
    counter.pay(MEAL)
    assert [payment.amount for payment in counter.ticket.payments] == [300, 500]
    with pytest.raises(NotAllowed, match="these goods"):
        counter.void(2)


def test_the_customer_stays_once_something_is_paid(counter: Counter) -> None:
    counter.customer(SOMEBODY)
    counter.sell(1000)
    counter.pay(CREDIT, 400)
    with pytest.raises(NotAllowed, match="customer"):
        counter.customer(None)
    assert counter.ticket.customer == SOMEBODY
