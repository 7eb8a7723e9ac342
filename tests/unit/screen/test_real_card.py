"""Card payments on the real register, as the cashier sees them: given up, taken back, in doubt, and settled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from devices.errors import Declined, DeviceDown
from devices.payments import Approval, Order
from devices.virtual.terminal import VirtualTerminal
from tests.small_shop import LENTILS
from tui_pos.events import PaymentContradicted
from tui_pos.register import card
from tui_pos.register.card_end import settle
from tui_pos.sale.prompt import Context

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def test_how_a_card_payment_ended(seat: Counterfoil) -> None:
    seat.till.twin("terminal").set(answer="lost")
    await seat.scan(LENTILS)
    await seat.press("f10", "f3")
    await seat.until(lambda: seat.context == Context.PAYMENT_UNKNOWN)

    await seat.does("payment.resolve", "left", "enter", *"no ticket came", "enter")
    assert seat.context in (Context.ITEM, Context.PAYMENT)
    (event,) = await seat.till.events("payment_resolved")
    assert (event["paid"], event["reason"]) == (False, "no ticket came")


async def test_escape_asks_a_terminal_that_works_to_give_up(seat: Counterfoil) -> None:
    terminal, never = seat.till.twin("terminal"), asyncio.Event()
    terminal.set(answer="slow")
    terminal._sleep = lambda _: never.wait()
    await seat.scan(LENTILS)
    await seat.press("f10", "f3")
    await seat.until(terminal.was_asked.is_set)
    await seat.press("escape")
    await seat.until(lambda: "abandoned on the terminal" in seat.message)
    assert (seat.context, seat.till.due) == (Context.PAYMENT, 249)


async def test_the_question_how_a_payment_ended_goes_once_the_terminal_has_told(seat: Counterfoil) -> None:
    seat.till.twin("terminal").set(answer="lost")
    await seat.scan(LENTILS)
    await seat.press("f10", "f3")
    await seat.until(lambda: seat.context == Context.PAYMENT_UNKNOWN)
    await seat.does("payment.resolve")
    assert seat.reads("Was the card payment of €2.49 taken?")

    desk = seat.till.register._desk
    async with desk.turn:
        await settle(desk, Approval(249, "A00009", "************0007"))
    await seat.until(lambda: not seat.reads("Was the card payment of €2.49 taken?"))
    assert seat.context == Context.ITEM
    assert "paid" in seat.message


async def test_a_terminal_that_tells_otherwise_than_the_cashier_has_read_is_heard_during_the_next_sale(
    seat: Counterfoil,
) -> None:
    await seat.scan(LENTILS)
    seat.till.register.events.tell(PaymentContradicted("it did make that payment"))
    await seat.until(lambda: "it did make that payment" in seat.message)
    assert seat.codes == [LENTILS]


async def test_a_card_payment_is_taken_back_by_the_terminal_that_made_it(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.press("f10", "1", "f3")
    await seat.until(lambda: seat.till.due == 149)
    await seat.does("payment.void")
    await seat.until(lambda: seat.till.due == 249)
    await seat.until(lambda: "of €1.00 was taken back. €2.49 is due" in seat.message)


async def test_a_cancel_whose_answer_was_lost_asks_if_the_payment_was_taken_back(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.press("f10", "1", "f3")
    await seat.until(lambda: seat.till.due == 149)
    seat.till.twin("terminal").set(answer="lost")
    await seat.does("payment.void")
    await seat.until(lambda: seat.context == Context.PAYMENT_UNKNOWN)

    await seat.does("payment.resolve")
    assert seat.reads("Was the card payment of €1.00 taken back?", "Still paid", "Taken back")
    await seat.press("right", "enter", *"it printed CANCELLED", "enter")
    assert seat.till.due == 249


@pytest.mark.parametrize("made", [True, False])
async def test_a_terminal_that_is_plugged_in_again_tells_on_the_screen_how_the_payment_ended(
    seat: Counterfoil, monkeypatch: pytest.MonkeyPatch, made: bool
) -> None:
    plugged = asyncio.Event()

    async def recover(terminal: VirtualTerminal, order: Order) -> Approval:
        if not plugged.is_set():
            raise DeviceDown(device=terminal.name)
        if not made:
            raise Declined(device=terminal.name)
        return Approval(order.signed, "A00009", "************0007")

    monkeypatch.setattr(VirtualTerminal, "recover", recover)
    monkeypatch.setattr(card, "AGAIN", 0.0)
    seat.till.twin("terminal").set(answer="lost")
    await seat.scan(LENTILS)
    await seat.press("f10", "f3")
    await seat.until(lambda: seat.context == Context.PAYMENT_UNKNOWN)

    plugged.set()
    said = "Ticket 1-000001 is paid" if made else "The card payment was refused"
    await seat.until(lambda: said in seat.message)
    assert seat.context == (Context.ITEM if made else Context.PAYMENT)
