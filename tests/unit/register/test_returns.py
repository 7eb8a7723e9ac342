"""Goods that come back: at what was paid for them, once, and by the method that paid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.protocol import ProductRecord
from tests.small_shop import BREAD, CARD, COFFEE, LENTILS, SPONGE, TOMATOES, Till, closed, tickets_add_up
from tui_pos.errors import Refused
from tui_pos.inputs import Discount, Return, SetQuantity, VoidLine, VoidTicket
from tui_pos.outcomes import TicketView


def number(ticket: TicketView) -> str:
    assert ticket.number is not None
    return ticket.number


@pytest.fixture
async def sale(supervisor: Till) -> TicketView:
    """Three lines, one of them discounted, and a discount on the whole that cannot be shared out evenly."""
    await supervisor.enter(f"3*{LENTILS}")
    await supervisor.scan(COFFEE, SPONGE)
    await supervisor.give(Discount("line", percent=Decimal(15), line=1))
    await supervisor.give(Discount("ticket", amount=100))
    return closed(await supervisor.pay("CASH", 2000))


async def test_a_whole_ticket_comes_back_for_exactly_what_was_paid(
    supervisor: Till, sale: TicketView
) -> None:
    await supervisor.give(Return(number(sale)))
    assert supervisor.totals == [-line.total for line in sale.lines]
    refund = closed(await supervisor.pay("CASH"))
    tickets_add_up(refund)
    assert (refund.total, refund.change, refund.refund_of) == (-sale.total, 0, sale.number)
    assert [-row.gross for row in refund.vat] == [row.gross for row in sale.vat]


async def test_some_lines_come_back_and_then_the_rest(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale), (2,)))
    first = closed(await supervisor.pay("CASH"))
    await supervisor.give(Return(number(sale)))
    second = closed(await supervisor.pay("CASH"))
    assert first.total + second.total == -sale.total
    assert [line.code for line in second.lines] == [LENTILS, SPONGE]


async def test_no_line_at_all_is_not_a_return(supervisor: Till, sale: TicketView) -> None:
    refused = await supervisor.refused(Return(number(sale), ()))
    assert (refused.slug, refused.message) == ("not_allowed", "Not allowed: say which goods come back.")


async def test_some_pieces_of_a_line_come_back_and_then_the_rest(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale), (1,)))
    await supervisor.give(SetQuantity(Decimal(-1)))
    first = closed(await supervisor.pay("CASH"))
    await supervisor.give(Return(number(sale), (1,)))
    assert supervisor.ticket.lines[0].quantity == Decimal(-2)
    second = closed(await supervisor.pay("CASH"))
    assert first.total + second.total == -sale.lines[0].total


async def test_a_discounted_deposit_that_was_given_back_is_paid_in_parts_for_what_it_was(
    supervisor: Till,
) -> None:
    back = ProductRecord("778", "Retour consigne", -20, "0")
    await supervisor.store.catalogue.load(products=[back], replace=False)
    await supervisor.scan(COFFEE)
    await supervisor.enter("7*778")
    await supervisor.give(Discount("line", amount=111))
    sale = closed(await supervisor.pay("CASH"))
    assert sale.lines[1].total == -29
    parts = []
    for quantity in (1, 4, 2):
        await supervisor.give(Return(number(sale), (2,)))
        if quantity != 2:
            await supervisor.give(SetQuantity(Decimal(-quantity)))
        parts.append(closed(await supervisor.pay("CASH")).total)
    assert parts == [4, 17, 8]


async def test_nothing_is_given_back_for_a_part_of_what_was_free(supervisor: Till) -> None:
    await supervisor.enter(f"0.302*{TOMATOES}")
    await supervisor.give(Discount("line", percent=Decimal(100)))
    free = closed(await supervisor.pay("CASH"))
    await supervisor.give(Return(number(free)))
    # 0.134 of 0.302 kg: half of a cent up for the price, and down for the discount
    await supervisor.give(SetQuantity(Decimal("-0.134")))
    assert supervisor.totals == [0]


@pytest.mark.parametrize("lines", [None, (1,), (1, 2, 3)])
async def test_goods_come_back_once(
    supervisor: Till, sale: TicketView, lines: tuple[int, ...] | None
) -> None:
    await supervisor.give(Return(number(sale)))
    await supervisor.pay("CASH")
    assert (await supervisor.refused(Return(number(sale), lines))).slug == "not_allowed"


@pytest.mark.parametrize(
    ("ticket", "lines", "slug"),
    [
        ("1-000099", None, "no_ticket"),
        ("", None, "no_ticket"),
        ("1-000001", (9,), "no_line"),
        ("1-000001", (), "not_allowed"),
    ],
)
async def test_a_return_of_what_was_not_sold(
    supervisor: Till, sale: TicketView, ticket: str, lines: tuple[int, ...] | None, slug: str
) -> None:
    assert (await supervisor.refused(Return(ticket, lines))).slug == slug


async def test_a_return_is_not_returned(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale)))
    refund = closed(await supervisor.pay("CASH"))
    assert (await supervisor.refused(Return(number(refund)))).slug == "not_allowed"


async def test_a_return_waits_for_the_open_ticket(supervisor: Till, sale: TicketView) -> None:
    await supervisor.scan(LENTILS)
    assert (await supervisor.refused(Return(number(sale)))).slug == "not_allowed"


async def test_a_refund_proposes_what_paid_the_sale(supervisor: Till) -> None:
    sold = await supervisor.sell(LENTILS, by="CARD")
    await supervisor.give(Return(number(sold)))
    assert supervisor.register.state().prompt.context == "item"
    await supervisor.enter("")
    assert supervisor.register.prompt().method == "CARD"
    outcome = await supervisor.enter("")
    assert outcome.pending
    assert closed(await supervisor.register.card_payment()).payments[0].amount == -249
    assert [approval.amount for _, approval in supervisor.twin("terminal").payments] == [249, -249]


async def test_change_does_not_make_cash_the_main_method(supervisor: Till) -> None:
    await supervisor.scan(COFFEE)
    await supervisor.pay("CARD", 300)
    sold = closed(await supervisor.pay("CASH", 5000))
    await supervisor.give(Return(number(sold)))
    await supervisor.enter("")
    assert supervisor.register.prompt().method == "CARD"


async def test_a_method_that_gives_nothing_back_is_not_proposed(supervisor: Till) -> None:
    sold = await supervisor.sell(LENTILS, by="CHEQUE")
    await supervisor.give(Return(number(sold)))
    await supervisor.enter("")
    assert supervisor.register.prompt().method == "CASH"
    with pytest.raises(Refused):
        await supervisor.pay("CHEQUE")


async def test_a_refund_may_be_given_back_by_two_methods(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale)))
    await supervisor.pay("CARD", -100)
    refund = closed(await supervisor.pay("CASH"))
    assert [payment.amount for payment in refund.payments] == [-100, 100 - sale.total]
    report = await supervisor.close_session()
    assert report.expected["CASH"] == 10_000 + 100
    assert report.expected["CARD"] == -100


async def test_new_goods_on_a_return_are_an_exchange(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale), (3,)))
    await supervisor.scan(COFFEE)
    ticket = closed(await supervisor.pay("CASH"))
    assert ticket.total == 389 + sum(-line.total for line in sale.lines if line.n == 3)
    await supervisor.give(Return(number(sale)))
    assert [line.code for line in supervisor.ticket.lines] == [LENTILS, COFFEE]


async def test_a_line_voided_from_a_return_can_come_back_later(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale)))
    await supervisor.give(VoidLine(2))
    await supervisor.pay("CASH")
    await supervisor.give(Return(number(sale)))
    assert [line.code for line in supervisor.ticket.lines] == [COFFEE]


async def test_a_return_whose_lines_are_all_voided_is_a_plain_sale_again(
    supervisor: Till, sale: TicketView
) -> None:
    await supervisor.give(Return(number(sale), (2,)))
    await supervisor.give(VoidLine())
    await supervisor.scan(LENTILS)
    assert closed(await supervisor.pay("CASH")).refund_of is None


async def test_a_return_given_up_has_not_happened(supervisor: Till, sale: TicketView) -> None:
    await supervisor.give(Return(number(sale)))
    await supervisor.give(VoidTicket())
    await supervisor.give(Return(number(sale)))
    assert supervisor.due == -sale.total


async def test_weighed_goods_come_back_by_weight_and_for_their_customer(supervisor: Till) -> None:
    await supervisor.scan(CARD)
    await supervisor.enter(f"0.333*{TOMATOES}")
    await supervisor.scan(BREAD)
    await supervisor.enter("1.10")
    sold = closed(await supervisor.pay("CASH"))
    await supervisor.give(Return(number(sold)))
    weighed, bread = supervisor.ticket.lines
    assert (weighed.weighed, weighed.quantity) == (True, Decimal("-0.333"))
    assert bread.total == -110
    assert supervisor.ticket.customer == "C1"
