"""The terminal's total beside the till's: on the X report, in the Z that is kept, and on its paper."""

from __future__ import annotations

import pytest

from tests.small_shop import COFFEE, LENTILS, Till, reported
from tui_pos.inputs import CloseSession, Input, XReport
from tui_pos.outcomes import TerminalSum


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
