"""The GTIN and UPC cases of two public suites; what is beyond a GTIN is listed below, each group with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.shared_data import shared_data
from tui_pos.sale.barcode import (
    Code,
    Kind,
    as_gtin8,
    as_gtin12,
    as_gtin13,
    as_gtin14,
    check_digit,
    expand_upc_e,
    is_gtin,
    recognise,
)
from tui_pos.sale.errors import BadBarcode, UnknownCode

pytestmark = pytest.mark.data

Values = dict[str, Any]
Group = tuple[str, str]
"""A file of the suite and a test of that file, or one scan of it."""


def encodes(encode: Callable[[str], str]) -> Callable[[Values], None]:
    def check(values: Values) -> None:
        assert encode(values["value"]) == values["expected"]

    return check


def refuses(use: Callable[[str], object]) -> Callable[[Values], None]:
    def check(values: Values) -> None:
        with pytest.raises(BadBarcode):
            use(values["value"])

    return check


def is_recognised(values: Values) -> None:
    assert recognise(values["value"]) == Code(values["value"], Kind.GTIN)


def is_no_gtin(values: Values) -> None:
    assert not is_gtin(values["value"])
    assert recognise(values["value"]).kind is Kind.OTHER


def checks(values: Values) -> None:
    assert check_digit(values["value"]) == values["expected"]


def stands_for_the_same_gtin(values: Values) -> None:
    """The short form is not made here, since no till writes it; read back, it is the same GTIN-12."""
    value = values["value"]
    assert expand_upc_e(values["expected"]) == (value if len(value) == 12 else expand_upc_e(value))


def upc_as(encode: Callable[[str], str]) -> Callable[[Values], None]:
    return encodes(lambda value: encode(expand_upc_e(value)))


def scan_of_a_gtin(values: Values) -> None:
    assert recognise(values["strings"][0]) == Code(values["strings"][1], Kind.GTIN)


def scan_without_a_code(values: Values) -> None:
    with pytest.raises(UnknownCode):
        recognise(values["strings"][0])


def scan_with_a_wrong_check_digit(values: Values) -> None:
    with pytest.raises(BadBarcode):
        recognise(values["strings"][0])


def scan_of_something_else(values: Values) -> None:
    assert recognise(values["strings"][0]).kind is not Kind.GTIN


def scan_with_its_check_digit(values: Values) -> None:
    body, scan = values["strings"]
    assert recognise(scan) == Code(f"{body}{check_digit(body)}", Kind.GTIN)


RUN: dict[Group, Callable[[Values], None]] = {
    ("gtin/test_encode.py", "test_as_gtin_14"): encodes(as_gtin14),
    ("gtin/test_encode.py", "test_as_gtin_13"): encodes(as_gtin13),
    ("gtin/test_encode.py", "test_as_gtin_12"): encodes(as_gtin12),
    ("gtin/test_encode.py", "test_as_gtin_12_fails_for_too_long_values"): refuses(as_gtin12),
    ("gtin/test_encode.py", "test_as_gtin_8_fails_for_too_long_values"): refuses(as_gtin8),
    ("gtin/test_parse.py", "test_parse_nonnumeric_value"): is_no_gtin,
    ("gtin/test_parse.py", "test_parse_gtin_8"): is_recognised,
    ("gtin/test_parse.py", "test_parse_gtin_8_with_leading_zeros"): is_recognised,
    ("gtin/test_parse.py", "test_parse_gtin_12_without_leading_zero"): is_recognised,
    ("gtin/test_parse.py", "test_parse_gtin_12_with_1_leading_zero"): is_recognised,
    ("gtin/test_parse.py", "test_parse_gtin_12_with_2_leading_zero"): is_recognised,
    ("gtin/test_parse.py", "test_parse_gtin_12_with_3_leading_zero"): is_recognised,
    ("gtin/test_parse.py", "test_parse_gtin_13"): is_recognised,
    (
        "rcn/test_without_variable_measure.py",
        "test_without_variable_measure_keeps_gtin_unchanged",
    ): is_recognised,
    ("test_checksums.py", "test_gs1_standard_check_digit"): checks,
    ("test_checksums.py", "test_gs1_standard_check_digit_with_nonnumeric_value"): refuses(check_digit),
    ("upc/test_encode.py", "test_as_upc_a"): encodes(expand_upc_e),
    ("upc/test_encode.py", "test_as_upc_e"): stands_for_the_same_gtin,
    ("upc/test_encode.py", "test_as_gtin_12"): upc_as(as_gtin12),
    ("upc/test_encode.py", "test_as_gtin_13"): upc_as(as_gtin13),
    ("upc/test_encode.py", "test_as_gtin_14"): upc_as(as_gtin14),
    ("upc/test_parse.py", "test_parse_nonnumeric_value"): refuses(expand_upc_e),
    ("scandata.c: scanned", "]E02112345678900"): scan_of_a_gtin,
    ("scandata.c: scanned", "]E01234ABC890123"): scan_of_something_else,
    ("scandata.c: scanned", "]E4"): scan_without_a_code,
    ("scandata.c: scanned", "]E4123456789"): scan_of_something_else,
    ("scandata.c: scanned", "]E402345674"): scan_with_a_wrong_check_digit,
    ("scandata.c: made", "211234567890"): scan_with_its_check_digit,
}

WEIGHT_OR_PRICE = "weight or price inside a code of restricted circulation: not read yet"
ELEMENT_STRINGS = "GS1 element strings are not read yet"
DIGITAL_LINK = "GS1 Digital Link is not read yet"
NO_GOODS = "places, pallets and companies: not scanned at a till"
LEFT_OUT: dict[Group, str] = {
    ("rcn/test_rules.py", "*"): WEIGHT_OR_PRICE,
    ("test_checksums.py", "test_gs1_price_weight_check_digit"): WEIGHT_OR_PRICE,
    ("test_checksums.py", "test_gs1_price_weight_check_digit_with_nonnumeric_value"): WEIGHT_OR_PRICE,
    ("test_checksums.py", "test_gs1_price_weight_check_digit_on_values_with_wrong_length"): WEIGHT_OR_PRICE,
    ("test_gln.py", "*"): NO_GOODS,
    ("test_sscc.py", "*"): NO_GOODS,
    ("test_gs1_prefixes.py", "*"): NO_GOODS,
    ("test_gs1_application_identifiers.py", "*"): ELEMENT_STRINGS,
    ("test_gs1_element_strings.py", "*"): ELEMENT_STRINGS,
    ("test_gs1_messages.py", "*"): ELEMENT_STRINGS,
    ("test_gs1_digital_link_uris.py", "*"): DIGITAL_LINK,
    ("test_symbology.py", "*"): "how that suite's own record of a symbology prints",
    ("ai.c", "*"): ELEMENT_STRINGS,
    ("dl.c", "*"): DIGITAL_LINK,
    (
        "scandata.c: scanned",
        "]E0123456789012",
    ): "12 digits after ]E0: taken here, some scanners cut a UPC-A's zero",
    ("scandata.c: scanned", "*"): "GS1 element strings, composites and plain data in other symbologies",
    ("scandata.c: made", "*"): "making scans from element strings: a till reads them",
}


def group_of(case: dict[str, Any]) -> Group:
    """The entry of the tables that the case falls under: its own before that of its file."""
    file = case["source"].partition(":")[2].removeprefix("tests/").removeprefix("src/c-lib/")
    own = case["case"]
    if file == "scandata.c":
        file = f"scandata.c: {'scanned' if own == 'test_testProcessScanData' else 'made'}"
        own = case["input"]["strings"][0]
    return (file, own) if (file, own) in RUN or (file, own) in LEFT_OUT else (file, "*")


@pytest.fixture(scope="module")
def groups() -> dict[Group, list[Values]]:
    sorted_out: dict[Group, list[Values]] = {}
    for case in json.loads(shared_data("barcode_vectors.json").read_text()):
        sorted_out.setdefault(group_of(case), []).append(case["input"])
    return sorted_out


@pytest.mark.parametrize("group", RUN, ids=" ".join)
def test_a_code_is_read_as_expected(group: Group, groups: dict[Group, list[Values]]) -> None:
    for values in groups[group]:
        RUN[group](values)


def test_every_case_is_run_or_left_out_for_a_reason(groups: dict[Group, list[Values]]) -> None:
    assert not RUN.keys() & LEFT_OUT.keys()
    assert groups.keys() == RUN.keys() | LEFT_OUT.keys()
    assert sum(map(len, groups.values())) == 337
