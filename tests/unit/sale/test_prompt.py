"""The grammar of the prompt."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sale.counter import outcome
from tui_pos.sale.barcode import Code, Kind
from tui_pos.sale.errors import (
    BadAmount,
    BadBarcode,
    BadPrice,
    BadQuantity,
    NotAllowed,
    SaleError,
    UnknownCode,
)
from tui_pos.sale.prompt import (
    AmountTyped,
    CodeTyped,
    Context,
    NameTyped,
    Nothing,
    PriceTyped,
    Prompted,
    QuantityThen,
    read,
)

GTIN = CodeTyped(Code("3017620422003", Kind.GTIN))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("3017620422003", GTIN),
        ("3017620422003\r\n", GTIN),
        ("3*3017620422003", QuantityThen(Decimal(3), GTIN)),
        ("0.350*42", QuantityThen(Decimal("0.350"), CodeTyped(Code("42", Kind.PLU)))),
        ("0,350 * 42", QuantityThen(Decimal("0.350"), CodeTyped(Code("42", Kind.PLU)))),
        ("3*", QuantityThen(Decimal(3), None)),
        ("3 * ", QuantityThen(Decimal(3), None)),
        ("-3*", QuantityThen(Decimal(-3), None)),
        ("2*pain", QuantityThen(Decimal(2), NameTyped("pain"))),
        ("pain", NameTyped("pain")),
        ("crème fraîche", NameTyped("crème fraîche")),
        ("huile 1 l", NameTyped("huile 1 l")),
        ("C00042", CodeTyped(Code("C00042", Kind.OTHER))),
        ("]E03017620422003", GTIN),
        ("&é\"'", CodeTyped(Code("1234", Kind.PLU))),
        ("çà", CodeTyped(Code("90", Kind.PLU))),
        ("42", CodeTyped(Code("42", Kind.PLU))),
        ("%", CodeTyped(Code("%", Kind.OTHER))),
    ],
)
def test_goods_are_asked_by_code_or_name_with_a_quantity_before(text: str, means: Prompted) -> None:
    assert read(text, Context.ITEM) == means


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0*",
            "*",
            "*42",
            "1e9*3017620422003",
            "NaN*",
            "inf*1",
            "٣*",
            "0x10*",
            "999999999*",
            "a*b",
            "3**42",
        ),
        *("3*4*42", "1.2345*42", "-*42", "--1*42"),
    ],
)
def test_what_stands_before_a_star_must_be_a_quantity(text: str) -> None:
    with pytest.raises(BadQuantity):
        read(text, Context.ITEM)


def test_a_misread_barcode_after_a_quantity_is_refused() -> None:
    with pytest.raises(BadBarcode):
        read("3*3017620422004", Context.ITEM)


@pytest.mark.parametrize(
    "text",
    [
        "3017620422003\r\n3017620422003",
        "a" * 4000,
        "9" * 1_000_000,
        "\x1b[31m",
        "\x00",
        "\u202e",
        "3*" + "9" * 60,
    ],
)
@pytest.mark.parametrize("context", Context)
def test_junk_is_refused_with_a_message_that_is_safe_to_show(text: str, context: Context) -> None:
    with pytest.raises(SaleError) as refused:
        read(text, context)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("context", Context)
@pytest.mark.parametrize("text", ["", " ", "\r\n", "\t"])
def test_enter_on_nothing_is_nothing(text: str, context: Context) -> None:
    assert read(text, context) == Nothing()


def test_a_price_is_typed_where_one_is_asked() -> None:
    assert read("2,50", Context.PRICE) == PriceTyped(250)
    for text in ("-1", "abc", "3017620422003"):
        with pytest.raises(BadPrice):
            read(text, Context.PRICE)


@pytest.mark.parametrize("context", [Context.PAYMENT, Context.SESSION])
def test_an_amount_is_typed_when_paying_and_for_the_float(context: Context) -> None:
    assert read("20", context) == AmountTyped(2000)
    for text in ("-20", "3*", "pain", "3017620422003"):
        with pytest.raises(BadAmount):
            read(text, context)


def test_a_badge_need_not_be_a_gtin() -> None:
    assert read("12345678", Context.SIGN_IN) == CodeTyped(Code("12345678", Kind.OTHER))


def test_nothing_is_typed_while_a_card_payment_is_in_doubt() -> None:
    with pytest.raises(NotAllowed, match="terminal"):
        read("3017620422003", Context.PAYMENT_UNKNOWN)


def test_a_long_text_is_unknown_rather_than_searched() -> None:
    with pytest.raises(UnknownCode):
        read("a " * 30, Context.ITEM)


@given(st.text(max_size=120), st.sampled_from(Context))
def test_any_text_means_something_or_is_a_sale_error(text: str, context: Context) -> None:
    means = outcome(lambda: read(text, context))
    if isinstance(means, SaleError):
        assert str(means).isprintable()
    elif isinstance(means, QuantityThen):
        assert means.quantity.is_finite()
        assert means.quantity


@given(st.text("0123456789*.,-+eExX ٣NaInf\t", max_size=20))
def test_texts_that_look_like_quantities_are_read_or_refused(text: str) -> None:
    means = outcome(lambda: read(text, Context.ITEM))
    if isinstance(means, SaleError):
        assert means.slug in {"bad_quantity", "bad_barcode", "unknown_code"}
