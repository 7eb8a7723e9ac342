"""Card payments whose answer was lost, and a terminal that can tell: never charged twice, never lost."""

from __future__ import annotations

import asyncio

import pytest

from devices.errors import DeviceDown, DeviceError, StillWorking, ToldEarlier
from devices.payments import Approval, Order, Progress
from devices.virtual.terminal import VirtualTerminal
from tests.small_shop import LENTILS, Shop, Till, closed
from tests.unit.register.card_payments import NOT_PAID, PAID, charges, fails, recovered
from tui_pos.events import PaymentContradicted
from tui_pos.inputs import ResolvePayment, Tender
from tui_pos.register import card
from tui_pos.sale.prompt import Context


async def test_a_payment_whose_answer_is_lost_is_found_by_asking_the_terminal(cashier: Till) -> None:
    cashier.twin("terminal").set(answer="late")
    await cashier.scan(LENTILS)
    ticket = closed(await cashier.pay("CARD"))
    assert ticket.payments[0].reference == "A00001 ************0007"
    assert charges(cashier) == [249]
    assert await cashier.events("payment_unknown") == []


@pytest.fixture
def remembers(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A terminal that knows how its last payment ended, and tells it when this is set."""
    ready = asyncio.Event()

    async def recover(_: VirtualTerminal, order: Order) -> Approval:
        await ready.wait()
        return Approval(order.signed, "A00009", "************0007")

    monkeypatch.setattr(VirtualTerminal, "recover", recover)
    return ready


async def test_after_a_power_cut_the_terminal_is_asked_and_the_ticket_closes_by_itself(
    shop: Shop, slow: Till, remembers: asyncio.Event
) -> None:
    till = await shop.power_cut()
    remembers.set()
    await recovered(till)
    (row,) = await till.register.tickets()
    ticket = await till.register.closed_ticket(row.number)
    assert ticket.payments[0].reference == "A00009 ************0007"
    assert (await till.journal("ticket"))[-1]["user"] == "1"


@pytest.fixture(params=[DeviceDown, StillWorking])
def plugged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A terminal that cannot be reached, or is still at work, until this is set; it remembers its last payment."""
    plugged = asyncio.Event()
    trouble: type[DeviceError] = request.param

    async def recover(terminal: VirtualTerminal, order: Order) -> Approval:
        if not plugged.is_set():
            raise trouble(device=terminal.name)
        return Approval(order.signed, "A00009", "************0007")

    monkeypatch.setattr(VirtualTerminal, "recover", recover)
    monkeypatch.setattr(card, "AGAIN", 0.0)
    return plugged


async def test_a_payment_in_doubt_settles_by_itself_once_the_terminal_can_tell(
    plugged: asyncio.Event, unknown: Till
) -> None:
    assert unknown.register.prompt().context == Context.PAYMENT_UNKNOWN
    plugged.set()
    await recovered(unknown)
    (row,) = await unknown.register.tickets()
    ticket = await unknown.register.closed_ticket(row.number)
    assert ticket.payments[0].reference == "A00009 ************0007"
    assert charges(unknown) == [249], "nothing was sent again for that"


async def test_a_terminal_is_not_asked_any_more_once_the_cashier_has_said(
    plugged: asyncio.Event, unknown: Till
) -> None:
    await unknown.give(NOT_PAID)
    await recovered(unknown)
    assert unknown.register._desk.recovery is not None
    assert unknown.register._desk.recovery.done()
    assert unknown.due == 249
    assert await unknown.events("payment_found") == []


async def test_the_cashier_may_be_faster_than_the_terminal_and_both_are_written_down(
    shop: Shop, slow: Till, remembers: asyncio.Event
) -> None:
    till = await (await shop.power_cut()).sign_in()
    await till.give(NOT_PAID)
    remembers.set()
    await recovered(till)
    assert till.due == 249
    assert len(await till.events("payment_resolved")) == len(await till.events("payment_found")) == 1
    (told,) = (event for event in till.told if isinstance(event, PaymentContradicted))
    assert told.message.startswith("The terminal now tells that it did make the card payment of €2.49")


async def test_a_cashier_who_has_read_what_the_terminal_tells_later_is_not_told_again(
    shop: Shop, slow: Till, remembers: asyncio.Event
) -> None:
    till = await (await shop.power_cut()).sign_in()
    await till.give(PAID)
    remembers.set()
    await recovered(till)
    assert not [event for event in till.told if isinstance(event, PaymentContradicted)]


async def test_a_payment_that_was_only_created_was_never_sent(shop: Shop, cashier: Till) -> None:
    cashier.twin("terminal")._begin = asyncio.Event().wait
    await cashier.scan(LENTILS)
    await cashier.give(Tender("CARD"))
    till = await (await shop.power_cut()).sign_in()
    assert till.register.prompt().context == Context.ITEM
    assert len(await till.events("payment_not_sent")) == 1
    assert closed(await till.pay("CARD")).total == 249


@pytest.mark.parametrize("said", [PAID, NOT_PAID])
async def test_what_the_cashier_has_settled_is_told_with_each_order_until_the_terminal_has_told_one(
    unknown: Till, monkeypatch: pytest.MonkeyPatch, said: ResolvePayment
) -> None:
    orders: list[Order] = []
    carry_out = VirtualTerminal.carry_out

    async def noted(terminal: VirtualTerminal, order: Order, progress: Progress) -> Approval:
        orders.append(order)
        return await carry_out(terminal, order, progress)

    monkeypatch.setattr(VirtualTerminal, "carry_out", noted)
    await unknown.give(said)
    for _ in range(2):
        if unknown.register.state().ticket is None:
            await unknown.scan(LENTILS)
        closed(await unknown.pay("CARD"))
    assert [order.unproven for order in orders] == [(249,), ()]


async def test_the_end_of_an_earlier_payment_that_is_told_instead_of_a_session_is_in_the_journal(
    cashier: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told(terminal: VirtualTerminal, _order: Order, _progress: Progress) -> Approval:
        raise ToldEarlier(device=terminal.name, reason="busy", earlier="abcdef0123", amount=249, made=True)

    monkeypatch.setattr(VirtualTerminal, "carry_out", told)
    await cashier.scan(LENTILS)
    await fails(cashier, "device_failed")
    (event,) = await cashier.events("payment_told_late")
    assert (event["terminal"], event["reference"]) == ("terminal", "abcdef0123")
    assert (event["amount"], event["made"]) == (249, True)
    assert cashier.due == 249
