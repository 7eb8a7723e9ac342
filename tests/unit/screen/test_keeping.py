"""How long sales are kept, from the tab of the data: the period, an archive, letting go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.protocol.archive import check_archive
from sync.retention import Outcome
from tests.engine_double import EngineDouble

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real_selling import Counterfoil

DATA = ("right", "right", "right", *["down"] * 8)
"""From the first tab to the row of the period, in the tab of the data."""


async def test_the_period_is_chosen_among_those_that_the_law_allows_and_is_written_down(
    seat: Counterfoil,
) -> None:
    await seat.does("settings.show", *DATA)
    assert seat.reads("Sales are kept", "for ever", "the law wants six years")
    await seat.press("enter")
    assert seat.reads("6 years", "8 years", "10 years", "20 years")
    await seat.press("right", "enter")

    await seat.until(lambda: seat.till.register.settings.keep_years == 6)
    (event,) = await seat.till.events("settings_changed")
    assert (event["names"], event["jet"]) == (["keep_years"], 270)


async def test_an_archive_is_made_where_the_manager_wants_it_while_the_till_sells_on(
    seat: Counterfoil, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    await seat.does("settings.show", *DATA, "down")
    assert seat.reads("Archives", "none yet")
    await seat.press("down", "enter", "home", *["delete"] * 200, *str(stick), "enter")
    await seat.until(lambda: seat.reads("archive was made", "1, the last on"))

    (file,) = stick.iterdir()
    (event,) = await seat.till.events("archived")
    assert (event["user"], event["file"], event["jet"]) == ("9", file.name, 20)
    assert check_archive(file).tickets == 0


async def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_archived(
    seat: Counterfoil, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    await seat.does("settings.show", *DATA, "down", "down", "enter", "home", *["delete"] * 200)
    await seat.press(*str(tmp_path / "file"), "enter")

    await seat.until(lambda: seat.reads("No archive was made in"))
    assert await seat.till.events("archived") == []


async def test_what_may_go_is_let_go_on_demand_and_what_holds_up_the_rest_is_said(seat: Counterfoil) -> None:
    engine = EngineDouble()
    await seat.enrolled(engine)
    await seat.does("settings.show", *DATA, *["down"] * 3)
    assert seat.reads("Let go", "are kept until 2027-01-31")

    engine.retention.outcome = Outcome(88, 40, "no archive holds entry 89")
    await seat.press("down", "enter")
    await seat.until(lambda: seat.reads("40 entries were let go: all through 88."))


async def test_a_till_without_a_server_says_that_it_keeps_everything(seat: Counterfoil) -> None:
    await seat.does("settings.show", *DATA, *["down"] * 3)

    assert seat.reads("This till has no server: it keeps everything itself, for ever.")
