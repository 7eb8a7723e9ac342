"""What stands on a label."""

from __future__ import annotations

import pytest

from sync.protocol import ProductRecord
from tui_pos.l10n import use_language
from tui_pos.receipts.labels import label_of


@pytest.fixture(autouse=True)
def french() -> None:
    use_language("fr")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("content", "unit_price"),
    [
        ("500 g", "4,98 €/kg"),
        ("75 cl", "3,32 €/l"),
        ("6 x 250 ml", "1,66 €/l"),
        ("1,5 kg", "1,66 €/kg"),
        ("12 pièces", ""),
        ("", ""),
        ("0 g", ""),
    ],
)
def test_the_price_of_a_whole_is_worked_out_from_the_content(content: str, unit_price: str) -> None:
    label = label_of(ProductRecord("1", "Lentilles", 249, "5.5", content=content), "EUR")
    assert (plain(label.price), plain(label.unit_price)) == ("2,49 €", unit_price)


def test_what_is_weighed_has_its_price_for_a_kilogram_only() -> None:
    label = label_of(ProductRecord("20101", "Comté", 1990, "5.5", weighed=True, unit="kg"), "EUR")
    assert (plain(label.price), label.unit_price) == ("19,90 €/kg", "")


def test_what_is_priced_at_the_till_has_no_price() -> None:
    assert label_of(ProductRecord("777", "Pain", None, "5.5"), "EUR").price == ""
