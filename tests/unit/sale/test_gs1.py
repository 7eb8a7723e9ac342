"""GS1 element strings: product, batch, dates and weight."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_pos.sale import gs1
from tui_pos.sale.errors import BadBarcode, SaleError, UnknownCode
from tui_pos.sale.gs1 import Carried

GTIN = "03560070462476"


def test_a_tray_tells_its_product_batch_date_and_weight() -> None:
    carried = gs1.read(f"]C101{GTIN}1526123110LOT7\x1d3103001250")
    assert carried == Carried(GTIN, "LOT7", date(2026, 12, 31), None, Decimal("1.250"))


def test_a_use_by_date_a_price_and_a_count_are_told() -> None:
    assert gs1.read(f"01{GTIN}17261122").use_by == date(2026, 11, 22)
    assert gs1.read(f"01{GTIN}3922399\x1d10A").price == 399
    assert gs1.read(f"]C102{GTIN}3712").count == 12


@pytest.mark.parametrize("day", ["260100", "261100"])
def test_a_date_without_a_day_means_the_last_of_its_month(day: str) -> None:
    best_before = gs1.read(f"01{GTIN}15{day}").best_before
    assert best_before is not None
    assert (best_before.month, best_before.day) == ((1, 31) if day == "260100" else (11, 30))


def test_a_date_is_past_from_the_day_after() -> None:
    carried = gs1.read(f"01{GTIN}15261122")
    assert carried.past(date(2026, 11, 22)) is None
    assert carried.past(date(2026, 11, 23)) == date(2026, 11, 22)


def test_the_product_is_looked_up_in_each_length_it_may_have() -> None:
    assert gs1.read(f"01{GTIN}10A").codes == ("3560070462476", GTIN)
    assert gs1.read("010000009638507410A").codes == (
        "0000096385074",
        "00000096385074",
        "000096385074",
        "96385074",
    )


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (f"]C101{GTIN}", True),
        (f"]e001{GTIN}", True),
        (f"01{GTIN}15261122", True),
        ("011301762042200015261122", True),
        (f"10LOT\x1d01{GTIN}", True),
        (f"(01){GTIN}(15)261122", True),
        (f"(10)LOT(01){GTIN}", True),
        (f"]Q1https://example.com/some/01/{GTIN}?15=261122", True),
        ("(10)LOT", False),
        ("(shop) 01", False),
        ("https://example.com/01", False),
        ("http://[01/01/1", False),
        ("3560070462476", False),
        ("]E03560070462476", False),
        ("0103560070462471152611", False),
        ("A-CODE-OF-THE-SHOP-S-OWN", False),
    ],
)
def test_an_element_string_is_told_from_other_codes(text: str, is_one: bool) -> None:
    assert gs1.is_element_string(text) is is_one


@pytest.mark.parametrize(
    "text", ["]C1", "]C110LOT", "]C1999", f"]C101{GTIN}17991399", "]C1\x1d", f"]C1{'1' * 200}"]
)
def test_what_cannot_be_read_or_names_no_product_is_unknown(text: str) -> None:
    with pytest.raises(UnknownCode):
        gs1.read(text)


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(10)A(b)/7(15)261231(3103)001250",
        f"]d201{GTIN}10A(b)/7\x1d152612313103001250",
        f"HTTPS://example.com/shop/01/{GTIN}/10/A(b)%2F7?15=261231&utm=x&3103=001250",
    ],
)
def test_what_is_spelt_out_or_linked_says_the_same_as_what_is_scanned(text: str) -> None:
    assert gs1.read(text) == Carried(GTIN, "A(b)/7", date(2026, 12, 31), None, Decimal("1.250"))


def test_a_link_may_leave_out_the_zeros_of_a_gtin() -> None:
    assert gs1.read("https://id.gs1.org/01/3560070462476").gtin == GTIN


def test_an_hour_of_expiry_is_a_use_by_date_and_a_price_may_name_its_currency() -> None:
    carried = gs1.read(f"01{GTIN}70032611221200\x1d3932978399")
    assert (carried.use_by, carried.price, carried.currency) == (date(2026, 11, 22), 399, "978")


def test_a_wrong_check_digit_is_told() -> None:
    with pytest.raises(BadBarcode):
        gs1.read("]C10103560070462471")


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="ascii"), max_size=60) | st.from_regex(r"\]C1([0-9]{2,20}\x1d?){1,4}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(SaleError):
        gs1.read(text)
