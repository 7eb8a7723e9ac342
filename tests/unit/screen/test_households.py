"""Households at the screen: what goes beyond their terms is refused to the cashier, and a supervisor may allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from sync.protocol.terms import Quota
from tests.small_shop import COFFEE, LENTILS
from tests.small_terms import FIFTH, HOUSEHOLD, bring, budget
from tui_pos.inputs import SignIn
from tui_pos.screens import SupervisorScreen

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil

HELD_BACK = ("household", "period", "budget", "quota", "left", "over", "Household")
"""Words that the customer does not read."""


async def serving(seat: Counterfoil, **terms: Any) -> None:
    """A cashier serves; the household's terms are these."""
    await bring(seat.till, FIFTH, HOUSEHOLD, budget(**terms))
    await seat.till.give(SignIn("1", "1111"))


def discreet(seat: Counterfoil) -> bool:
    shown = " ".join(seat.till.twin("display").output()["lines"])
    return not any(word in shown for word in HELD_BACK)


async def allowed(seat: Counterfoil, *, reads: str) -> None:
    """The refusal is on the screen with its reason; a supervisor types himself, and it is done."""
    assert isinstance(seat.app.screen, SupervisorScreen)
    assert seat.reads(reads), "\n".join(seat.screen_text())
    assert discreet(seat)
    await seat.press("2", "enter", *"2222", "enter")
    assert not isinstance(seat.app.screen, SupervisorScreen)


async def waived(seat: Counterfoil) -> list[tuple[str, str]]:
    return [(event["reason"], event["by"]) for event in await seat.till.events("terms_waived")]


async def test_the_cashier_sees_what_the_goods_are_worth_beside_what_is_paid(seat: Counterfoil) -> None:
    await serving(seat)
    await seat.scan(COFFEE)
    assert not seat.reads("Value")
    await seat.press(*"H1", "enter")
    assert seat.reads("Priced anew: €0.78 instead of €3.89.")
    assert seat.reads("Value 3.89")
    assert discreet(seat)

    await seat.pilot.resize_terminal(132, 40)
    await seat.settled()
    (line,) = (line for line in seat.screen_text() if "Café moulu" in line and "▶" in line)
    assert line.split()[-3:] == ["3.89", "0.78", "0.78"]
    await seat.does("ticket.pay", "enter")
    assert seat.reads("Value 3.89")


async def test_a_budget_that_the_ticket_passes_stands_out_before_it_is_paid(seat: Counterfoil) -> None:
    await serving(seat, amount=400)
    await seat.press(*"H1", "enter")
    await seat.scan(COFFEE)
    pane = seat.app.selling.customer
    assert [style for _text, style in pane.parts(0, 80)][-1] == "customer--name"
    await seat.scan(LENTILS)
    assert [style for _text, style in pane.parts(0, 80)][-1] == "customer--over"


async def test_a_household_whose_period_is_over_may_buy_by_a_supervisors_leave(seat: Counterfoil) -> None:
    await serving(seat, ends_on="2026-11-21")
    await seat.press(*"H1", "enter")

    await allowed(seat, reads="21/11/2026")

    customer = seat.till.ticket.customer
    assert customer == "H1"
    assert await waived(seat) == [("out_of_period", "2")]


@pytest.mark.parametrize(
    ("terms", "slug", "reads"),
    [
        ({"amount": 300}, "budget_exceeded", "3.00"),
        ({"quotas": (Quota(family="FOOD", quantity="1"),)}, "quota_exceeded", "FOOD"),
    ],
)
async def test_a_ticket_beyond_the_terms_is_paid_by_a_supervisors_leave(
    seat: Counterfoil, terms: dict[str, Any], slug: str, reads: str
) -> None:
    await serving(seat, **terms)
    await seat.press(*"H1", "enter")
    await seat.scan(COFFEE)
    await seat.scan(LENTILS)
    await seat.does("ticket.pay", "enter")

    await allowed(seat, reads=reads)

    assert seat.till.register.ticket is None
    (ticket,) = await seat.till.journal("ticket")
    assert ticket["customer"] == "H1"
    assert await waived(seat) == [(slug, "2")]


async def test_without_a_supervisor_nothing_is_paid_and_the_ticket_stays(seat: Counterfoil) -> None:
    await serving(seat, amount=100)
    await seat.press(*"H1", "enter")
    await seat.scan(COFFEE)
    await seat.does("ticket.pay", "enter")
    assert isinstance(seat.app.screen, SupervisorScreen)

    await seat.press("2", "enter", *"0000", "enter")
    assert isinstance(seat.app.screen, SupervisorScreen)
    await seat.press("escape")

    assert seat.codes == [COFFEE]
    assert await seat.till.journal("ticket") == []
    assert await waived(seat) == []


async def test_a_total_that_the_server_changes_between_two_inputs_is_said(seat: Counterfoil) -> None:
    await serving(seat)
    await seat.scan(COFFEE)
    await seat.press(*"H1", "enter")
    await bring(seat.till, replace(FIFTH, percent="50"))
    await seat.settled()
    assert seat.reads("Priced anew: €1.95 instead of €0.78.")
    assert discreet(seat)
