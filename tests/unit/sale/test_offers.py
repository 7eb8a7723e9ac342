"""Offers: what the shop grants by itself, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui_pos.sale.basket import add, change_quantity, discount_line, discount_ticket, new_ticket, void_line
from tui_pos.sale.offers import Offer, with_offers
from tui_pos.sale.pricing import line_totals, totals
from tui_pos.sale.tax import vat_rows
from tui_pos.sale.ticket import Payment, Product, Reduction, Ticket

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CHEESE = Product("1", "Comté", 400, Decimal("5.5"), "FROMAGES")
BRIE = Product("2", "Brie", 200, Decimal("5.5"), "FROMAGES")
SOAP = Product("3", "Savon", 150, Decimal(20), "HYGIENE")

TEN_OFF_CHEESE = Offer("F10", "Semaine des fromages", "percent", Decimal(10), "family", "FROMAGES")
COMTE_AT_3 = Offer("P3", "Comté à 3 €", "price", Decimal(300), "product", "1")
CENTS_OFF_BRIE = Offer("A30", "Brie", "amount", Decimal(30), "product", "2")
FIVE_OFF_ALL = Offer("T5", "Anniversaire", "percent", Decimal(5), "ticket")


def ticket_of(*goods: tuple[Product, int]) -> Ticket:
    ticket = new_ticket("u", NOW, "1")
    for product, quantity in goods:
        ticket = add(ticket, product, Decimal(quantity))
    return ticket


def test_a_family_gets_its_percentage_and_the_line_says_why() -> None:
    ticket = with_offers(ticket_of((BRIE, 2), (SOAP, 1)), [TEN_OFF_CHEESE])
    brie, soap = ticket.lines
    assert (brie.discount, soap.discount) == (40, 0)
    assert brie.granted is not None
    assert brie.granted.label == "Semaine des fromages"


def test_a_fixed_price_holds_for_every_piece() -> None:
    assert with_offers(ticket_of((CHEESE, 3)), [COMTE_AT_3]).lines[0].total == 900


def test_an_amount_goes_off_every_piece() -> None:
    assert with_offers(ticket_of((BRIE, 3)), [CENTS_OFF_BRIE]).lines[0].discount == 90


def test_a_line_gets_the_offer_that_saves_most() -> None:
    ticket = with_offers(ticket_of((CHEESE, 1)), [TEN_OFF_CHEESE, COMTE_AT_3])
    assert ticket.lines[0].granted is not None
    assert (ticket.lines[0].granted.code, ticket.lines[0].discount) == ("P3", 100)


def test_an_offer_on_the_ticket_comes_after_those_on_lines() -> None:
    ticket = with_offers(ticket_of((BRIE, 1)), [TEN_OFF_CHEESE, FIVE_OFF_ALL])
    assert totals(ticket).total == 171


def test_a_fixed_price_holds_for_a_whole_ticket_that_would_cost_more() -> None:
    basket = Offer("B5", "Panier à 5 €", "price", Decimal(500), "ticket")
    ticket = with_offers(ticket_of((CHEESE, 1), (SOAP, 2)), [basket])
    assert totals(ticket).total == 500
    assert ticket.granted is not None
    assert ticket.granted.label == "Panier à 5 €"
    more = with_offers(add(ticket, BRIE, Decimal(1)), [basket])
    assert totals(more).total == 500
    assert totals(with_offers(void_line(more, 1, "2"), [basket])).total == 500
    assert with_offers(ticket_of((CHEESE, 1)), [basket]).granted is None


def test_a_discount_given_by_hand_is_not_replaced() -> None:
    ticket = discount_line(ticket_of((BRIE, 1)), 1, Reduction(percent=Decimal(50)), "2")
    assert with_offers(ticket, [TEN_OFF_CHEESE]) is ticket
    ticket = discount_ticket(ticket_of((BRIE, 1)), Reduction(amount=1), "2")
    assert with_offers(ticket, [FIVE_OFF_ALL]) is ticket


def test_a_discount_by_hand_replaces_an_offer() -> None:
    ticket = with_offers(ticket_of((BRIE, 1)), [TEN_OFF_CHEESE])
    ticket = discount_line(ticket, 1, Reduction(percent=Decimal(10)), "2")
    assert ticket.lines[0].granted is None
    assert with_offers(ticket, [replace(TEN_OFF_CHEESE, value=Decimal(90))]).lines[0].discount == 20


@pytest.mark.parametrize("nothing", [Reduction(percent=Decimal(0)), Reduction(amount=0)])
def test_an_offer_taken_off_by_hand_does_not_come_back(nothing: Reduction) -> None:
    ticket = with_offers(ticket_of((BRIE, 1), (CHEESE, 1)), [TEN_OFF_CHEESE, FIVE_OFF_ALL])
    ticket = discount_ticket(discount_line(ticket, 1, nothing, "2"), nothing, "2")
    ticket = discount_ticket(discount_line(ticket, 1, nothing, "2"), nothing, "2")
    ticket = with_offers(change_quantity(ticket, 1, Decimal(3), "2"), [TEN_OFF_CHEESE, FIVE_OFF_ALL])

    assert [line.discount for line in ticket.lines] == [0, 40]
    assert totals(ticket).total == 600 + 360
    assert [correction.before for correction in ticket.corrections[:2]] == [180, 532]


def test_zero_where_nothing_was_off_leaves_room_for_offers() -> None:
    ticket = discount_line(ticket_of((BRIE, 1)), 1, Reduction(percent=Decimal(0)), "2")
    ticket = discount_line(ticket, 1, Reduction(amount=5), "2")
    ticket = discount_line(ticket, 1, Reduction(amount=0), "2")

    assert with_offers(ticket, [TEN_OFF_CHEESE]).lines[0].discount == 20


@pytest.mark.parametrize("offers", [[TEN_OFF_CHEESE, FIVE_OFF_ALL], [TEN_OFF_CHEESE], [FIVE_OFF_ALL]])
def test_an_offer_that_ends_leaves_nothing_behind(offers: list[Offer]) -> None:
    ticket = ticket_of((CHEESE, 1), (BRIE, 1))
    granted = with_offers(ticket, offers)
    assert granted != ticket
    assert with_offers(granted, []) == ticket


def test_offers_that_come_late_count_like_those_that_were_there() -> None:
    late = with_offers(change_quantity(ticket_of((BRIE, 1)), 1, Decimal(4), "1"), [CENTS_OFF_BRIE])
    early = with_offers(ticket_of((BRIE, 1)), [CENTS_OFF_BRIE])
    early = with_offers(change_quantity(early, 1, Decimal(4), "1"), [CENTS_OFF_BRIE])
    assert late.lines == early.lines


def test_a_minimum_counts_all_its_goods_on_the_ticket() -> None:
    offer = replace(TEN_OFF_CHEESE, minimum=Decimal(3))
    ticket = ticket_of((CHEESE, 1), (BRIE, 2))
    assert totals(with_offers(ticket, [offer])).discount == 80
    assert with_offers(void_line(ticket, 1, "1"), [offer]).lines[0].granted is None


def test_goods_that_come_back_and_paid_tickets_are_left_alone() -> None:
    returned = ticket_of((BRIE, -1))
    assert with_offers(returned, [TEN_OFF_CHEESE]) is returned
    paid = replace(ticket_of((BRIE, 1)), payments=(Payment("CASH", 100),))
    assert with_offers(paid, [TEN_OFF_CHEESE]) is paid


@pytest.mark.parametrize(
    ("offer", "goes"),
    [
        (FIVE_OFF_ALL, True),
        (replace(FIVE_OFF_ALL, customer="C1"), True),
        (replace(FIVE_OFF_ALL, customer="C2"), False),
        (replace(FIVE_OFF_ALL, group="fidèles"), True),
        (replace(FIVE_OFF_ALL, group="autres"), False),
        (replace(FIVE_OFF_ALL, starts_at=NOW), True),
        (replace(FIVE_OFF_ALL, starts_at=NOW + timedelta(seconds=1)), False),
        (replace(FIVE_OFF_ALL, ends_at=NOW), False),
        (replace(FIVE_OFF_ALL, ends_at=NOW + timedelta(seconds=1)), True),
    ],
)
def test_an_offer_goes_for_whom_and_when_it_says(offer: Offer, goes: bool) -> None:
    assert offer.goes(NOW, "C1", {"fidèles"}) is goes


@given(
    st.lists(st.tuples(st.sampled_from([CHEESE, BRIE, SOAP]), st.integers(1, 20)), min_size=1, max_size=8),
    st.lists(
        st.builds(
            Offer,
            code=st.text("abc", min_size=1, max_size=2),
            label=st.just("x"),
            kind=st.sampled_from(["percent", "amount", "price"]),
            value=st.integers(0, 100).map(Decimal),
            scope=st.sampled_from(["product", "family", "ticket"]),
            target=st.sampled_from(["1", "2", "FROMAGES", "HYGIENE", ""]),
        ),
        max_size=5,
    ),
)
def test_sums_stay_exact_under_any_offers(goods: list[tuple[Product, int]], offers: list[Offer]) -> None:
    ticket = with_offers(ticket_of(*goods), offers)
    sums = totals(ticket)
    after = line_totals(ticket, sums)
    assert sums.subtotal - sums.discount == sums.total == sum(after)
    assert all(0 <= total <= line.gross for line, total in zip(ticket.lines, after, strict=True))
    rows = vat_rows((line.vat_rate, total) for line, total in zip(ticket.lines, after, strict=True))
    assert sum(row.gross for row in rows) == sums.total
    assert with_offers(ticket, offers) is ticket


def test_an_offer_for_a_family_goes_for_those_nested_in_it() -> None:
    drinks = Offer("O", "Boissons", "percent", Decimal(10), "family", "DRINKS", within=frozenset({"WINE"}))
    wine = Product("9", "Vin", 1000, Decimal(20), "WINE")
    ticket = with_offers(add(new_ticket("u", NOW, "1"), wine, Decimal(1)), [drinks])
    assert ticket.lines[0].total == 900
