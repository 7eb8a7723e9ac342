"""Quantities: what can be typed, and what a program may give."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_pos.sale.errors import BadQuantity
from tui_pos.sale.quantity import MAX_QUANTITY, check_quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("3", "3"),
        ("0.350", "0.350"),
        ("0,35", "0.35"),
        (".5", "0.5"),
        ("-3", "-3"),
        ("99999.999", "99999.999"),
        ("007", "7"),
    ],
)
def test_a_quantity_is_read_as_it_is_typed(text: str, quantity: str) -> None:
    assert parse_quantity(text) == Decimal(quantity)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "0",
            "0.000",
            "-0",
            "1e9",
            "NaN",
            "inf",
            "0x10",
            "٣",
            "𝟛",
            "+3",
            "--3",
            "1.2345",
            "3.",
            "1 0",
            "1_0",
        ),
        *("100000", "999999999", "-100000", "9" * 4000, "3\n", "- 3"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadQuantity):
        parse_quantity(text)


@pytest.mark.parametrize(
    "quantity",
    ["NaN", "sNaN", "Infinity", "-Infinity", "0", "-0.0", "0.0005", "1.2345", "1E-999", "1E+999", "1E+5"],
)
def test_a_program_gets_the_same_bounds(quantity: str) -> None:
    with pytest.raises(BadQuantity):
        check_quantity(Decimal(quantity))


@pytest.mark.parametrize(
    ("given_", "kept"),
    [("1E+2", "100"), ("3.00000", "3"), ("0.3500", "0.350"), ("1.50", "1.50"), ("-2", "-2")],
)
def test_a_quantity_is_kept_in_plain_notation(given_: str, kept: str) -> None:
    assert str(check_quantity(Decimal(given_))) == kept


@given(st.decimals(-MAX_QUANTITY, MAX_QUANTITY, places=3).filter(bool))
def test_every_quantity_within_bounds_is_read_back(quantity: Decimal) -> None:
    assert parse_quantity(str(quantity)) == quantity
    assert parse_quantity(str(quantity).replace(".", ",")) == quantity
