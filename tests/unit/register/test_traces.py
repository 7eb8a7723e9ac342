"""What happens around a till is in its journal with the next step: offline, online, a clock that was set back."""

from __future__ import annotations

from tests.small_shop import COFFEE, LENTILS, Shop, Till
from tui_pos.events import ClockSetBack
from tui_pos.inputs import ChangeSettings
from tui_pos.rights import Right
from tui_pos.settings import Settings


def linked(till: Till, link: str) -> None:
    till.register.exchange_stands(link, ())


async def test_the_journal_tells_from_which_step_on_the_till_was_offline_and_until_which(
    shop: Shop, cashier: Till
) -> None:
    linked(cashier, "up")
    await cashier.sell(LENTILS)
    lost = shop.clock.now()
    linked(cashier, "down")
    shop.clock.pass_by(minutes=5)
    await cashier.sell(LENTILS)
    await cashier.sell(COFFEE)
    linked(cashier, "up")
    await cashier.sell(COFFEE)

    (offline,), (online,) = await cashier.events("offline"), await cashier.events("online")
    assert (offline["jet"], online["jet"]) == (70, 70)
    assert offline["since"] == f"{lost:%Y-%m-%dT%H:%M:%SZ}"
    entries = await cashier.store.journal.entries(0, 100)
    told = [b'"offline"' in entry.canonical or b'"online"' in entry.canonical for entry in entries]
    tickets = [entry.kind == "ticket" for entry in entries]
    order = "".join(
        "T" if ticket else "L" for ticket, tell in zip(tickets, told, strict=True) if ticket or tell
    )
    assert order == "TLTTLT"


async def test_a_link_that_comes_and_goes_while_nobody_sells_leaves_no_trace(cashier: Till) -> None:
    head = cashier.store.journal.head
    for link in ("up", "down", "up", "down", "up"):
        linked(cashier, link)
    assert cashier.store.journal.head == head
    await cashier.sell(LENTILS)
    assert await cashier.events("offline") == await cashier.events("online") == []


async def test_a_till_without_a_server_is_not_offline(cashier: Till) -> None:
    linked(cashier, "unknown")
    await cashier.sell(LENTILS)
    assert await cashier.events("offline") == []


async def test_a_step_that_fails_leaves_its_trace_to_the_next(cashier: Till) -> None:
    linked(cashier, "down")
    await cashier.refused(ChangeSettings(Settings()))
    await cashier.sell(LENTILS)
    assert len(await cashier.events("offline")) == 1


async def test_a_clock_that_is_set_back_is_told_and_in_the_journal_once(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS)
    shop.clock.pass_by(hours=-3)
    await cashier.scan(LENTILS, LENTILS)

    (event,) = await cashier.events("clock_set_back")
    assert (event["from"], event["to"]) == ("2026-11-22T12:00:00Z", "2026-11-22T09:00:00Z")
    (told,) = (event for event in cashier.told if isinstance(event, ClockSetBack))
    assert (told.before - told.now).total_seconds() == 3 * 3600


async def test_a_clock_that_is_set_back_while_the_till_is_closed_is_seen_at_the_first_step(
    shop: Shop, cashier: Till
) -> None:
    await cashier.sell(LENTILS)
    shop.clock.pass_by(days=-400)
    till = await (await shop.power_cut()).sign_in()
    assert len(await till.events("clock_set_back")) == 1


async def test_what_time_servers_correct_is_not_worth_a_word(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS)
    shop.clock.pass_by(seconds=-50)
    await cashier.scan(LENTILS)
    shop.clock.pass_by(days=2)
    await cashier.scan(LENTILS)
    assert await cashier.events("clock_set_back") == []


async def test_a_change_of_what_the_law_counts_on_bears_its_number(cashier: Till) -> None:
    cashier.register._desk._rights = frozenset(Right)
    await cashier.give(ChangeSettings(Settings(theme="console")))
    await cashier.give(ChangeSettings(Settings(theme="console", idle_after=0)))
    assert [event.get("jet") for event in await cashier.events("settings_changed")] == [None, 270]
