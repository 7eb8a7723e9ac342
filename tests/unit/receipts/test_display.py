"""The customer display: two lines of twenty."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.cells import cells
from tui_pos.l10n import use_language
from tui_pos.receipts import change_shown, idle_shown, line_shown, total_shown
from tui_pos.sale.ticket import Line


def line(label: str, total: int) -> Line:
    return Line(1, "101", label, Decimal(1), total, Decimal("5.5"), total)


def test_a_line_shows_its_label_as_far_as_it_goes_its_price_and_the_total() -> None:
    assert line_shown(line("Pâtes coquillettes 500 g", 270), 970) == (
        "Pâtes coquille €2.70",
        "Total          €9.70",
    )


def test_a_total_shows_what_is_still_due_once_a_part_is_paid() -> None:
    assert total_shown(970, 970) == ("TOTAL          €9.70", " " * 20)
    assert total_shown(970, 200) == ("TOTAL          €9.70", "Due            €2.00")


def test_the_end_of_a_sale_shows_the_change_or_thanks() -> None:
    assert change_shown(970, 30) == ("TOTAL          €9.70", "Change         €0.30")
    assert change_shown(970, 0) == ("TOTAL          €9.70", "     Thank you      ")


def test_an_idle_till_shows_the_shop() -> None:
    assert idle_shown("Épicerie du Canal") == (" Épicerie du Canal  ", "      Welcome       ")


def test_amounts_have_ordinary_spaces_in_french() -> None:
    use_language("fr")

    assert line_shown(line("Champagne", 123450), 123450)[0] == "Champagne 1 234,50 €"


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(), st.integers(-(10**9), 10**9))
def test_any_label_and_any_amount_fill_the_display_exactly(label: str, total: int) -> None:
    shown = (
        *line_shown(line(label, total), total),
        *total_shown(total, 0),
        *change_shown(total, 5),
        *idle_shown(label),
    )

    assert [cells(text) for text in shown] == [20] * 8
