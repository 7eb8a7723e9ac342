"""The terminal's total beside the till's: on the X report, in the Z that is kept, and on its paper."""

from __future__ import annotations

import asyncio

import pytest

from devices.payments import TerminalTotals
from tests.small_shop import COFFEE, LENTILS, Till, reported
from tui_pos.inputs import CloseSession, Input, OpenSession, Print, XReport
from tui_pos.outcomes import TerminalSum
from tui_pos.register import reconciling


@pytest.mark.parametrize("given", [XReport(), CloseSession()])
@pytest.mark.parametrize(("added_up", "slug"), [(None, None), (249, None), (498, "terminal_differs")])
async def test_a_total_that_differs_is_told_and_closes_all_the_same(
    supervisor: Till, given: Input, added_up: int | None, slug: str | None
) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    await supervisor.sell(LENTILS)
    supervisor.twin("terminal").set(added_up=added_up)
    outcome = await supervisor.give(given)
    assert outcome.report is not None
    assert (outcome.notice.slug if outcome.notice else None) == slug


async def test_a_terminal_that_is_away_does_not_hold_up_a_closing(supervisor: Till) -> None:
    supervisor.twin("terminal").set(added_up=498, fault="offline")
    assert (await supervisor.give(CloseSession())).notice is None


async def test_what_the_terminal_says_is_kept_in_the_z_and_stands_on_its_paper(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    supervisor.twin("terminal").set(added_up=498)
    report = reported(await supervisor.give(CloseSession()))
    assert report.terminals == (TerminalSum("terminal", 249, 498, 249, "terminal"),)
    (entry,) = await supervisor.journal("closing")
    assert entry["terminals"][0]["difference"] == 249
    paper = await supervisor.register.document("z")
    assert any("terminal" in line and "2.49" in line and "4.98" in line for line in paper)


@pytest.mark.parametrize(("counted", "difference"), [(638, 0), (389, -249)])
async def test_of_a_terminal_that_cannot_tell_the_cashiers_blind_reading_is_its_total(
    supervisor: Till, counted: int, difference: int
) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    await supervisor.sell(COFFEE, by="CARD")
    outcome = await supervisor.give(CloseSession({"CASH": 10_000, "CARD": counted}))
    assert reported(outcome).terminals == (TerminalSum("terminal", 638, counted, difference, "cashier"),)
    assert (outcome.notice.slug if outcome.notice else None) == ("terminal_differs" if difference else None)
    paper = await supervisor.register.document("z")
    assert "Total read by the cashier: terminal" in paper


async def test_what_the_terminal_says_goes_before_what_the_cashier_read(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    supervisor.twin("terminal").set(added_up=249)
    report = reported(await supervisor.give(CloseSession({"CARD": 250})))
    assert report.terminals == (TerminalSum("terminal", 249, 249, 0, "terminal"),)
    assert report.difference == {"CARD": 1}


async def test_a_terminal_that_nobody_has_read_shows_the_tills_sum_alone(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    assert reported(await supervisor.give(XReport())).terminals == (TerminalSum("terminal", 249),)


async def test_a_terminal_that_was_not_used_is_not_on_the_report(supervisor: Till) -> None:
    await supervisor.sell(LENTILS)
    assert reported(await supervisor.give(CloseSession({"CASH": 10_249}))).terminals == ()


# --- the paper of an X


async def x_paper(till: Till) -> list[str]:
    """The lines of the X paper on which the terminal stands."""
    outcome = await till.give(Print("x"))
    assert outcome.text is not None
    assert outcome.text == await till.register.document("x")
    return [line for line in outcome.text if line.startswith("terminal ")]


async def test_the_x_paper_puts_the_terminals_total_against_the_tills(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    supervisor.twin("terminal").set(added_up=498)
    (line,) = await x_paper(supervisor)
    assert line.split() == ["terminal", "2.49", "4.98", "+2.49"]


async def test_the_x_paper_has_the_count_that_was_typed_for_its_report(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    await supervisor.give(XReport({"CASH": 10_000, "CARD": 200}))
    (line,) = await x_paper(supervisor)
    assert line.split() == ["terminal", "2.49", "2.00", "-0.49"]


async def test_a_sale_after_the_report_makes_its_paper_anew(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    await supervisor.give(XReport({"CASH": 10_000, "CARD": 249}))
    await supervisor.sell(COFFEE, by="CARD")
    (line,) = await x_paper(supervisor)
    assert line.split() == ["terminal", "6.38", "-", "-"], "what was counted before counts no more"


async def test_the_next_session_has_an_x_of_its_own(supervisor: Till) -> None:
    await supervisor.give(XReport({"CASH": 10_000, "CARD": 100}))
    await supervisor.give(CloseSession())
    await supervisor.give(OpenSession(10_000))
    assert await x_paper(supervisor) == []


async def test_a_terminal_that_hangs_takes_nothing_from_the_others(
    supervisor: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals: dict[str, asyncio.Future[TerminalTotals | None]] = {
        name: asyncio.get_running_loop().create_future() for name in ("terminal", "second")
    }
    totals["terminal"].set_result(TerminalTotals(498, 2))
    monkeypatch.setattr(supervisor.counter, "terminal_totals", lambda: totals)
    monkeypatch.setattr(reconciling, "WITHIN", 0.01)
    await supervisor.sell(LENTILS, by="CARD")
    assert reported(await supervisor.give(XReport())).terminals[0].terminal == 498
    assert totals["second"].cancelled(), "nobody waits for it any more"
