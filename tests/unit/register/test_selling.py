"""Goods come onto the ticket: by scan, by typing, by weight, by a price that is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.small_shop import BREAD, CARD, COFFEE, LENTILS, SHARED, SPONGE, TOMATOES, WINE, Shop, Till
from tui_pos.inputs import Add, Back, Enter, Scan, Select, SetCustomer, SetPrice, Tender
from tui_pos.sale.prompt import Context


async def test_scans_make_lines_in_their_order(cashier: Till) -> None:
    await cashier.scan(LENTILS, COFFEE, LENTILS)
    assert [(line.n, line.code) for line in cashier.ticket.lines] == [(1, LENTILS), (2, COFFEE), (3, LENTILS)]
    assert cashier.due == 249 + 389 + 249


@pytest.mark.parametrize(
    "code", [LENTILS + "\r", LENTILS + "\n", LENTILS + "\r\n", LENTILS + "\t", f" {LENTILS} "]
)
async def test_whatever_ends_a_scan_it_is_the_same_product(cashier: Till, code: str) -> None:
    await cashier.scan(code)
    assert cashier.due == 249


async def test_digits_of_an_unshifted_french_keyboard_are_read(cashier: Till) -> None:
    await cashier.enter(LENTILS.translate(str.maketrans("1234567890", "&é\"'(-è_çà")))
    assert cashier.due == 249


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("9520000000101", "bad_barcode"),
        ("9520000000103", "unknown_code"),
        ("x" * 4000, "unknown_code"),
        (f"{LENTILS}\r\n{COFFEE}", "unknown_code"),
        ("\x00\x1b[31m", "unknown_code"),
        ("\ufffd\u202e", "unknown_code"),
        ("", "unknown_code"),
        (SHARED, "ambiguous_code"),
    ],
)
async def test_a_bad_scan_gets_a_clear_answer_and_loses_nothing(cashier: Till, code: str, slug: str) -> None:
    await cashier.scan(COFFEE)
    refusal = await cashier.refused(Scan(code))
    assert refusal.slug == slug
    assert refusal.message.isprintable()
    assert len(refusal.message) < 200


@pytest.mark.parametrize(
    "text", ["0*", "999999999*", "1e9*", "٣*", "NaN*", "*", "3*4*", "1.2345*", f"0*{LENTILS}"]
)
async def test_a_bad_quantity_changes_nothing(cashier: Till, text: str) -> None:
    await cashier.scan(COFFEE)
    assert (await cashier.refused(Enter(text))).slug == "bad_quantity"


async def test_a_name_finds_products_to_choose_from(cashier: Till) -> None:
    outcome = await cashier.enter("vin")
    assert outcome.found is not None
    assert [product.code for product in outcome.found] == [WINE]
    await cashier.give(Add(WINE))
    assert cashier.due == 650


async def test_a_shared_code_typed_lets_the_cashier_choose_and_keeps_the_quantity(cashier: Till) -> None:
    outcome = await cashier.enter(f"2*{SHARED}")
    assert outcome.found is not None
    assert {product.code for product in outcome.found} == {WINE, "771"}
    await cashier.give(Add("771"))
    assert cashier.due == 420


async def test_a_product_that_is_gone_cannot_be_chosen(cashier: Till) -> None:
    assert (await cashier.refused(Add("gone"))).slug == "unknown_code"


async def test_a_quantity_typed_ahead_is_of_the_next_product_only(shop: Shop, cashier: Till) -> None:
    await cashier.enter("3*")
    assert (await cashier.refused(Scan("9520000000103"))).slug == "unknown_code"
    till = await (await shop.power_cut()).sign_in()
    await till.scan(LENTILS, LENTILS)
    assert till.totals == [747, 249]


async def test_escape_forgets_a_quantity_typed_ahead(cashier: Till) -> None:
    await cashier.enter("3*")
    await cashier.give(Back())
    await cashier.scan(LENTILS)
    assert cashier.due == 249


async def test_a_product_without_a_price_asks_for_it(cashier: Till) -> None:
    outcome = await cashier.enter(f"2*{BREAD}")
    assert outcome.notice is not None
    assert outcome.notice.slug == "price_needed"
    assert cashier.register.prompt().context == Context.PRICE
    assert "Pain du jour" in cashier.register.prompt().label
    await cashier.enter("1,20")
    assert cashier.due == 240
    assert cashier.register.prompt().context == Context.ITEM


async def test_an_asked_price_is_given_without_the_right_to_change_prices(cashier: Till) -> None:
    await cashier.scan(BREAD)
    await cashier.give(SetPrice(95))
    assert cashier.due == 95


async def test_a_price_that_is_asked_survives_a_power_cut(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.enter(f"3*{BREAD}")
    till = await (await shop.power_cut()).sign_in()
    assert till.register.prompt().context == Context.PRICE
    await till.enter("1.00")
    assert till.totals == [249, 300]


@pytest.mark.parametrize(
    "given", [Scan(LENTILS), Scan(CARD), Add(LENTILS), Enter(""), Enter("-1"), Enter(LENTILS), SetPrice(-1)]
)
async def test_a_scan_never_answers_a_price(cashier: Till, given: Scan | Add | Enter | SetPrice) -> None:
    await cashier.scan(BREAD)
    assert (await cashier.refused(given)).slug in {"not_allowed", "bad_price"}


async def test_escape_leaves_a_price_that_was_asked(cashier: Till) -> None:
    await cashier.scan(LENTILS, BREAD)
    await cashier.give(Back())
    await cashier.scan(SPONGE)
    assert cashier.totals == [249, 179]


async def test_a_weighed_product_takes_what_the_scale_says(cashier: Till) -> None:
    cashier.twin("scale").set(weight="1.250")
    await cashier.scan(TOMATOES)
    (line,) = cashier.ticket.lines
    assert (line.quantity, line.total, line.weighed) == (Decimal("1.250"), 369, True)


@pytest.mark.parametrize("trouble", [{"fault": "unstable"}, {"fault": "offline"}, {"weight": "0.000"}])
async def test_without_a_stable_weight_nothing_is_sold(cashier: Till, trouble: dict[str, str]) -> None:
    cashier.twin("scale").set(**{"weight": "1.250", **trouble})
    assert (await cashier.refused(Scan(TOMATOES))).slug == "no_weight"


async def test_250_g_typed_is_never_read_as_two_kilograms_and_a_half(cashier: Till) -> None:
    await cashier.enter(f"0.250*{TOMATOES}")
    assert cashier.due == 74


async def test_a_card_of_a_customer_is_scanned_like_a_product(cashier: Till) -> None:
    await cashier.scan(CARD, LENTILS)
    assert cashier.ticket.customer == "C1"
    await cashier.give(SetCustomer("C2"))
    assert cashier.ticket.customer == "C2"
    await cashier.give(SetCustomer(None))
    assert not cashier.ticket.customer
    assert (await cashier.refused(SetCustomer("nobody"))).slug == "unknown_code"


async def test_enter_on_an_empty_ticket_says_so(cashier: Till) -> None:
    assert (await cashier.refused(Enter(""))).slug == "empty_ticket"
    assert (await cashier.refused(Tender("CASH"))).slug == "empty_ticket"


async def test_a_line_that_is_not_there_cannot_be_chosen(cashier: Till) -> None:
    assert (await cashier.refused(Select(1))).slug == "no_ticket"
    await cashier.scan(LENTILS)
    assert (await cashier.refused(Select(2))).slug == "no_line"


async def test_a_scan_while_paying_goes_on_with_goods(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.enter("")
    assert cashier.register.prompt().context == Context.PAYMENT
    await cashier.scan(COFFEE)
    assert cashier.register.prompt().context == Context.ITEM
