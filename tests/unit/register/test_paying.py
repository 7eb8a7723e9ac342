"""Payments by hand, the drawer, the closing of a ticket, and numbers without a gap."""

from __future__ import annotations

import pytest

from tests.small_shop import COFFEE, LENTILS, SPONGE, Shop, Till, closed, full_disk, tickets_add_up
from tui_pos.errors import Refused
from tui_pos.events import DrawerOpened, TicketChanged, TicketClosed
from tui_pos.inputs import OpenSession, Scan, Tender
from tui_pos.sale.prompt import Context


async def test_a_ticket_closes_by_itself_when_it_is_covered(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    assert (await cashier.pay("CASH", 200)).closed is None
    assert cashier.due == 49
    ticket = closed(await cashier.pay("CASH", 100))
    assert (ticket.paid, ticket.change, ticket.number) == (300, 51, "1-000001")
    tickets_add_up(ticket)
    assert cashier.register.ticket is None


@pytest.mark.parametrize(
    ("method", "amount", "slug"),
    [
        ("CASH", 0, "bad_amount"),
        ("CASH", -5, "bad_amount"),
        ("CASH", 10**30, "bad_amount"),
        ("CARD", 1000, "no_change_allowed"),
        ("VOUCHER", 300, "no_change_allowed"),
        ("CREDIT", None, "not_allowed"),
        ("GOLD", None, "not_allowed"),
        ("", None, "not_allowed"),
    ],
)
async def test_a_tender_that_the_method_does_not_allow(
    supervisor: Till, method: str, amount: int | None, slug: str
) -> None:
    await supervisor.scan(LENTILS)
    assert (await supervisor.refused(Tender(method, amount))).slug == slug


async def test_more_cash_than_the_law_allows_is_refused(supervisor: Till) -> None:
    await supervisor.enter(f"500*{COFFEE}")
    assert (await supervisor.refused(Tender("CASH", 100_001))).slug == "not_allowed"


async def test_enter_pays_all_that_is_due_in_cash(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.enter("")
    prompt = cashier.register.prompt()
    assert (prompt.context, prompt.method) == (Context.PAYMENT, "CASH")
    ticket = closed(await cashier.enter(""))
    assert (ticket.paid, ticket.change) == (249, 0)


async def test_an_amount_typed_while_paying_is_cash(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.enter("")
    assert closed(await cashier.enter("5")).change == 251


async def test_the_drawer_opens_once_a_cash_sale_and_after_its_ticket_is_kept(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.pay("CASH", 100)
    await cashier.sell(cash=200)
    kinds = [type(event) for event in cashier.told[-3:]]
    assert kinds == [TicketChanged, TicketClosed, DrawerOpened]
    assert sum(isinstance(event, DrawerOpened) for event in cashier.told) == 1


async def test_no_drawer_opens_for_a_card(cashier: Till) -> None:
    await cashier.sell(LENTILS, by="CARD")
    assert not any(isinstance(event, DrawerOpened) for event in cashier.told)


async def test_a_failed_closing_leaves_the_ticket_open_and_no_hole_in_the_numbers(
    shop: Shop, cashier: Till
) -> None:
    first = await cashier.sell(LENTILS)
    await cashier.scan(COFFEE)
    told = len(cashier.told)
    with full_disk():
        assert (await cashier.refused(Tender("CASH"))).slug == "disk_full"
    assert len(cashier.told) == told, "nothing is told, printed or opened before it is on disk"
    second = closed(await cashier.pay("CASH"))
    till = await (await shop.power_cut()).sign_in()
    third = await till.sell(SPONGE)
    assert [ticket.number for ticket in (first, second, third)] == ["1-000001", "1-000002", "1-000003"]
    assert (await till.store.journal.verify()).ok


async def test_a_scan_that_is_not_kept_is_not_on_the_ticket(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS)
    with full_disk():
        refusal = await cashier.refused(Scan(COFFEE))
    assert refusal.slug == "disk_full"
    await cashier.scan(SPONGE)
    assert (await shop.power_cut()).register.ticket == cashier.register.ticket


async def test_an_abandoned_opening_leaves_no_hole_in_the_session_numbers(till: Till) -> None:
    await till.sign_in()
    with full_disk(), pytest.raises(Refused):
        await till.give(OpenSession(0))
    with pytest.raises(Refused):
        await till.give(OpenSession(-1))
    await till.open_session()
    assert till.register.session is not None
    assert till.register.session.id == "1"


async def test_the_journal_holds_a_ticket_as_it_was_answered(cashier: Till) -> None:
    ticket = await cashier.sell(LENTILS, SPONGE, cash=1000)
    (body,) = await cashier.journal("ticket")
    assert (body["number"], body["total"], body["change"]) == (ticket.number, ticket.total, ticket.change)
    entry = await cashier.store.tickets.closed(ticket.number)
    assert entry is not None
    assert entry.hash.hex() == ticket.hash
    assert await cashier.register.closed_ticket(ticket.number) == ticket


async def test_a_closed_ticket_is_found_again_after_a_restart(shop: Shop, cashier: Till) -> None:
    ticket = await cashier.sell(LENTILS)
    till = await shop.power_cut()
    assert await till.register.closed_ticket() == ticket
    assert [row.number for row in await till.register.tickets()] == [ticket.number]
    with pytest.raises(Refused, match="no such ticket"):
        await till.register.closed_ticket("1-999999")


async def test_the_grand_totals_never_go_back(supervisor: Till) -> None:
    await supervisor.sell(LENTILS)
    await supervisor.enter(f"-1*{SPONGE}")
    await supervisor.pay("CASH")
    report = await supervisor.close_session()
    assert (report.grand_total, report.grand_total_absolute) == (249 - 179, 249 + 179)
