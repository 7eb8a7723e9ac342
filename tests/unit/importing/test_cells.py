"""What one cell says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_pos.importing.cells import (
    BadCell,
    price_unit,
    read_code,
    read_label,
    read_price,
    read_vat,
    read_weighed,
    text_of,
)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("9520010100008", "9520010100008"),
        (" 9520010100008 ", "9520010100008"),
        ("9 520010 100008", "9520010100008"),
        ('="9520010100008"', "9520010100008"),
        ("'9520010100008", "9520010100008"),
        ("00018166", "00018166"),
        ("4011", "4011"),
        ("PAIN-04", "PAIN-04"),
        ("ABC 12", "ABC 12"),
        ("9520010100008.0", "9520010100008"),
        ("4011,00", "4011"),
        ("12.5", "12.5"),
    ],
)
def test_a_code_is_read_as_shops_and_spreadsheets_write_it(cell: str, code: str) -> None:
    assert read_code(text_of(cell)).text == code


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "missing"),
        ('=""', "missing"),
        ("9520010100009", "check digit"),
        ("9,52001E+12", "spreadsheet has rounded"),
        ("9.52001E+12", "spreadsheet has rounded"),
        ("C" * 60, "cannot be a code"),
        ("12\x0034", "cannot be a code"),
    ],
)
def test_a_code_that_could_never_be_scanned_is_refused(cell: str, why: str) -> None:
    with pytest.raises(BadCell, match=why):
        read_code(text_of(cell))


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("1.25", 125),
        ("1,25", 125),
        ("1", 100),
        ("0", 0),
        ("1,5 €", 150),
        ("€1.25", 125),
        ("1 234,50 EUR", 123_450),
        ("1\u202f234,50\N{NO-BREAK SPACE}€", 123_450),
        ("", None),
        (" \N{NO-BREAK SPACE}", None),
        ("€", None),
    ],
)
def test_a_price_is_read_with_comma_or_point(cell: str, price: int | None) -> None:
    assert read_price(text_of(cell)) == price


@pytest.mark.parametrize(
    "cell", ["abc", "1.2.3", "1.234,50", "1.255", "1e3", "٣", "NaN", "999999999", "12-", "1/2"]
)
def test_what_is_no_price_is_refused(cell: str) -> None:
    with pytest.raises(BadCell, match=r"price such as 2\.50"):
        read_price(cell)


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(BadCell, match="negative"):
        read_price("-1,00 €")


@given(st.integers(0, 9_999_999))
@settings(max_examples=50)
def test_a_price_comes_back_to_the_cent(cents: int) -> None:
    assert read_price(f"{cents // 100},{cents % 100:02d} €") == cents


@pytest.mark.parametrize(
    ("cell", "rate"),
    [("5.5", "5.5"), ("5,5 %", "5.5"), ("20%", "20"), ("20.00", "20"), ("0", "0"), ("2,1", "2.1")],
)
def test_a_vat_rate_is_read_in_percent(cell: str, rate: str) -> None:
    assert read_vat(cell) == Decimal(rate)


def test_no_vat_rate_is_none() -> None:
    assert read_vat("") is None


@pytest.mark.parametrize("cell", ["0.2", "0,055", "101", "-5", "normal", "5.555", "5.5 % 20 %"])
def test_what_is_no_rate_in_percent_is_refused(cell: str) -> None:
    with pytest.raises(BadCell, match="VAT rate in percent"):
        read_vat(cell)


@pytest.mark.parametrize(
    ("cell", "weighed"),
    [("oui", True), ("X", True), ("1", True), ("Vrai", True), ("non", False), ("", False), ("0", False)],
)
def test_weighed_is_a_yes_or_a_no(cell: str, weighed: bool) -> None:
    assert read_weighed(cell) is weighed


def test_weighed_is_nothing_else() -> None:
    with pytest.raises(BadCell, match="neither yes nor no"):
        read_weighed("peut-être")


@pytest.mark.parametrize(
    ("cell", "unit"),
    [("kg", "kg"), ("Pièce", "piece"), ("L", "l"), ("Kilo", "kg"), ("unité", "piece"), ("palette", None)],
)
def test_the_unit_of_a_price_has_many_names(cell: str, unit: str | None) -> None:
    assert price_unit(cell) == unit


def test_a_label_loses_blanks_and_line_ends_and_keeps_its_accents() -> None:
    assert read_label(text_of("  Crème\r\n fraîche\N{NO-BREAK SPACE}\t30 %  ")) == "Crème fraîche 30 %"


def test_accents_are_composed_so_that_one_name_is_one_text() -> None:
    assert text_of("Pa\u0302te\u0301") == "Pâté"


@pytest.mark.parametrize("label", ["Pain\x1b[31m", "Pain\u202eniap", "Pain\x07"])
def test_a_label_that_would_steer_a_terminal_is_refused(label: str) -> None:
    with pytest.raises(BadCell, match="do not print"):
        read_label(text_of(label))
