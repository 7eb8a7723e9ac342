"""Tickets set aside, taken up again, and exchanged."""

from __future__ import annotations

from tests.small_shop import COFFEE, LENTILS, SPONGE, Shop, Till, closed
from tui_pos.events import HeldChanged, TicketChanged
from tui_pos.inputs import Hold, Recall, SetCustomer, VoidLine, VoidTicket


async def test_a_ticket_set_aside_comes_back_as_it_was(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS, COFFEE)
    before = cashier.register.ticket
    await cashier.give(Hold())
    assert (cashier.register.ticket, cashier.register.held_count) == (None, 1)
    till = await (await shop.power_cut()).sign_in()
    await till.give(Recall())
    assert (till.register.ticket, till.register.held_count) == (before, 0)


async def test_an_open_ticket_changes_places_with_the_one_recalled(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Hold())
    await cashier.scan(COFFEE)
    await cashier.give(Recall())
    assert [line.code for line in cashier.ticket.lines] == [LENTILS]
    assert cashier.register.held_count == 1
    (held,) = await cashier.register.held()
    assert (held.lines, held.total) == (1, 389)


async def test_the_ticket_that_is_named_comes_back_else_the_last(cashier: Till) -> None:
    for code in (LENTILS, COFFEE, SPONGE):
        await cashier.scan(code)
        await cashier.give(Hold())
    first = (await cashier.register.held())[-1].uuid
    await cashier.give(Recall(first))
    assert [line.code for line in cashier.ticket.lines] == [LENTILS]
    await cashier.pay("CASH")
    await cashier.give(Recall())
    assert [line.code for line in cashier.ticket.lines] == [SPONGE]


async def test_nothing_to_hold_nothing_to_recall(cashier: Till) -> None:
    assert (await cashier.refused(Hold())).slug == "empty_ticket"
    assert (await cashier.refused(Recall())).slug == "no_ticket"
    await cashier.scan(LENTILS)
    assert (await cashier.refused(Recall("nobody"))).slug == "no_ticket"


async def test_an_empty_ticket_gives_way_and_what_was_voided_on_it_is_traced(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Hold())
    await cashier.scan(COFFEE)
    await cashier.give(VoidLine())
    await cashier.give(Recall())
    assert cashier.register.held_count == 0
    assert len(await cashier.events("ticket_voided")) == 1


async def test_a_customer_alone_gives_way_without_a_trace(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Hold())
    await cashier.give(SetCustomer("C1"))
    await cashier.give(Recall())
    assert await cashier.events("ticket_voided") == []


async def test_a_held_ticket_partly_paid_is_paid_out_later(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.pay("CASH", 100)
    await cashier.give(Hold())
    await cashier.sell(COFFEE)
    await cashier.give(Recall())
    assert cashier.due == 149
    assert closed(await cashier.pay("CASH")).paid == 249


async def test_whoever_is_told_sees_the_whole_step(cashier: Till) -> None:
    seen: list[tuple[str, int, bool]] = []
    register = cashier.register
    register.events.subscribe(
        lambda event: seen.append((type(event).__name__, register.held_count, register.ticket is None))
    )
    await cashier.scan(LENTILS)
    await cashier.give(Hold())
    assert seen[1:] == [(TicketChanged.__name__, 1, True), (HeldChanged.__name__, 1, True)]


async def test_a_closed_ticket_that_is_named_stays_closed_and_the_open_one_stays_open(
    supervisor: Till,
) -> None:
    number = (await supervisor.sell(LENTILS)).number
    await supervisor.scan(COFFEE)
    for given in (VoidTicket(number), Hold(number), Recall(number)):
        refused = await supervisor.refused(given)
        assert refused.slug == "already_closed"
        assert refused.message == f"Ticket {number} is closed and cannot change: make a return instead."
    assert [line.code for line in supervisor.ticket.lines] == [COFFEE]
    assert supervisor.register.held_count == 0


async def test_a_ticket_that_is_named_is_void_or_held_only_where_it_is_the_open_one(supervisor: Till) -> None:
    await supervisor.scan(LENTILS)
    for given in (VoidTicket("nobody"), Hold("nobody")):
        assert (await supervisor.refused(given)).slug == "no_ticket"
    await supervisor.give(Hold(supervisor.ticket.uuid))
    assert supervisor.register.held_count == 1
    await supervisor.scan(COFFEE)
    await supervisor.give(VoidTicket(supervisor.ticket.uuid))
    assert supervisor.register.ticket is None
