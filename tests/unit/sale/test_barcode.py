"""Codes as scanners and fingers give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sale.counter import outcome
from tui_pos.sale.barcode import (
    GTIN_LENGTHS,
    Code,
    Kind,
    as_gtin8,
    as_gtin12,
    as_gtin13,
    as_gtin14,
    check_digit,
    expand_upc_e,
    is_gtin,
    other_readings,
    recognise,
)
from tui_pos.sale.errors import BadBarcode, SaleError, SeveralLines, UnknownCode, WrongLength

DIGITS = "0123456789"
UNSHIFTED = "à&é\"'(-è_ç"
GTINS = st.sampled_from(GTIN_LENGTHS).flatmap(
    lambda length: st.text(DIGITS, min_size=length - 1, max_size=length - 1).map(
        lambda body: f"{body}{check_digit(body)}"
    )
)


@pytest.mark.parametrize("text", ["3017620422003", "96385074", "00018166", "036000291452", "10012345678902"])
def test_a_gtin_is_known_by_its_length_and_check_digit(text: str) -> None:
    assert recognise(text) == Code(text, Kind.GTIN)


@pytest.mark.parametrize("text", ["3017620422004", "96385075", "036000291453", "10012345678903"])
def test_a_wrong_check_digit_is_refused(text: str) -> None:
    with pytest.raises(BadBarcode) as refused:
        recognise(text)
    assert refused.value.details == {"code": text}


@pytest.mark.parametrize(
    "text",
    ["3017620422003\r", "3017620422003\n", "3017620422003\r\n", "\t3017620422003\t", " 3017620422003 "],
)
def test_what_scanners_put_around_a_code_is_dropped(text: str) -> None:
    assert recognise(text).text == "3017620422003"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("]E03017620422003", Code("3017620422003", Kind.GTIN)),
        ("]E496385074", Code("96385074", Kind.GTIN)),
        ("]I110012345678902", Code("10012345678902", Kind.GTIN)),
        ("]C0C00042", Code("C00042", Kind.OTHER)),
        ("]C1019501101530003", Code("019501101530003", Kind.OTHER)),
        ("]d2ABC", Code("ABC", Kind.OTHER)),
        ("]Q3ABC", Code("ABC", Kind.OTHER)),
    ],
)
def test_a_symbology_identifier_is_dropped(text: str, code: Code) -> None:
    assert recognise(text) == code


@given(GTINS)
def test_an_unshifted_french_keyboard_reads_as_digits(gtin: str) -> None:
    typed = gtin.translate(str.maketrans(DIGITS, UNSHIFTED))
    assert recognise(typed) == Code(gtin, Kind.GTIN)
    assert recognise(typed.upper()) == Code(gtin, Kind.GTIN), "with Caps Lock"


def test_a_text_with_other_characters_is_not_taken_for_unshifted_digits() -> None:
    assert recognise("d'été") == Code("d'été", Kind.OTHER)


@pytest.mark.parametrize("text", ["1", "42", "123456"])
def test_up_to_six_digits_are_a_plu(text: str) -> None:
    assert recognise(text) == Code(text, Kind.PLU)


@pytest.mark.parametrize("text", ["1234567", "12345678901", "C00042", "%", "𝟛𝟘", "*A-1*", "x" * 48])
def test_what_else_prints_is_a_code_of_the_shop(text: str) -> None:
    assert recognise(text) == Code(text, Kind.OTHER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\r\n",
        "\x00",
        "\x1b[31m",
        "\x1d10ABC",
        "\u202e123",
        "\ud800",
        "x" * 49,
        "9" * 1_000_000,
        "]E0",
    ],
)
def test_what_cannot_be_a_code_is_refused_with_a_message_that_is_safe_to_show(text: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        recognise(text)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 150


def test_two_scans_run_together_are_refused_as_such() -> None:
    with pytest.raises(SeveralLines, match="several lines"):
        recognise("3017620422003\r\n3017620422003")


def test_eight_digits_that_hold_only_as_upc_e_become_the_gtin_12_they_stand_for() -> None:
    assert not is_gtin("04252614")
    assert recognise("04252614") == Code("042100005264", Kind.GTIN)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("425261", "042100005264"),
        ("0425261", "042100005264"),
        ("04252614", "042100005264"),
        ("02345147", "023450000017"),
        ("08679339", "086700000939"),
        ("06397126", "063200009716"),
        ("14252611", "142100005261"),
        ("02345673", "023456000073"),
    ],
)
def test_a_upc_e_is_expanded(text: str, gtin: str) -> None:
    assert expand_upc_e(text) == gtin
    assert is_gtin(gtin)


@pytest.mark.parametrize("text", ["04252615", "12345", "123456789", "2425261", "42526a", "٤٢٥٢٦١"])
def test_what_is_no_upc_e_is_refused(text: str) -> None:
    with pytest.raises(BadBarcode):
        expand_upc_e(text)


@given(GTINS)
def test_every_gtin_is_recognised_and_has_one_form_of_14_digits(gtin: str) -> None:
    assert recognise(gtin) == Code(gtin, Kind.GTIN)
    whole = as_gtin14(gtin)
    assert is_gtin(whole)
    assert int(whole) == int(gtin)


@given(GTINS, st.data())
def test_one_wrong_digit_is_always_seen(gtin: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(gtin) - 1))
    wrong = data.draw(st.sampled_from(DIGITS.replace(gtin[at], "")))
    misread = gtin[:at] + wrong + gtin[at + 1 :]
    assert not is_gtin(misread)
    with pytest.raises(BadBarcode):
        as_gtin14(misread)


def test_a_gtin_is_shortened_only_over_zeros() -> None:
    assert as_gtin8("00000096385074") == "96385074"
    assert as_gtin12("0036000291452") == "036000291452"
    assert as_gtin13("03017620422003") == "3017620422003"
    with pytest.raises(WrongLength):
        as_gtin12("3017620422003")
    with pytest.raises(WrongLength):
        as_gtin8("123")


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_a_sale_error(text: str) -> None:
    code = outcome(lambda: recognise(text))
    if isinstance(code, SaleError):
        assert str(code).isprintable()
    else:
        assert code.text
        assert code.text.isprintable()
        assert len(code.text) <= 48


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("3 017620 422003", ["3017620422003"]),
        ("3017620-422003", ["3017620422003"]),
        ("977123456700312", ["9771234567003"]),
        ("301762042200312345", ["3017620422003"]),
        ("301762042200412345", []),
        ("17620422003", []),
        ("36000291452", ["0036000291452"]),
        ("18166", []),
        ("0018166", ["00018166"]),
        ("C00042", []),
    ],
)
def test_a_code_that_is_not_known_is_read_in_the_other_ways_that_it_may_have_come(
    text: str, others: list[str]
) -> None:
    assert list(other_readings(text)) == others
