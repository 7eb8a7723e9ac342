"""Codes that say more than their product, and weights with their packaging."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.protocol import ProductRecord
from tests.small_shop import LENTILS, TOMATOES, Till
from tui_pos.inputs import Scan, Tare
from tui_pos.sale.barcode import check_digit

CHEESE = ProductRecord("9520000000042", "Comté", 2490, "5.5", "FOOD", weighed=True, unit="kg")
GTIN = LENTILS.rjust(14, "0")


def ean(body: str) -> str:
    return body + str(check_digit(body))


async def test_a_weighed_label_sells_its_weight_without_a_right_or_a_scale(cashier: Till) -> None:
    await cashier.scan(ean("210408701250"))
    (line,) = cashier.ticket.lines
    assert (line.quantity, line.total) == (Decimal("1.250"), 369)


async def test_a_priced_label_sells_one_piece_at_its_price(cashier: Till) -> None:
    await cashier.enter(ean("230408700399"))
    (line,) = cashier.ticket.lines
    assert (line.quantity, line.unit_price, line.total, line.weighed) == (Decimal(1), 399, 399, False)


async def test_a_label_that_makes_no_sense_is_refused(cashier: Till) -> None:
    assert (await cashier.refused(Scan(ean("219999901250")))).slug == "unknown_code"


@pytest.mark.parametrize(
    "code", [ean("210408700000"), ean("230408700000"), f"01{GTIN}3000", f"01{GTIN}39220000"]
)
async def test_a_label_that_says_zero_is_refused_and_it_is_said_why(cashier: Till, code: str) -> None:
    refused = await cashier.refused(Scan(code))
    assert refused.slug == "unknown_code"
    assert "a number of zero" in refused.message
    assert cashier.register.ticket is None


async def test_pieces_are_never_kilograms_nor_kilograms_pieces(cashier: Till) -> None:
    desk = cashier.register._desk
    desk.shop = replace(desk.shop, barcode_patterns=("21IIIIIWWWWWC", "25IIIIIINNNNC"))
    assert (await cashier.refused(Scan(ean("250040870012")))).slug == "not_allowed"
    piece = ProductRecord("777", "Pain au lait", 120, "5.5", "FOOD")
    await cashier.store.catalogue.load(products=(piece,), replace=False)
    assert (await cashier.refused(Scan(ean("210077701250")))).slug == "not_allowed"
    await cashier.scan(ean("250007770012"))
    assert [(line.code, line.quantity) for line in cashier.ticket.lines] == [(piece.code, Decimal(12))]


async def test_a_weight_cannot_be_multiplied(cashier: Till) -> None:
    await cashier.enter("3*")
    assert (await cashier.refused(Scan(ean("210408701250")))).slug == "not_allowed"


async def test_an_element_string_finds_its_product(cashier: Till) -> None:
    outcome = await cashier.scan(f"]C101{GTIN}15601231")
    assert outcome.notice is None
    assert [line.code for line in cashier.ticket.lines] == [LENTILS]


async def test_a_symbology_told_beside_the_code_counts_as_one_before_it(cashier: Till) -> None:
    await cashier.give(Scan(f"01{GTIN}", "]C1"))
    await cashier.give(Scan(LENTILS, "]E0"))
    assert {line.code for line in cashier.ticket.lines} == {LENTILS}


@pytest.mark.parametrize("identifier", ["15", "17"])
async def test_goods_past_their_date_are_added_with_a_warning(cashier: Till, identifier: str) -> None:
    outcome = await cashier.scan(f"]C101{GTIN}{identifier}200101")
    assert outcome.notice is not None
    assert (outcome.notice.slug, "01/01/2020" in outcome.notice.text) == ("past_date", True)
    assert cashier.ticket.count == 1


async def test_a_past_date_is_said_aloud(cashier: Till) -> None:
    outcome = await cashier.scan(f"]C101{GTIN}15200101")
    assert outcome.notice is not None
    assert outcome.notice.aloud


@pytest.mark.parametrize(
    "text", [f"(01){GTIN}(10)A(b)/7", f"https://id.gs1.org/01/{GTIN}/10/A%2F7?17=991231", f"01{GTIN}10A"]
)
async def test_an_element_string_may_be_typed_too(cashier: Till, text: str) -> None:
    await cashier.enter(text)
    assert [line.code for line in cashier.ticket.lines] == [LENTILS]


async def test_a_carton_whose_symbology_is_not_told_is_found_after_the_shops_own_codes(cashier: Till) -> None:
    await cashier.scan(f"01{GTIN}")
    own = ProductRecord(f"01{GTIN}", "Carte cadeau", 1000, "20", "OTHER")
    await cashier.store.catalogue.load(products=(own,), replace=False)
    await cashier.scan(f"01{GTIN}")
    assert [line.code for line in cashier.ticket.lines] == [LENTILS, own.code]


async def test_the_price_of_a_label_counts_where_its_weight_would_give_another(cashier: Till) -> None:
    weighed = "(01)09520000000042(3103)001250"
    await cashier.store.catalogue.load(products=(CHEESE,), replace=False)
    await cashier.scan(f"{weighed}(3922)3113", f"{weighed}(3922)2999")
    lines = [(line.quantity, line.total) for line in cashier.ticket.lines]
    assert lines == [(Decimal("1.250"), 3113), (Decimal(1), 2999)]


async def test_a_price_in_euros_is_taken_and_one_in_francs_refused(cashier: Till) -> None:
    await cashier.scan(f"(01){GTIN}(3932)978399")
    assert cashier.ticket.total == 399
    assert (await cashier.refused(Scan(f"(01){GTIN}(3932)756399"))).slug == "not_allowed"


@pytest.mark.parametrize("add_on", ["05", "52495"])
async def test_the_digits_beside_the_ean_of_a_periodical_are_no_part_of_it(
    cashier: Till, add_on: str
) -> None:
    await cashier.scan(LENTILS + add_on, f"]E3{LENTILS}{add_on}")
    assert {line.code for line in cashier.ticket.lines} == {LENTILS}
    assert (await cashier.refused(Scan("]E105"))).slug == "unknown_code"
    assert (await cashier.refused(Scan("]E252495"))).slug == "unknown_code"


@pytest.mark.parametrize(
    "text", ["36000291452", "0 36000 29145 2", "036000-291452", "0036000291452", "]E0036000291452"]
)
async def test_a_gtin_is_found_as_it_is_printed_and_without_its_zeros(cashier: Till, text: str) -> None:
    tissues = ProductRecord("036000291452", "Mouchoirs", 250, "20", "OTHER")
    await cashier.store.catalogue.load(products=(tissues,), replace=False)
    await cashier.scan(text)
    await cashier.enter(text)
    assert [line.code for line in cashier.ticket.lines] == [tissues.code] * 2


async def test_a_code_of_the_shops_own_comes_before_any_other_reading_of_it(cashier: Till) -> None:
    own = ProductRecord("36000291452", "Carte", 100, "20", "OTHER")
    tissues = ProductRecord("036000291452", "Mouchoirs", 250, "20", "OTHER")
    await cashier.store.catalogue.load(products=(own, tissues), replace=False)
    await cashier.scan(own.code)
    assert [line.code for line in cashier.ticket.lines] == [own.code]


async def test_a_carton_counts_its_pieces(cashier: Till) -> None:
    await cashier.scan(f"]C102{GTIN}3706")
    assert cashier.ticket.lines[0].quantity == 6


async def test_an_unknown_product_of_an_element_string_is_told(cashier: Till) -> None:
    assert (await cashier.refused(Scan("]C1010356007046247610A"))).slug == "unknown_code"


async def test_packaging_is_taken_off_the_next_weight_only(cashier: Till) -> None:
    cashier.twin("scale").set(weight="1.250")
    outcome = await cashier.give(Tare(Decimal("0.020")))
    assert outcome.notice is not None
    await cashier.scan(TOMATOES, TOMATOES)
    assert [line.quantity for line in cashier.ticket.lines] == [Decimal("1.230"), Decimal("1.250")]


@pytest.mark.parametrize("weight", ["-0.020", "10", "0.0005", "NaN", "1E400", "1E-400", "-Infinity"])
async def test_a_tare_that_is_none_is_refused(cashier: Till, weight: str) -> None:
    assert (await cashier.refused(Tare(Decimal(weight)))).slug == "bad_quantity"
