"""Card payments: approved, declined, unknown; never charged twice, never lost."""

from __future__ import annotations

import asyncio

import pytest

from devices.virtual.terminal import VirtualTerminal
from tests.small_shop import COFFEE, LENTILS, Shop, Till, closed, full_disk, tickets_add_up
from tests.unit.register.card_payments import NOT_PAID, PAID, charges, ends, fails
from tui_pos.errors import Refused
from tui_pos.events import PaymentSettled, TicketClosed
from tui_pos.inputs import (
    Back,
    CloseSession,
    GiveUp,
    Hold,
    Input,
    Lock,
    ResolvePayment,
    Scan,
    SignOut,
    Tender,
    VoidLine,
    VoidTicket,
)
from tui_pos.sale.prompt import Context


async def test_an_approved_card_closes_the_ticket_with_its_reference(cashier: Till) -> None:
    ticket = await cashier.sell(LENTILS, by="CARD")
    tickets_add_up(ticket)
    (payment,) = ticket.payments
    assert payment.reference == "A00001 ************0007"
    assert charges(cashier) == [249]
    assert any(event == PaymentSettled(approved=True) for event in cashier.told)


async def test_a_declined_card_leaves_the_ticket_as_it_was(cashier: Till) -> None:
    cashier.twin("terminal").set(answer="refused")
    await cashier.scan(LENTILS)
    await fails(cashier, "declined")
    assert (cashier.due, charges(cashier)) == (249, [])
    assert len(await cashier.events("payment_declined")) == 1
    assert closed(await cashier.pay("CASH")).total == 249


async def test_a_terminal_that_is_unplugged_was_not_asked(cashier: Till) -> None:
    cashier.twin("terminal").set(fault="offline")
    await cashier.scan(LENTILS)
    await fails(cashier, "device_failed")
    assert len(await cashier.events("payment_not_sent")) == 1
    assert cashier.due == 249


@pytest.mark.parametrize(
    "given", [Scan(COFFEE), Tender("CARD"), Tender("CASH"), VoidTicket(), VoidLine(), Hold(), CloseSession()]
)
async def test_what_is_given_while_the_terminal_works_is_refused_aloud(
    shop: Shop, slow: Till, given: Input
) -> None:
    assert (await slow.refused(given)).slug == "not_allowed"
    shop.gate.set()
    assert closed(await slow.register.card_payment()).total == 249
    assert charges(slow) == [249]


async def test_a_terminal_that_is_asked_to_give_up_has_the_last_word(shop: Shop, slow: Till) -> None:
    outcome = await slow.give(Back())
    assert outcome.notice is not None
    assert outcome.notice.text == "The terminal is asked to give up. It has the last word."
    await ends(slow, "declined", "abandoned on the terminal")
    assert (slow.due, charges(slow)) == (249, [])


async def test_a_terminal_that_cannot_be_told_to_give_up_has_a_red_key(
    shop: Shop, slow: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(_: VirtualTerminal) -> bool:
        return False

    monkeypatch.setattr(VirtualTerminal, "give_up", cannot)
    refusal = await slow.refused(Back())
    assert (refusal.slug, "red key" in refusal.message) == ("not_allowed", True)
    shop.gate.set()
    assert closed(await slow.register.card_payment()).total == 249


async def test_what_is_given_up_before_the_terminal_was_asked_is_not_sent(shop: Shop, cashier: Till) -> None:
    terminal, reached = cashier.twin("terminal"), asyncio.Event()
    terminal._begin = reached.wait
    await cashier.scan(LENTILS)
    assert (await cashier.give(Tender("CARD"))).pending
    assert (await cashier.give(GiveUp())).notice is not None
    reached.set()
    await ends(cashier, "declined", "before the terminal was asked")
    assert (cashier.due, terminal.asked) == (249, 0)
    assert closed(await cashier.pay("CARD")).total == 249, "the next payment is another"


async def test_without_a_card_payment_there_is_nothing_to_give_up(cashier: Till) -> None:
    assert (await cashier.refused(GiveUp())).slug == "not_allowed"


async def test_nothing_is_given_up_once_the_end_is_unknown(unknown: Till) -> None:
    assert (await unknown.refused(Back())).slug == "payment_unknown"


async def test_the_prompt_says_that_the_terminal_asks_for_the_card(shop: Shop, slow: Till) -> None:
    prompt = slow.register.prompt()
    assert (prompt.context, prompt.label) == (Context.PAYMENT, "The terminal asks for the card: €2.49")
    shop.gate.set()
    await slow.register.idle()
    assert slow.register.prompt().context == Context.ITEM


@pytest.mark.parametrize("leaves", [Lock(), SignOut()])
async def test_a_payment_approved_after_the_cashier_left_closes_the_ticket(
    shop: Shop, slow: Till, leaves: Input
) -> None:
    await slow.give(leaves)
    shop.gate.set()
    assert closed(await slow.register.card_payment()).total == 249
    assert (await slow.journal("ticket"))[-1]["user"] == "1"


async def test_whoever_stops_waiting_does_not_end_the_payment(shop: Shop, slow: Till) -> None:
    waiting = asyncio.create_task(slow.register.card_payment())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    shop.gate.set()
    assert closed(await slow.register.card_payment()).total == 249


async def test_a_lost_answer_is_never_sent_again(unknown: Till) -> None:
    assert unknown.register.prompt().context == Context.PAYMENT_UNKNOWN
    for given in (Tender("CARD"), Tender("CASH"), Scan(COFFEE), VoidTicket()):
        assert (await unknown.refused(given)).slug == "payment_unknown"
    assert charges(unknown) == [249]


async def test_the_cashier_has_read_that_it_was_paid(unknown: Till) -> None:
    ticket = closed(await unknown.give(PAID))
    assert ticket.payments[0].reference == PAID.reason
    (event,) = await unknown.events("payment_resolved")
    assert (event["paid"], event["reason"], event["amount"]) == (True, PAID.reason, 249)
    assert charges(unknown) == [249]


async def test_the_cashier_has_read_that_it_was_not_paid(unknown: Till) -> None:
    await unknown.give(NOT_PAID)
    assert unknown.due == 249
    assert closed(await unknown.pay("CASH")).total == 249


async def test_saying_nothing_settles_nothing(cashier: Till, unknown: Till) -> None:
    assert (await unknown.refused(ResolvePayment(paid=True, reason=" "))).slug == "not_allowed"
    await unknown.give(PAID)
    assert (await cashier.refused(PAID)).slug == "not_allowed"


async def test_a_resolution_that_is_not_kept_can_be_given_again(shop: Shop, unknown: Till) -> None:
    with full_disk():
        assert (await unknown.refused(PAID)).slug == "disk_full"
    till = await (await shop.power_cut()).sign_in()
    assert closed(await till.give(PAID)).total == 249
    assert len(await till.events("payment_resolved")) == 1


async def test_the_power_goes_while_the_terminal_works(shop: Shop, slow: Till) -> None:
    till = await (await shop.power_cut()).sign_in()
    assert till.register.prompt().context == Context.PAYMENT_UNKNOWN
    assert (await till.refused(Tender("CARD"))).slug == "payment_unknown"
    assert charges(till) == [], "a new terminal: nothing is sent to it"
    till = await (await shop.power_cut()).sign_in()
    await till.give(NOT_PAID)
    assert till.due == 249


async def test_money_that_moved_is_never_forgotten_for_want_of_disk(shop: Shop, slow: Till) -> None:
    with full_disk():
        shop.gate.set()
        with pytest.raises(Refused) as caught:
            await slow.register.card_payment()
    assert caught.value.slug == "payment_unknown"
    assert charges(slow) == [249]
    assert closed(await slow.give(PAID)).total == 249


async def test_a_refusal_that_could_not_be_kept_is_settled_by_the_cashier(shop: Shop, slow: Till) -> None:
    slow.twin("terminal").set(answer="lost")
    with full_disk():
        shop.gate.set()
        with pytest.raises(Refused) as caught:
            await slow.register.card_payment()
    assert caught.value.slug == "payment_unknown"
    await slow.give(NOT_PAID)
    assert slow.due == 249


async def test_nothing_is_sent_when_the_attempt_cannot_be_written_down(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    with full_disk():
        assert (await cashier.refused(Tender("CARD"))).slug == "disk_full"
    assert cashier.twin("terminal").asked == 0
    assert closed(await cashier.pay("CARD")).total == 249


async def test_a_part_that_was_refused_is_not_counted(cashier: Till) -> None:
    """sde1000/quicktill#254: a failed part of a payment was counted."""
    await cashier.scan(LENTILS)
    await cashier.pay("CARD", 100)
    cashier.twin("terminal").set(answer="refused")
    with pytest.raises(Refused):
        await cashier.pay("CARD", 50)
    assert cashier.due == 149
    ticket = closed(await cashier.pay("CASH"))
    assert [payment.amount for payment in ticket.payments] == [100, 149]
    tickets_add_up(ticket)


async def test_a_ticket_with_a_part_by_card_cannot_be_voided(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.pay("CARD", 100)
    assert cashier.due == 149
    assert (await cashier.refused(VoidTicket())).slug == "not_allowed"
    ticket = closed(await cashier.pay("CASH"))
    assert [(payment.method, payment.amount) for payment in ticket.payments] == [("CARD", 100), ("CASH", 149)]


async def test_the_ticket_is_told_closed_with_no_payment_in_the_air(shop: Shop, slow: Till) -> None:
    seen: list[str] = []
    slow.register.events.subscribe(
        lambda event: seen.append(slow.register.prompt().context) if isinstance(event, TicketClosed) else None
    )
    shop.gate.set()
    await slow.register.card_payment()
    assert seen == [Context.ITEM]
