"""Tariffs: every line keeps the market value and what is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tui_pos.sale.basket import add, change_price, change_quantity, new_ticket
from tui_pos.sale.pricing import gross, totals
from tui_pos.sale.tariff import Tariff, priced, retariffed
from tui_pos.sale.ticket import Payment, Product, Ticket

RICE = Product("1", "Riz long 1 kg", 200, Decimal("5.5"), "GRAINS")
SOAP = Product("2", "Savon", 150, Decimal(20), "HYGIENE")
BOTTLE = Product("3", "Reprise consigne", -20, Decimal(0), "CONSIGNE")
FIFTH = Tariff("QF1", "20 %", Decimal(20), {"HYGIENE": Decimal(50)}, {"4": 10})


def ticket_of(*products: Product) -> Ticket:
    ticket = new_ticket("u", datetime(2026, 11, 2, tzinfo=UTC), "1")
    for product in products:
        ticket = add(ticket, product, Decimal(1))
    return ticket


def test_a_household_pays_its_share_and_the_line_keeps_the_market_value() -> None:
    (line,) = ticket_of(priced(RICE, FIFTH)).lines
    assert (line.unit_price, line.gross, line.value) == (40, 40, 200)


def test_a_family_may_have_a_share_of_its_own() -> None:
    assert priced(SOAP, FIFTH).unit_price == 75


def test_the_price_list_wins_over_a_share() -> None:
    assert priced(Product("4", "Pain", 100, Decimal("5.5")), FIFTH).unit_price == 10


def test_a_deposit_taken_back_is_worth_as_much_to_everybody() -> None:
    assert priced(BOTTLE, FIFTH).unit_price == -20


def test_a_new_quantity_counts_both_prices() -> None:
    ticket = change_quantity(ticket_of(priced(RICE, FIFTH)), 1, Decimal(3), "1")
    assert (ticket.lines[0].gross, ticket.lines[0].value) == (120, 600)


def test_a_card_shown_last_prices_the_lines_before_it() -> None:
    late = retariffed(ticket_of(RICE, SOAP, BOTTLE), FIFTH)
    early = ticket_of(*(priced(product, FIFTH) for product in (RICE, SOAP, BOTTLE)))
    assert late.lines == early.lines


def test_without_the_customer_market_prices_come_back() -> None:
    ticket = ticket_of(RICE, SOAP)
    assert retariffed(retariffed(ticket, FIFTH), None).lines == ticket.lines


def test_a_price_given_by_hand_stays() -> None:
    ticket = change_price(ticket_of(RICE), 1, 99, "2")
    assert retariffed(ticket, FIFTH) is ticket


def test_what_was_paid_for_is_not_priced_again() -> None:
    ticket = ticket_of(RICE)
    paid = Ticket(ticket.uuid, ticket.opened_at, "1", ticket.lines, 1, payments=(Payment("CASH", 50),))
    assert retariffed(paid, FIFTH) is paid


@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.decimals("0.001", "99", places=3)), max_size=12),
    st.decimals(0, 100, places=2),
)
def test_each_line_holds_both_sums(goods: list[tuple[int, Decimal]], share: Decimal) -> None:
    tariff = Tariff("T", "", share)
    ticket = new_ticket("u", datetime(2026, 11, 2, tzinfo=UTC), "1")
    for price, quantity in goods:
        ticket = add(ticket, priced(Product("x", "x", price, Decimal("5.5")), tariff), quantity)
    for line, (price, quantity) in zip(ticket.lines, goods, strict=True):
        assert line.value == gross(quantity, price)
        assert line.gross == gross(quantity, line.unit_price)
    assert totals(ticket).total == sum(line.gross for line in ticket.lines)
