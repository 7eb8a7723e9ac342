"""A card payment is taken back: by the terminal that made it, which has the last word."""

from __future__ import annotations

import pytest

from devices.payments import Approval, Order, Progress
from devices.virtual.terminal import VirtualTerminal
from tests.small_shop import COFFEE, LENTILS, Shop, Till, closed, full_disk, tickets_add_up
from tests.unit.register.card_payments import PAID, fails
from tui_pos.errors import Refused
from tui_pos.inputs import ResolvePayment, Return, Scan, Tender, VoidPayment, VoidTicket
from tui_pos.outcomes import CardAsked, Outcome
from tui_pos.sale.prompt import Context

TAKEN_BACK = ResolvePayment(paid=True, reason="the terminal printed CANCELLED")
STILL_PAID = ResolvePayment(paid=False, reason="the terminal shows the sale")


@pytest.fixture
async def part_paid(supervisor: Till) -> Till:
    """A ticket of 2.49, of which 1.00 was paid by card."""
    await supervisor.scan(LENTILS)
    await supervisor.pay("CARD", 100)
    return supervisor


async def take_back(till: Till) -> Outcome:
    """The action, to what comes of it."""
    outcome = await till.give(VoidPayment())
    assert outcome.pending
    return await till.register.card_payment()


def moved(till: Till) -> list[int]:
    return [approval.amount for _, approval in till.twin("terminal").payments]


async def test_a_part_by_card_is_taken_back_and_the_whole_is_due_again(part_paid: Till) -> None:
    outcome = await take_back(part_paid)
    assert outcome.notice is not None
    assert outcome.notice.text == "The card payment of €1.00 was taken back. €2.49 is due: go on, or pay."
    assert (moved(part_paid), part_paid.due) == ([100, -100], 249)
    (event,) = await part_paid.events("payment_cancelled")
    assert (event["amount"], event["cancels"]) == (100, "A00001 ************0007")
    ticket = closed(await part_paid.pay("CASH"))
    assert [payment.method for payment in ticket.payments] == ["CASH"]
    tickets_add_up(ticket)


async def test_the_terminal_is_told_which_payment_it_takes_back(
    part_paid: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[Order] = []

    async def carry_out(_: VirtualTerminal, order: Order, progress: Progress) -> Approval:
        orders.append(order)
        return Approval(order.signed, "C1", "", receipt=("CANCELLED",))

    monkeypatch.setattr(VirtualTerminal, "carry_out", carry_out)
    await take_back(part_paid)
    (order,) = orders
    assert (order.action, order.amount, order.cancels) == ("cancel", 100, "A00001")
    await part_paid.counter.printed()
    assert "CANCELLED" in part_paid.twin("receipt").output()["papers"][-1]


async def test_a_terminal_that_refuses_to_take_it_back_has_the_last_word(part_paid: Till) -> None:
    part_paid.twin("terminal").set(answer="refused")
    with pytest.raises(Refused) as caught:
        await take_back(part_paid)
    assert caught.value.slug == "declined"
    assert caught.value.message.startswith(
        "The terminal did not take the payment back (refused by the bank)."
    )
    assert (moved(part_paid), part_paid.due) == ([100], 149)
    assert len(await part_paid.events("cancel_declined")) == 1


async def test_a_terminal_that_is_unplugged_leaves_the_payment_where_it_was(part_paid: Till) -> None:
    part_paid.twin("terminal").set(fault="offline")
    with pytest.raises(Refused) as caught:
        await take_back(part_paid)
    assert caught.value.slug == "device_failed"
    assert part_paid.due == 149
    assert len(await part_paid.events("cancel_not_sent")) == 1


@pytest.mark.parametrize(("read", "due"), [(TAKEN_BACK, 249), (STILL_PAID, 149)])
async def test_a_cancel_whose_answer_is_lost_is_never_sent_again(
    shop: Shop, part_paid: Till, read: ResolvePayment, due: int
) -> None:
    part_paid.twin("terminal").set(answer="lost")
    with pytest.raises(Refused) as caught:
        await take_back(part_paid)
    assert caught.value.slug == "payment_unknown"
    assert "took the card payment back" in caught.value.message
    for given in (VoidPayment(), Tender("CASH"), Scan(COFFEE), VoidTicket()):
        assert (await part_paid.refused(given)).slug == "payment_unknown"
    assert part_paid.twin("terminal").asked == 2

    till = await (await shop.power_cut()).sign_in("2")
    prompt = till.register.prompt()
    assert prompt.context == Context.PAYMENT_UNKNOWN
    assert prompt.label == "Was the card payment of €1.00 taken back? Read the terminal"
    await till.give(read)
    assert till.due == due
    (event,) = await till.events("cancel_resolved")
    assert (event["paid"], event["reason"]) == (read.paid, read.reason)
    assert closed(await till.pay("CASH")).total == 249


async def test_a_cancel_that_the_terminal_remembers_needs_no_cashier(part_paid: Till) -> None:
    part_paid.twin("terminal").set(answer="late")
    await take_back(part_paid)
    assert part_paid.due == 249


async def test_a_cancel_that_could_not_be_kept_is_settled_by_the_cashier(shop: Shop, part_paid: Till) -> None:
    part_paid.twin("terminal").set(answer="slow")
    assert (await part_paid.give(VoidPayment())).pending
    await shop.busy.wait()
    assert part_paid.register.prompt().label == "The terminal takes the payment of €1.00 back"
    with full_disk():
        shop.gate.set()
        with pytest.raises(Refused) as caught:
            await part_paid.register.card_payment()
    assert caught.value.slug == "payment_unknown"
    await part_paid.give(TAKEN_BACK)
    assert part_paid.due == 249


async def test_on_a_return_the_terminal_takes_back_the_card_payment_of_the_sale(supervisor: Till) -> None:
    sale = await supervisor.sell(LENTILS, by="CARD")
    assert sale.number is not None
    await supervisor.give(Return(sale.number))
    ticket = closed(await take_back(supervisor))
    tickets_add_up(ticket)
    assert (ticket.refund_of, ticket.total) == (sale.number, -249)
    assert [(payment.method, payment.amount) for payment in ticket.payments] == [("CARD", -249)]
    assert moved(supervisor) == [249, -249]


async def test_a_part_of_a_card_payment_comes_back_as_a_refund_and_not_as_a_cancel(supervisor: Till) -> None:
    sale = await supervisor.sell(LENTILS, COFFEE, by="CARD")
    assert sale.number is not None
    await supervisor.give(Return(sale.number, lines=(1,)))
    assert (await supervisor.refused(VoidPayment())).slug == "not_allowed"
    assert closed(await supervisor.pay("CARD")).total == -249
    assert moved(supervisor) == [638, -249]


async def test_a_refund_in_doubt_is_asked_about_as_a_refund(supervisor: Till) -> None:
    sale = await supervisor.sell(LENTILS, by="CARD")
    assert sale.number is not None
    await supervisor.give(Return(sale.number))
    supervisor.twin("terminal").set(answer="lost")
    await fails(supervisor, "payment_unknown")
    assert supervisor.register.card_asked == CardAsked("refund", 249)
    assert supervisor.register.prompt().label == "Was €2.49 given back to the card? Read the terminal"
    assert closed(await supervisor.give(PAID)).total == -249


async def test_what_a_terminal_has_given_back_is_not_taken_back_again(supervisor: Till) -> None:
    sale = await supervisor.sell(LENTILS, by="CARD")
    assert sale.number is not None
    await supervisor.give(Return(sale.number))
    await supervisor.pay("CARD", -100)
    assert (await supervisor.refused(VoidPayment())).slug == "not_allowed"
