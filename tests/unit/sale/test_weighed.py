"""Codes of goods weighed elsewhere in the shop."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_pos.sale import weighed
from tui_pos.sale.barcode import check_digit
from tui_pos.sale.errors import BadBarcode
from tui_pos.sale.weighed import BadPattern, Sealed

PATTERNS = ("21IIIIIWWWWWC", "23IIIIIPPPPPC", "25IIIIIINNNNC", "28PPPPPIIIIIC")


def ean(body: str) -> str:
    return body + str(check_digit(body))


def test_a_weight_is_read_in_grams() -> None:
    sealed = weighed.read(ean("212010101250"), PATTERNS)
    assert sealed == Sealed(items=("2120101000001", "20101"), kilograms=Decimal("1.250"))


def test_250_grams_are_never_2_5_kilograms() -> None:
    light, heavy = (weighed.read(ean(body), PATTERNS) for body in ("212010100250", "212010102500"))
    assert light is not None
    assert heavy is not None
    assert (light.kilograms, heavy.kilograms) == (Decimal("0.250"), Decimal("2.500"))


def test_a_price_and_a_count_are_read_too() -> None:
    priced = weighed.read(ean("230004200399"), PATTERNS)
    assert priced is not None
    assert (priced.items, priced.price) == (("2300042000005", "00042", "42"), 399)
    counted = weighed.read(ean("250012340012"), PATTERNS)
    assert counted is not None
    assert (counted.items[1:], counted.count) == (("001234", "1234"), 12)


def test_the_price_may_stand_before_the_item() -> None:
    sealed = weighed.read(ean("280039920101"), PATTERNS)
    assert sealed is not None
    assert (sealed.price, sealed.items[1]) == (399, "20101")


@pytest.mark.parametrize("code", ["3017620422003", ean("220000000001"), "2120101", "", "212010101250x"])
def test_other_codes_hold_nothing(code: str) -> None:
    assert weighed.read(code, PATTERNS) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21IIIIIWWWWW",
        "21IIIIIWWWWWCC",
        "31IIIIIWWWWWC",
        "21IIIWWWWWIIC",
        "21IIIIIXXXXXC",
        "21IIIIIIIIIIC",
        "2100000WWWWWC",
        "21IIIIIWWPPPC",
    ],
)
def test_what_is_no_pattern_is_refused_and_fits_nothing(text: str) -> None:
    with pytest.raises(BadPattern):
        weighed.parse(text)
    assert weighed.read(ean("212010101250"), (text,)) is None


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_every_item_and_weight_come_back(item: int, grams: int) -> None:
    sealed = weighed.read(ean(f"21{item:05d}{grams:05d}"), PATTERNS)
    assert sealed is not None
    assert (sealed.items[1], sealed.kilograms) == (f"{item:05d}", Decimal(grams) / 1000)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_texts_are_read_or_not(code: str, pattern: str) -> None:
    weighed.read(code, (*PATTERNS, pattern))


def test_a_label_is_read_from_a_scanner_that_makes_a_gtin_14_of_it() -> None:
    label = ean("212010101250")
    assert weighed.read("0" + label, PATTERNS) == weighed.read(label, PATTERNS) is not None
    assert weighed.read("1" + label, PATTERNS) is None


def test_a_code_of_02_is_read_as_the_upc_a_that_scanners_make_of_it() -> None:
    code = ean("020420101250")
    patterns = ("02IIIIWWWWWWC", "02IIIIIPPPPPC")
    for sent in (code, code.removeprefix("0")):
        sealed = weighed.read(sent, patterns[1:])
        assert sealed is not None
        assert (sealed.items[1], sealed.price) == ("04201", 1250)


@pytest.mark.parametrize(
    ("pattern", "body", "said"),
    [
        # the examples of the GS1 General Specifications: 2875 is checked by 9, 14685 by 6
        ("22IIIIIVPPPPC", "220420192875", 2875),
        ("22IIIIVPPPPPC", "220420614685", 14685),
        ("22IIIIIVWWWWC", "220420192875", 2875),
    ],
)
def test_the_check_digit_of_a_price_alone_is_checked(pattern: str, body: str, said: int) -> None:
    sealed = weighed.read(ean(body), (pattern,))
    assert sealed is not None
    assert (sealed.price or sealed.kilograms) == (said if "P" in pattern else Decimal(said).scaleb(-3))
    with pytest.raises(BadBarcode):
        weighed.read(ean(body[:-1] + str((int(body[-1]) + 1) % 10)), (pattern,))


@pytest.mark.parametrize("text", ["22IIIIIIVPPPC", "22VIIIIIPPPPC", "02PPPPPC", "03IIIIIPPPPPC"])
def test_no_pattern_is_made_of_a_check_digit_where_none_can_stand(text: str) -> None:
    with pytest.raises(BadPattern):
        weighed.parse(text)
