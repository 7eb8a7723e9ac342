"""Money: rounding, percentages, shares, and amounts as they are typed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui_pos.sale.errors import BadAmount, BadPrice
from tui_pos.sale.money import MAX_AMOUNT, half_up, parse_amount, parse_price, percent_of, spread

AMOUNTS = st.integers(-MAX_AMOUNT, MAX_AMOUNT)
WEIGHTS = st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.5", 1),
        ("0.4999", 0),
        ("1.5", 2),
        ("2.5", 3),
        ("-0.5", -1),
        ("-2.5", -3),
        ("-0.4", 0),
        ("1E+3", 1000),
    ],
)
def test_a_half_goes_away_from_zero(value: str, rounded: int) -> None:
    assert half_up(Decimal(value)) == rounded


def test_ten_percent_of_a_nickel_is_a_cent() -> None:
    assert percent_of(5, Decimal(10)) == 1


@given(AMOUNTS, st.decimals(0, 100, places=2))
def test_a_percentage_is_within_half_a_unit_of_the_exact_one_and_mirrors(
    amount: int, percent: Decimal
) -> None:
    exact = Fraction(amount) * Fraction(percent) / 100
    assert abs(percent_of(amount, percent) - exact) <= Fraction(1, 2)
    assert percent_of(-amount, percent) == -percent_of(amount, percent)
    assert abs(percent_of(amount, percent)) <= abs(amount)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (1, [1, 1], (1, 0)),
        (-1, [1, 1], (-1, 0)),
        (5, [0, 300, 0], (0, 5, 0)),
        (0, [0, 0], (0, 0)),
        (0, [], ()),
        (8, [100, -25], (11, -3)),
        (10, [1000, -990], (1000, -990)),
        (3, [5, -5], (2, 1)),
    ],
)
def test_a_sum_is_shared_out_by_largest_remainder(
    total: int, weights: list[int], shares: tuple[int, ...]
) -> None:
    assert spread(total, weights) == shares


@pytest.mark.parametrize("weights", [[], [0, 0]])
def test_nothing_takes_no_share(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="spread over nothing"):
        spread(7, weights)


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_and_mirror(total: int, weights: list[int]) -> None:
    assume(any(weights) or total == 0)
    shares = spread(total, weights)
    assert sum(shares) == total
    assert len(shares) == len(weights)
    assert spread(-total, weights) == tuple(-share for share in shares)
    assert spread(total, [-weight for weight in weights]) == shares


@given(AMOUNTS, WEIGHTS)
def test_each_share_is_less_than_a_unit_from_its_exact_part(total: int, weights: list[int]) -> None:
    base = sum(weights)
    assume(base)
    for share, weight in zip(spread(total, weights), weights, strict=True):
        assert abs(share - Fraction(total * weight, base)) < 1


@given(WEIGHTS, st.data())
def test_no_share_exceeds_its_line(weights: list[int], data: st.DataObject) -> None:
    base = abs(sum(weights))
    assume(base)
    total = data.draw(st.integers(-base, base))
    shares = spread(total, weights)
    assert all(abs(share) <= abs(weight) for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("2", 200), ("2.5", 250), ("2,50", 250), ("0", 0), ("0.05", 5), ("007", 700), ("999999.99", MAX_AMOUNT)],
)
def test_an_amount_is_read_as_it_is_typed(text: str, amount: int) -> None:
    assert parse_amount(text) == amount
    assert parse_price(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2.505",
        "-1",
        "+1",
        "1e3",
        "٣",
        "2.",
        ".5",
        "1 000",
        "NaN",
        "1000000",
        "9" * 4000,
        "2\n",
        "１",
        "2.5€",
    ],
)
def test_anything_else_is_no_amount_and_no_price(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_amount(text)
    with pytest.raises(BadPrice):
        parse_price(text)
