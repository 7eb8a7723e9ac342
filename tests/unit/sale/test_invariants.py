"""What is true of every ticket, whatever was done to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.sale.counter import CARD, CASH, CASHIER, FRUIT, MEAL, PAPER, Counter, outcome
from tui_pos.sale import basket
from tui_pos.sale.errors import AboveCeiling, SaleError
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.ticket import Method, Reduction, Ticket

Step = Callable[[Counter], None]

RATES = st.sampled_from(["2.1", "5.5", "10", "20"])
FAMILIES = st.sampled_from(["food", "fruit", "soap"])
PRICES = st.integers(-500, 20_000)
PIECES = st.integers(1, 12).map(str)
KILOGRAMS = st.integers(5, 2500).map(lambda grams: str(Decimal(grams) / 1000))
QUANTITIES = PIECES | KILOGRAMS | st.sampled_from(["-1", "-2.5"])
PERCENTS = st.decimals(0, 100, places=2).map(lambda value: Reduction(percent=value))
AMOUNTS_OFF = st.integers(0, 3000).map(lambda value: Reduction(amount=value))
REDUCTIONS = PERCENTS | AMOUNTS_OFF
NUMBERS = st.none() | st.integers(1, 8)
METHODS = st.sampled_from([CASH, CARD, MEAL, PAPER, FRUIT])
TENDERED = st.none() | st.integers(-2000, 30_000)

SELL = st.builds(
    lambda price, quantity, vat, family: (
        lambda counter: counter.sell(price, quantity, vat=vat, family=family)
    ),
    PRICES,
    QUANTITIES,
    RATES,
    FAMILIES,
)
CHANGE = st.one_of(
    st.builds(lambda q, n: lambda counter: counter.quantity(q, n), QUANTITIES, NUMBERS),
    st.builds(lambda price, n: lambda counter: counter.price(price, n), PRICES, NUMBERS),
    st.builds(lambda reduction, n: lambda counter: counter.discount(reduction, n), REDUCTIONS, NUMBERS),
    st.builds(lambda reduction: lambda counter: counter.discount_all(reduction), REDUCTIONS),
    st.builds(lambda n: lambda counter: counter.void(n), NUMBERS),
)
PAY = st.builds(lambda method, amount: lambda counter: counter.pay(method, amount), METHODS, TENDERED)
SALES = st.lists(SELL | SELL | CHANGE, min_size=1, max_size=14)
PAID_SALES = st.lists(SELL | SELL | CHANGE | PAY, min_size=1, max_size=18)


def sold(steps: list[Step]) -> Counter:
    """A counter after these steps, without those that the rules refuse."""
    counter = Counter()
    for step in steps:
        with contextlib.suppress(SaleError):
            step(counter)
    return counter


def exact(quantity: Decimal, price: int) -> int:
    """half up(quantity × price), by another way."""
    value = Fraction(quantity) * price
    rounded = int(abs(value) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


@given(SALES)
def test_subtotal_less_discount_is_the_total_of_the_lines_and_of_the_vat(steps: list[Step]) -> None:
    counter = sold(steps)
    sums = counter.sums
    assert sums.subtotal - sums.discount == sums.total
    assert sum(counter.line_totals) == sums.total
    assert sum(row.gross for row in counter.vat) == sums.total
    assert all(row.net + row.vat == row.gross for row in counter.vat)
    assert sum(line.gross for line in counter.ticket.lines) == sums.subtotal


@given(SALES)
def test_a_line_is_quantity_times_price_half_up_less_its_discount(steps: list[Step]) -> None:
    for line in sold(steps).ticket.lines:
        assert line.gross == exact(line.quantity, line.unit_price)
        assert line.total == line.gross - line.discount
        if line.reduction is None:
            assert line.discount == 0
        elif line.reduction.percent is not None:
            assert line.discount == exact(line.reduction.percent / 100, line.gross)
        else:
            assert abs(line.discount) == min(line.reduction.amount or 0, abs(line.gross))


@given(SALES)
def test_no_discount_turns_a_line_around(steps: list[Step]) -> None:
    counter = sold(steps)
    for line, total in zip(counter.ticket.lines, counter.line_totals, strict=True):
        assert 0 <= line.total * (1 if line.gross >= 0 else -1) <= abs(line.gross)
        assert 0 <= total * (1 if line.total >= 0 else -1) <= abs(line.total)


@given(SALES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_change_the_total(steps: list[Step], shuffle: Random) -> None:
    counter = sold(steps)
    lines = list(counter.ticket.lines)
    shuffle.shuffle(lines)
    other = Counter()
    other.ticket = replace(counter.ticket, lines=tuple(lines))
    assert other.sums.total == counter.sums.total
    if counter.ticket.reduction is None:
        assert other.vat == counter.vat


@given(SALES)
def test_a_full_refund_mirrors_its_sale_to_the_cent(steps: list[Step]) -> None:
    sale = sold(steps)
    refund = Counter()
    for line, total in zip(sale.ticket.lines, sale.line_totals, strict=True):
        refund.take_back(line, str(-line.quantity), Reduction(amount=abs(line.gross - total)))
    assert refund.sums.total == -sale.sums.total
    assert [row.vat for row in refund.vat] == [-row.vat for row in sale.vat]


@given(PAID_SALES, METHODS, TENDERED)
def test_payments_less_change_are_the_total_of_a_covered_ticket(
    steps: list[Step], method: Method, amount: int | None
) -> None:
    counter = sold([*steps, lambda counter: counter.pay(method, amount), lambda counter: counter.pay(CARD)])
    sums = counter.sums
    if not counter.ticket.lines:
        assert not counter.covered
        return
    assert counter.covered, "what cash and vouchers left, the card has paid"
    assert sum(payment.amount for payment in counter.ticket.payments) - sums.change == sums.total
    assert sums.change == 0 or any(payment.method == "CASH" for payment in counter.ticket.payments)


@given(PAID_SALES)
def test_what_is_paid_never_passes_what_is_due_nor_what_a_method_may_pay(steps: list[Step]) -> None:
    counter = Counter()
    for step in steps:
        if counter.covered:
            break
        with contextlib.suppress(SaleError):
            step(counter)
        sums, payments = counter.sums, counter.ticket.payments
        assert min(sums.total, 0) <= sums.paid - sums.change <= max(sums.total, 0)
        food = [
            total
            for line, total in zip(counter.ticket.lines, counter.line_totals, strict=True)
            if line.family in MEAL.families
        ]
        limited = [payment.amount for payment in payments if payment.families]
        assert sum(limited) <= max(0, sum(food))
        for method in (MEAL, PAPER):
            assert sum(p.given or p.amount for p in payments if p.method == method.code) <= (
                method.ceiling or 0
            )


@given(PAID_SALES)
def test_a_refused_step_changes_nothing_and_the_others_keep_their_trace(steps: list[Step]) -> None:
    counter = Counter()
    for step in steps:
        before = counter.ticket
        refused = outcome(partial(step, counter))
        if refused is not None:
            assert counter.ticket is before
            assert str(refused).isprintable()
        after = counter.ticket
        assert after.last_n >= before.last_n
        assert after.corrections[: len(before.corrections)] == before.corrections
        assert after.payments[: len(before.payments)] == before.payments
        assert len({line.n for line in after.lines}) == len(after.lines)
        assert all(line.n <= after.last_n for line in after.lines)
        gone = {line.n for line in before.lines} - {line.n for line in after.lines}
        assert gone <= {trace.line for trace in after.corrections if trace.kind == "void_line"}
        assert sum(abs(line.gross) for line in after.lines) <= MAX_AMOUNT


@given(SALES, st.integers(1, 1_000_000))
def test_no_amount_is_what_the_method_may_pay_and_one_unit_more_is_refused(
    steps: list[Step], ceiling: int
) -> None:
    counter = sold(steps)
    method = replace(CARD, ceiling=ceiling)
    sums = counter.sums
    if sums.due <= 0:
        return
    counter.pay(method)
    assert counter.sums.paid == min(sums.due, ceiling)
    if not counter.covered:
        with contextlib.suppress(AboveCeiling):
            counter.pay(method, 1)
            raise AssertionError("one unit more was taken")


@settings(max_examples=25)
@given(st.integers(2, 60), REDUCTIONS)
def test_a_long_ticket_changes_only_the_lines_that_are_touched(count: int, reduction: Reduction) -> None:
    counter = Counter()
    for price in range(count):
        counter.sell(100 + price)
    before: Ticket = counter.ticket
    with contextlib.suppress(SaleError):
        counter.ticket = basket.discount_line(before, 1, reduction, CASHIER)
    assert all(new is old for new, old in zip(counter.ticket.lines[1:], before.lines[1:], strict=True))
