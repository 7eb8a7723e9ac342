"""X and Z reports, and the closings of periods."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from sync.protocol import ShopRecord
from tui_pos.outcomes import Report
from tui_pos.receipts import PaperContext, report

Lines = Callable[..., list[str]]


def test_a_z_report_shows_takings_counts_and_gaps(
    z_report: Report, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    assert lines(report(z_report, shop, context))[6:] == [
        "             Z REPORT no. 12",
        "Till 1                    Cashier: Camille",
        "From                   22/11/2026 08:00:00",
        "To                     22/11/2026 20:00:00",
        "------------------------------------------",
        "Tickets                                 41",
        "TOTAL                            €1,234.56",
        "------------------------------------------",
        "VAT            Net    VAT amount     Gross",
        "5.5%        843.64         46.40    890.04",
        "20%         287.10         57.42    344.52",
        "------------------------------------------",
        "Cash (30)                          €600.00",
        "Card (11)                          €634.56",
        "------------------------------------------",
        "Float                              €100.00",
        "Cash in                              €5.00",
        "Cash out                           -€20.00",
        "------------------------------------------",
        "Count         Expected    Counted      Gap",
        "Cash            685.00     684.00    -1.00",
        "Card            634.56          -        -",
        "CHEQUE               -       0.00     0.00",
        "------------------------------------------",
        "Grand total                     €99,999.99",
        "Grand total, absolute          €100,200.01",
        "Journal entries                     12-418",
        "------------------------------------------",
        "tui-pos 0.1.0               Signature CGMS",
    ]


def test_an_x_report_closes_nothing_and_so_has_neither_number_nor_grand_total(
    z_report: Report, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    x_report = replace(z_report, kind="x", number=None, closed_at=None, counted={}, difference={})

    shown = lines(report(x_report, shop, context))

    assert "                 X REPORT" in shown
    assert not any(line.startswith(("Grand total", "To ", "Journal")) for line in shown)
    assert [line.split() for line in shown if line.startswith("Cash ")][-1] == ["Cash", "685.00", "-", "-"]


def test_too_much_in_the_drawer_is_a_gap_with_a_plus(
    z_report: Report, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    over = replace(z_report, counted={"CASH": 68700}, difference={"CASH": 200})

    assert "Cash            685.00     687.00    +2.00" in lines(report(over, shop, context))


@pytest.mark.parametrize(("kind", "title"), [("day", "DAY"), ("month", "MONTH"), ("year", "YEAR")])
def test_the_closing_of_a_period_says_which(
    z_report: Report, shop: ShopRecord, context: PaperContext, lines: Lines, kind: str, title: str
) -> None:
    shown = lines(report(replace(z_report, kind=kind), shop, context))

    assert f"{title} CLOSING no. 12" in [line.strip() for line in shown]


def test_a_session_without_a_sale_has_a_report_all_the_same(
    shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    empty = Report(
        kind="z",
        number=1,
        opened_at="2026-11-22T07:00:00Z",
        closed_at="2026-11-22T07:00:05Z",
        tickets=0,
        total=0,
        vat=(),
        payments=(),
        float_=0,
        cash_in=0,
        cash_out=0,
        expected={},
        counted={},
        difference={},
    )

    assert lines(report(empty, shop, context))[10:] == [
        "------------------------------------------",
        "Tickets                                  0",
        "TOTAL                                €0.00",
        "------------------------------------------",
        "Float                                €0.00",
        "------------------------------------------",
        "Grand total                          €0.00",
        "Grand total, absolute                €0.00",
        "------------------------------------------",
        "tui-pos 0.1.0               Signature CGMS",
    ]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_report_fits_its_paper(
    z_report: Report, shop: ShopRecord, context: PaperContext, lines: Lines, columns: int
) -> None:
    assert all(len(line) <= columns for line in lines(report(z_report, shop, context), columns))
