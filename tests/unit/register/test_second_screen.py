"""The second screen: what the customer reads there from the greeting to the change."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from tests.small_shop import COFFEE, LENTILS, TOMATOES, Shop, Till
from tests.waiting import PATIENCE
from tui_pos.customer_display import CustomerDisplay
from tui_pos.errors import Refused
from tui_pos.inputs import Discount, Pay, Tender, VoidTicket

SCREEN = CounterConfig((DeviceConfig("screen", "display", "screen", "virtual:"),))


async def beside(till: Till) -> CustomerDisplay:
    """Set a second screen up beside this till, while it runs."""
    display = CustomerDisplay(till.register, till.counter)
    await till.counter.refit(till.counter.fitted(SCREEN))
    return display


async def board(till: Till, message: str = "") -> dict[str, Any]:
    """What stands on the screen, once nothing newer waits for it and it says this."""
    async with asyncio.timeout(PATIENCE):
        while True:
            (screen,) = till.counter.list("screen")
            shown: dict[str, Any] = (screen.output or {})["board"]
            if not screen.queue and shown["message"] == message:
                return shown
            await asyncio.sleep(0)


def leaving(display: CustomerDisplay) -> bool:
    """Whether the greeting will come by itself."""
    return display._leaving is not None


def plain(rows: list[list[str]]) -> list[str]:
    return [" ".join(row).replace("\N{NO-BREAK SPACE}", " ") for row in rows]


async def test_the_customer_is_greeted_sees_each_line_the_total_and_the_change(cashier: Till) -> None:
    await beside(cashier)
    greeting = await board(cashier, "Épicerie du Pont\nWelcome")
    assert plain([*greeting["lines"], *greeting["sums"]]) == []

    cashier.twin("scale").set(weight="1.250")
    await cashier.scan(LENTILS, LENTILS, TOMATOES)
    sale = await board(cashier)
    assert plain(sale["lines"])[-1] == "Tomates grappe · 1.250 kg €3.69"
    assert plain(sale["sums"]) == ["Total €8.67"]

    await cashier.give(Pay())
    await cashier.pay("CASH", 500)
    assert plain((await board(cashier))["sums"]) == ["Total €8.67", "Paid €5.00", "Due €3.67"]

    await cashier.pay("CASH", 1000)
    closed = await board(cashier, "Thank you")
    assert plain(closed["sums"]) == ["Total €8.67", "Paid €15.00", "Change €6.33"]


async def test_lines_less_discounts_come_to_the_total_and_stay_as_they_were_when_it_is_paid(
    supervisor: Till,
) -> None:
    await beside(supervisor)
    await supervisor.scan(COFFEE, LENTILS)
    await supervisor.give(Discount(amount=49))
    await supervisor.give(Discount(scope="ticket", percent=Decimal(10)))
    sale = await board(supervisor)
    assert plain(sale["lines"]) == ["Café moulu 250 g €3.89", "Lentilles vertes 500 g €2.49"]
    assert plain(sale["sums"]) == ["Discounts -€1.08", "Total €5.30"]

    await supervisor.pay("CASH", 530)
    closed = await board(supervisor, "Thank you")
    assert (closed["lines"], closed["sums"]) == (sale["lines"], sale["sums"])


async def test_who_buys_with_which_tariff_and_from_which_budget_is_nobody_elses_business(
    helped: Till,
) -> None:
    await beside(helped)
    await helped.scan(LENTILS, "2900010000305", COFFEE)
    await helped.give(Pay())
    sale = await board(helped)
    await helped.pay("BUDGET", 50)
    await helped.pay("CASH", 100)
    closed = await board(helped, "Thank you")
    assert plain(sale["lines"]) == ["Lentilles vertes 500 g €0.50", "Café moulu 250 g €0.78"]
    shown = str((sale, closed)).lower()
    for word in ("h1", "household", "1011", "band 1", "qf1", "budget", "2900010000305", "2.49", "30.00"):
        assert word not in shown, word


async def test_a_sale_that_is_given_up_leaves_the_greeting(cashier: Till) -> None:
    await beside(cashier)
    await cashier.scan(COFFEE)
    await board(cashier)
    await cashier.give(VoidTicket())
    await board(cashier, "Épicerie du Pont\nWelcome")


async def test_a_screen_that_is_set_up_during_a_sale_shows_it(cashier: Till) -> None:
    await cashier.scan(COFFEE)
    await beside(cashier)
    assert plain((await board(cashier))["lines"]) == ["Café moulu 250 g €3.89"]


async def test_the_next_customer_is_greeted_once_the_last_one_has_left(
    cashier: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_pos.customer_display.THANKS", 0.0)
    await beside(cashier)
    await cashier.sell(COFFEE, cash=389)
    assert plain((await board(cashier, "Épicerie du Pont\nWelcome"))["lines"]) == []


async def test_a_sale_that_begins_at_once_is_not_hidden_by_the_greeting(cashier: Till) -> None:
    display = await beside(cashier)
    await cashier.sell(COFFEE, cash=389)
    assert leaving(display)
    await cashier.scan(LENTILS)
    assert not leaving(display)
    assert plain((await board(cashier))["lines"]) == ["Lentilles vertes 500 g €2.49"]


async def test_the_customer_is_asked_for_the_card_while_the_terminal_waits_for_it(
    shop: Shop, cashier: Till
) -> None:
    await beside(cashier)
    cashier.twin("terminal").set(answer="slow")
    await cashier.scan(COFFEE)
    assert (await cashier.give(Tender("CARD", None))).pending
    asked = await board(cashier, "Please present your card")
    assert plain(asked["sums"]) == ["Total €3.89"]
    shop.gate.set()
    await cashier.register.card_payment()
    await board(cashier, "Thank you")


async def test_a_card_that_was_refused_is_asked_for_no_longer(cashier: Till) -> None:
    await beside(cashier)
    cashier.twin("terminal").set(answer="refused")
    await cashier.scan(COFFEE)
    await cashier.give(Tender("CARD", None))
    with pytest.raises(Refused):
        await cashier.register.card_payment()
    assert plain((await board(cashier))["sums"]) == ["Total €3.89"]
