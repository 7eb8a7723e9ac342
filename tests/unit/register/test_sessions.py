"""Cash sessions: the float, cash in and out, X and Z, expected and counted."""

from __future__ import annotations

import pytest

from tests.small_shop import COFFEE, LENTILS, SPONGE, Shop, Till, full_disk
from tui_pos.errors import Refused
from tui_pos.inputs import (
    CashIn,
    CashOut,
    CloseSession,
    Hold,
    Input,
    OpenDrawer,
    OpenSession,
    Recall,
    Scan,
    Tender,
    XReport,
)
from tui_pos.outcomes import Report


async def x_report(till: Till, **counted: int) -> Report:
    report = (await till.give(XReport(counted))).report
    assert report is not None
    return report


async def test_expected_cash_is_float_and_takings_less_change_and_what_was_taken_out(cashier: Till) -> None:
    await cashier.sell(LENTILS, cash=1000)
    await cashier.sell(SPONGE, by="CARD")
    await cashier.give(CashIn(2000, "change"))
    await cashier.give(CashOut(700, "bread"))
    report = await cashier.close_session(CASH=11_500, CARD=179)
    assert report.expected == {"CASH": 10_000 + 249 + 2000 - 700, "CARD": 179}
    assert report.difference == {"CASH": -49, "CARD": 0}
    assert (report.tickets, report.total, report.cash_in, report.cash_out) == (2, 428, 2000, 700)
    assert sum(row.amount for row in report.payments) == report.total
    assert sum(row.gross for row in report.vat) == report.total
    assert {row.method: row.count for row in report.payments} == {"CASH": 1, "CARD": 1}


async def test_an_x_report_changes_nothing(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    head = cashier.store.journal.head
    first = await x_report(cashier, CASH=1)
    assert (await x_report(cashier, CASH=1)) == first
    assert (first.kind, first.number, first.closed_at) == ("x", None, None)
    assert cashier.store.journal.head == head


async def test_a_session_opens_with_its_float_counted_by_denomination(till: Till) -> None:
    await till.sign_in()
    for wrong in ({5000: 1}, {5000: 3, 100: -50}, {0: 5, 5000: 2}):
        assert (await till.refused(OpenSession(10_000, wrong))).slug == "bad_amount"
    await till.give(OpenSession(10_000, {5000: 1, 200: 20, 100: 10}))
    (body,) = await till.journal("session")
    assert body["denominations"] == {"5000": 1, "200": 20, "100": 10}


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        (OpenSession(0), "not_allowed"),
        (CashIn(0, "why"), "bad_amount"),
        (CashIn(-1, "why"), "bad_amount"),
        (CashOut(10**12, "why"), "bad_amount"),
        (CashOut(100, "  "), "not_allowed"),
        (OpenDrawer(""), "not_allowed"),
        (CloseSession({"GOLD": 1}), "not_allowed"),
        (CloseSession({"CASH": 10**12}), "bad_amount"),
    ],
)
async def test_what_makes_no_sense_moves_no_cash(supervisor: Till, given: Input, slug: str) -> None:
    assert (await supervisor.refused(given)).slug == slug
    assert (await x_report(supervisor)).expected == {"CASH": 10_000}


async def test_a_session_does_not_close_over_an_open_ticket(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    assert (await cashier.refused(CloseSession())).slug == "not_allowed"


async def test_a_session_does_not_close_over_a_held_ticket_that_is_paid_in_part(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Tender("CASH", 50))
    await cashier.give(Hold())
    refused = await cashier.refused(CloseSession({"CASH": 10_050}))
    assert refused.slug == "not_allowed"
    assert "held ticket" in refused.message
    await cashier.give(Recall())
    await cashier.give(Tender("CASH"))
    assert (await cashier.close_session(CASH=10_249)).difference == {"CASH": 0}


async def test_a_closing_is_one_transaction(shop: Shop, cashier: Till) -> None:
    await cashier.sell(LENTILS)
    with full_disk(), pytest.raises(Refused, match="disk is full"):
        await cashier.close_session(CASH=10_249)
    till = await (await shop.power_cut()).sign_in()
    assert till.register.session is not None
    assert await till.journal("closing") == []
    report = await till.close_session(CASH=10_249)
    assert report.number == 1
    assert (await shop.power_cut()).register.session is None


async def test_sessions_and_z_reports_are_numbered_without_a_gap(cashier: Till) -> None:
    numbers = []
    for _ in range(3):
        numbers.append((await cashier.close_session()).number)
        await cashier.open_session()
    assert numbers == [1, 2, 3]
    assert [body["number"] for body in await cashier.journal("session")] == [1, 2, 3, 4]


async def test_a_new_session_begins_with_nothing_of_the_last(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    first = await cashier.close_session()
    assert (await cashier.refused(Scan(COFFEE))).slug == "no_session"
    await cashier.open_session(5000)
    await cashier.sell(COFFEE)
    second = await cashier.close_session()
    assert (second.tickets, second.total, second.expected["CASH"]) == (1, 389, 5389)
    assert second.first_seq > first.last_seq
    assert second.grand_total == 249 + 389


async def test_every_opening_of_the_drawer_is_traced(supervisor: Till) -> None:
    await supervisor.give(OpenDrawer("a coin fell behind"))
    assert [event["reason"] for event in await supervisor.events("drawer_opened")] == ["a coin fell behind"]
    await supervisor.give(CashOut(100, "stamps"))
    (move,) = await supervisor.journal("cash")
    assert (move["amount"], move["reason"], move["user"]) == (-100, "stamps", "2")


async def test_what_was_counted_shows_on_the_z_that_is_journaled(cashier: Till) -> None:
    report = await cashier.close_session(CASH=9_000)
    (body,) = await cashier.journal("closing")
    assert (body["jet"], body["difference"], body["last_seq"]) == (50, {"CASH": -1000}, report.last_seq)
    entry = await cashier.store.journal.entry(report.last_seq)
    assert entry is not None
    assert entry.kind == "closing"
