"""VAT per rate, from tax-included sums."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.tax import rate_text, vat_row, vat_rows
from tui_pos.sale.ticket import VatRow

RATES = st.sampled_from(["0", "2.1", "5.5", "8.5", "10", "20", "21", "25.5"]).map(Decimal)


@pytest.mark.parametrize(
    ("rate", "text"),
    [("20", "20"), ("20.00", "20"), ("5.50", "5.5"), ("0", "0"), ("100", "100"), ("2E+1", "20")],
)
def test_a_rate_is_written_without_useless_zeros(rate: str, text: str) -> None:
    assert rate_text(Decimal(rate)) == text


def test_rows_are_summed_by_rate_the_lowest_first() -> None:
    lines = [(Decimal(20), 500), (Decimal("5.5"), 211), (Decimal("20.0"), 700)]
    assert vat_rows(lines) == (VatRow("5.5", 200, 11, 211), VatRow("20", 1000, 200, 1200))


def test_an_empty_ticket_has_no_vat() -> None:
    assert vat_rows([]) == ()


def test_vat_is_worked_out_on_the_sum_and_not_line_by_line() -> None:
    rate = Decimal(20)
    assert vat_rows([(rate, 1)] * 6) == (VatRow("20", 5, 1, 6),)


@given(RATES, st.integers(-MAX_AMOUNT, MAX_AMOUNT))
def test_net_is_half_up_of_the_exact_one_and_vat_is_the_rest(rate: Decimal, gross: int) -> None:
    row = vat_row(rate, gross)
    assert row.net + row.vat == row.gross == gross
    assert abs(row.net - Fraction(gross) / (1 + Fraction(rate) / 100)) <= Fraction(1, 2)
    assert vat_row(rate, -gross).net == -row.net
