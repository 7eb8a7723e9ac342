"""What a report says of sums."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.store import MethodSum, Sums, VatSum
from tui_pos.session.reports import expected_cash, make_report

AMOUNTS = st.integers(-100_000, 100_000)


def sums(
    cash: int = 0,
    change: int = 0,
    card: int = 0,
    cash_in: int = 0,
    cash_out: int = 0,
    total: int | None = None,
) -> Sums:
    total = cash - change + card if total is None else total
    payments = [MethodSum("CASH", cash, 2)] if cash else []
    payments += [MethodSum("CARD", card, 1)] if card else []
    return Sums(3, total, change, (VatSum("20", total, 0, total),), tuple(payments), cash_in, cash_out)


def test_expected_cash_is_float_plus_cash_less_change_plus_in_less_out() -> None:
    assert expected_cash(10_000, sums(cash=2000, change=300, cash_in=500, cash_out=700)) == 11_500


def test_cash_is_expected_even_where_none_was_taken() -> None:
    report = make_report("x", sums(card=500), opening=100, opened_at="2026-11-22T08:00:00Z")
    assert report.expected == {"CASH": 100, "CARD": 500}
    assert report.difference == {}


def test_only_what_was_counted_has_a_difference() -> None:
    report = make_report(
        "z", sums(cash=1000, card=500), opening=0, opened_at="", counted={"CARD": 480, "CHEQUE": 20}
    )
    assert report.difference == {"CARD": -20, "CHEQUE": 20}


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_what_the_methods_took_adds_up_to_the_total(cash: int, change: int, card: int) -> None:
    report = make_report("z", sums(cash or 1, change, card or 1), opening=0, opened_at="")
    assert sum(row.amount for row in report.payments) == report.total


@given(AMOUNTS, st.integers(0, 100_000), AMOUNTS, st.integers(0, 10_000), st.integers(0, 10_000))
def test_counting_what_is_expected_leaves_no_difference(
    cash: int, opening: int, card: int, cash_in: int, cash_out: int
) -> None:
    figures = sums(cash, 0, card, cash_in, cash_out)
    expected = make_report("x", figures, opening=opening, opened_at="").expected
    report = make_report("z", figures, opening=opening, opened_at="", counted=expected)
    assert set(report.difference.values()) == {0}
