"""Who works at the till: signing in and out, the lock, five wrong PINs."""

from __future__ import annotations

import pytest

from tests.small_shop import LENTILS, Shop, Till, closed
from tui_pos.inputs import Lock, OpenSession, Scan, SignIn, SignOut
from tui_pos.sale.prompt import Context


async def wrong_pins(till: Till, times: int) -> None:
    for _ in range(times):
        assert (await till.refused(SignIn("1", "0000"))).slug == "bad_pin"


async def test_nothing_is_sold_before_somebody_signs_in(till: Till) -> None:
    assert (await till.refused(Scan(LENTILS))).slug == "not_signed_in"
    assert till.register.prompt().context == Context.SIGN_IN


async def test_nothing_is_sold_before_a_session_is_open(till: Till) -> None:
    await till.sign_in()
    assert (await till.refused(Scan(LENTILS))).slug == "no_session"
    assert till.register.prompt().context == Context.SESSION


@pytest.mark.parametrize(
    ("user", "pin"), [("1", "9999"), ("9", "1111"), ("", ""), ("1", ""), ("1", "\u00e9" * 999)]
)
async def test_a_wrong_pin_and_an_unknown_user_get_the_same_answer(till: Till, user: str, pin: str) -> None:
    refusal = await till.refused(SignIn(user, pin))
    assert refusal.slug == "bad_pin"
    assert till.register.user is None


async def test_five_wrong_pins_lock_a_user_out_for_a_minute(shop: Shop, till: Till) -> None:
    await wrong_pins(till, 5)
    assert (await till.refused(SignIn("1", "1111"))).slug == "locked_out"
    shop.clock.pass_by(seconds=59)
    assert (await till.refused(SignIn("1", "1111"))).slug == "locked_out"
    shop.clock.pass_by(seconds=1)
    await till.sign_in("1")
    assert [event["who"] for event in await till.events("locked_out")] == ["1"]


async def test_who_is_locked_out_stays_so_after_a_restart_and_others_do_not(shop: Shop, till: Till) -> None:
    await wrong_pins(till, 5)
    till = await shop.power_cut()
    assert (await till.refused(SignIn("1", "1111"))).slug == "locked_out"
    await till.sign_in("2")


async def test_the_right_pin_forgets_the_wrong_ones(till: Till) -> None:
    await wrong_pins(till, 4)
    await till.sign_in("1")
    await wrong_pins(till, 4)
    await till.sign_in("1")


async def test_a_clock_set_back_locks_nobody_out_for_longer_than_a_minute(shop: Shop, till: Till) -> None:
    await wrong_pins(till, 5)
    shop.clock.pass_by(days=-400)
    assert (await till.refused(SignIn("1", "1111"))).slug == "locked_out"
    shop.clock.pass_by(seconds=61)
    await till.sign_in("1")


async def test_a_locked_till_sells_nothing_and_keeps_its_ticket(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Lock())
    assert (await cashier.refused(Scan(LENTILS))).slug == "not_signed_in"
    assert (await cashier.refused(SignOut())).slug == "not_signed_in"
    assert cashier.register.state().user is None
    await cashier.sign_in("1")
    assert len(cashier.ticket.lines) == 1


async def test_a_second_user_goes_on_with_the_ticket_of_the_first(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.sign_out()
    await cashier.sign_in("3")
    await cashier.scan(LENTILS)
    ticket = closed(await cashier.pay("CASH"))
    assert len(ticket.lines) == 2
    assert (await cashier.journal("ticket"))[-1]["user"] == "3"
    assert [event["user"] for event in await cashier.events("sign_in")] == ["1", "3"]


async def test_signing_in_is_traced_and_a_refused_one_is_not(till: Till) -> None:
    await wrong_pins(till, 1)
    await till.sign_in()
    await till.sign_out()
    (event,) = await till.events("sign_in")
    assert (event["jet"], event["user"]) == (80, "1")
    assert [event["user"] for event in await till.events("sign_out")] == ["1"]


async def test_a_session_is_opened_by_whoever_may(till: Till) -> None:
    assert (await till.refused(OpenSession(0))).slug == "not_signed_in"
