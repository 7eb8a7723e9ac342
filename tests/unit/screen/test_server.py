"""The exchange with the server on the screen: seen, steered, and never in the way of a sale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sync.carried import Loaded
from sync.errors import EnrolmentRefused, Hole, Unreachable
from sync.events import Link, LoadBegan, LoadEnded, Progress
from sync.protocol import UserRecord
from sync.protocol.updates import Release
from tests.engine_double import CUT, HEALTHY, EngineDouble
from tui_pos.inputs import AcknowledgeMessage, PermitSettings, Scan
from tui_pos.outcomes import MessageView
from tui_pos.screens import ExchangeScreen, LoadScreen, MessageScreen, SupervisorScreen
from tui_pos.screens.settings.screen import SettingsScreen
from tui_pos.widgets.router import Typed

if TYPE_CHECKING:
    from tests.selling import Seat, Sit

LENTILS = "9520000000004"
MANAGER = UserRecord("9", "Maud", "manager", "")


def reads(seat: Seat, *texts: str) -> bool:
    lines = "\n".join(seat.screen_text())
    return all(text in lines for text in texts)


async def test_a_till_without_a_server_shows_no_network(sit: Sit) -> None:
    async with sit() as seat:
        assert "●" not in seat.screen_text()[0]
        await seat.wants("exchange.show")
        assert "has no server" in seat.message


async def test_the_network_is_crossed_while_the_server_does_not_answer(sit: Sit) -> None:
    async with sit() as seat:
        await seat.enrolled(EngineDouble(CUT))
        seat.register.link, seat.register.unsent = "down", 12
        seat.app.tick()
        await seat.settled()
        assert "●×● 12 (12 min)" in seat.screen_text()[0]

        await seat.enrolled(EngineDouble(HEALTHY))
        seat.register.link, seat.register.unsent = "up", 0
        seat.app.tick()
        await seat.settled()
        assert seat.screen_text()[0].rstrip().endswith("●─●")


async def test_what_stays_unsent_shows_its_age_also_while_the_server_answers(sit: Sit) -> None:
    async with sit() as seat:
        seat.register.link, seat.register.unsent = "up", 12
        for oldest, shown in (
            ("2026-11-22T11:48:00Z", "●─● 12 (12 min)"),
            ("2026-11-22T11:59:30Z", "●─● 12"),
        ):
            await seat.enrolled(EngineDouble(replace(CUT, link=Link.UP, oldest=oldest)))
            seat.app.tick()
            await seat.settled()
            assert seat.screen_text()[0].rstrip().endswith(shown)


async def test_a_message_is_in_sight_while_scans_go_on_and_is_read_when_somebody_wants(sit: Sit) -> None:
    async with sit() as seat:
        seat.register.messages = (MessageView("7", "Fresh bread\nat eleven.\x1b[31m"),)
        await seat.scan(LENTILS)
        assert reads(seat, "Ctrl+N reads a message: Fresh bread at eleven.")
        assert seat.labels == ["Lentilles vertes 500 g"]

        await seat.press("ctrl+n")
        assert isinstance(seat.app.screen, MessageScreen)
        await seat.press("escape")
        assert AcknowledgeMessage("7") not in seat.register.given
        await seat.press("ctrl+n", "enter")
        assert seat.register.given[-1] == AcknowledgeMessage("7")


async def test_a_message_is_hidden_from_a_till_where_nobody_is_signed_in(sit: Sit) -> None:
    async with sit() as seat:
        seat.register.messages = (MessageView("7", "Fresh bread"),)
        await seat.wants("till.lock")
        await seat.press(*"1111", "enter")
        assert reads(seat, "Fresh bread")


async def test_a_load_goes_on_while_products_are_sold(sit: Sit) -> None:
    async with sit() as seat:
        engine = await seat.enrolled(EngineDouble())
        await seat.wants("data.load")
        assert isinstance(seat.app.screen, LoadScreen)
        await begin(seat, engine)
        seat.app.screen.follow()
        await seat.pilot.pause(0)
        assert reads(seat, "1/2 download", "1 MB of 4 MB", "12 s left", "25 %")

        await seat.pilot.press("escape")
        await seat.pilot.pause(0)
        seat.app.conduct.items.put_nowait(Typed(LENTILS, fast=True))
        await seat.app.settled()
        assert seat.register.given == [Scan(LENTILS)]
        assert reads(seat, "Loading data, 1/2 download █████░", "Lentilles")

        engine.gate.set()
        await seat.settled()
        assert not reads(seat, "Loading data")


async def test_a_load_can_be_given_up(sit: Sit) -> None:
    async with sit() as seat:
        engine = await seat.enrolled(EngineDouble())
        await seat.wants("data.load")
        await begin(seat, engine)
        await seat.pilot.press("f8")
        await seat.pilot.pause(0)
        seat.app.screen.follow()
        await seat.pilot.pause(0)

        assert engine.asked == ["full", "cancel"]
        assert reads(seat, "given up")


async def test_a_load_that_is_refused_says_so_once_and_another_try_begins_afresh(
    sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit() as seat:
        engine = await seat.enrolled(EngineDouble())

        async def refused() -> int:
            raise Unreachable(reason="the cable is out")

        monkeypatch.setattr(engine, "load_full", refused)
        await seat.wants("data.load")
        assert not reads(seat, "Cancel the load"), "there is none to cancel"
        await seat.press("enter")
        assert "\n".join(seat.screen_text()).count("the cable is out") == 1

        monkeypatch.undo()
        await begin(seat, engine)
        assert not reads(seat, "the cable is out")
        engine.gate.set()
        await seat.settled()


async def test_the_load_screen_follows_a_load_that_is_under_way_to_its_end(sit: Sit) -> None:
    async with sit() as seat:
        engine = EngineDouble()
        engine.loading = True
        await seat.enrolled(engine)
        await seat.wants("data.load")
        assert reads(seat, "The data are asked for")
        await seat.press("enter")
        assert reads(seat, "under way already: this is how far it has come")
        assert engine.asked == []

        engine.events.tell(Progress("write", 30, 120, None))
        seat.app.screen.follow()
        await seat.settled()
        assert reads(seat, "2/2 take up", "25 %")
        await seat.press("f8")
        assert engine.asked == ["cancel"]

        engine.events.tell(LoadEnded(records=1200))
        seat.app.screen.follow()
        await seat.settled()
        assert reads(seat, "1,200 records were loaded.")
        assert not reads(seat, "under way already")
        engine.events.tell(LoadBegan())
        engine.events.tell(LoadEnded("cut", cause=Unreachable(reason="the cable is out")))
        seat.app.screen.follow()
        await seat.settled()
        assert reads(seat, "the cable is out")


async def test_a_load_that_the_engine_began_by_itself_is_shown_too(sit: Sit) -> None:
    async with sit() as seat:
        engine = await seat.enrolled(EngineDouble())
        engine.events.tell(Progress("write", 30, 120, None))
        await seat.settled()
        assert reads(seat, "2/2 take up", "25 %")

        engine.events.tell(LoadEnded("cut"))
        await seat.settled()
        assert not reads(seat, "2/2 take up")


async def test_changes_are_brought_and_counted_or_the_reason_is_said(sit: Sit) -> None:
    async with sit() as seat:
        await seat.enrolled(EngineDouble())
        await seat.wants("data.changes")
        assert seat.message == "5 records were loaded."

        await seat.enrolled(EngineDouble(CUT))
        await seat.wants("data.changes")
        assert seat.refused
        assert "the cable is out" in seat.message


async def test_the_exchange_is_shown_and_steered(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        engine = await seat.enrolled(EngineDouble(CUT))
        await seat.wants("exchange.show")
        assert isinstance(seat.app.screen, ExchangeScreen)
        assert reads(seat, "no answer: the cable is out", "132 entries, sent through 120", "for 12 min")
        assert reads(seat, "put aside there: an unknown payment method", "POST /v1/journal", "31 ms")
        assert reads(
            seat, "ftp://till@nas/shop", "every 15 min; looked at", "55 min ago", "index.json: timed out."
        )
        assert reads(seat, "22 ms for an answer"), "a server that was asked to wait is not slow"
        assert reads(seat, "all, server: 12,345 rows, 640 kB, in 3 s: 3,858 rows/s")

        await seat.press("f2")
        assert reads(seat, "paused here")
        await seat.press("f2", "f8", "f5")
        assert reads(seat, "The server cannot be reached: the cable is out.")
        await seat.press("f4")
        assert reads(seat, "The server cannot be reached")
        assert engine.asked == ["retry", "ping", "push"]


async def test_a_newer_version_of_the_program_is_looked_for_and_told_once_it_is_here(sit: Sit) -> None:
    async with sit() as seat:
        engine = await seat.enrolled(EngineDouble())
        await seat.wants("exchange.show")
        await seat.press("f6")
        assert reads(seat, "Version 1.2.3 runs here; there is no newer one.")

        engine.updates.newest = Release(version="9.0.0", path="p.zip", size=1, sha256="0" * 64)
        await seat.press("f6")
        assert reads(seat, "Version 9.0.0 is here, and is installed at the till's next start.")
        assert reads(seat, "9.0.0 is here, and is installed at the next start")


async def test_a_reason_that_is_longer_than_a_line_can_be_read_to_its_end(sit: Sit) -> None:
    async with sit() as seat:
        await seat.enrolled(EngineDouble(CUT))
        await seat.wants("exchange.show")
        await seat.press("pagedown", "pagedown")
        shown = " ".join(line.strip(" │") for line in seat.screen_text())
        assert "timed out. What is here stays as it is." in " ".join(shown.split())


async def test_the_cable_of_a_demo_is_pulled_and_put_back(sit: Sit) -> None:
    async with sit() as seat:
        await seat.enrolled(EngineDouble())
        seat.register.link = "up"
        await seat.press("ctrl+t")
        assert "Selling goes on" in seat.message
        seat.register.link = "down"
        await seat.press("ctrl+t")
        assert "is back" in seat.message

        assert seat.server.plugged == [False, True]
        seat.app.till.demo = None
        await seat.press("ctrl+t")
        assert seat.refused


async def test_a_till_is_enrolled_from_the_settings(sit: Sit) -> None:
    async with sit() as seat:
        seat.register.user = MANAGER
        seat.server.made = None
        await seat.wants("settings.show")
        await seat.press("right", "down", "enter")
        await seat.press("enter", *"https://till", "enter", *"ABCD", "enter")
        await seat.press("enter")
        seat.server.refuses = EnrolmentRefused(reason="the code was used before")
        await seat.press("enter")
        assert reads(seat, "the code was used before")

        seat.server.refuses = None
        seat.server.made = EngineDouble()
        await seat.press("enter")
        assert seat.engine is seat.server.made
        invited = seat.server.invitations[-1]
        assert (invited.url, invited.code, invited.proxy) == ("https://till", "ABCD", None)


@pytest.mark.parametrize("content", [None, b"", b"\xff\x00", b'{"v":1}'])
async def test_a_configuration_file_that_is_none_is_refused_and_nothing_asked(
    sit: Sit, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "till.json"
    if content is not None:
        file.write_bytes(content)
    async with sit((132, 40)) as seat:
        seat.register.user = MANAGER
        await seat.wants("settings.show")
        await seat.press("right", "down", "enter")
        seat.app.screen.query_one("#file").value = str(file)
        await seat.press(*["enter"] * 5)

        assert seat.app.screen.query_one("#problem").has_class("-said")
        assert not seat.app.screen.query_one("#problem").has_class("-good")
        assert seat.server.invitations == []


async def test_a_delay_is_set_within_its_bounds_by_who_may(sit: Sit) -> None:
    async with sit() as seat:
        engine = await seat.enrolled(EngineDouble())
        seat.register.user = MANAGER
        await seat.wants("settings.show")
        await seat.press("right", "right", "enter", *["backspace"] * 4, *"30", "enter")
        assert engine.own == {"ticket_interval": 30.0}
        assert seat.register.given[-1] == PermitSettings(("ticket_interval",))
        assert reads(seat, "30 s")
        await seat.press("enter", *["backspace"] * 4, *"0", "enter")
        assert reads(seat, "from 1 to 3600")
        assert engine.own == {"ticket_interval": 30.0}


async def test_whoever_may_not_sets_a_delay_by_the_leave_of_somebody_who_may(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        engine = await seat.enrolled(EngineDouble())
        await seat.wants("settings.show")
        await seat.press("right", "right", "enter", *["backspace"] * 4, *"30", "enter")
        assert isinstance(seat.app.screen, SupervisorScreen)
        assert reads(seat, "needs the right to change settings")
        await seat.press("escape")
        assert isinstance(seat.app.screen, SettingsScreen)
        assert engine.own == {}

        await seat.press("enter", *["backspace"] * 4, *"30", "enter")
        await seat.press("9", "enter", *"9999", "enter")
        assert engine.own == {"ticket_interval": 30.0}
        assert isinstance(seat.app.screen, SettingsScreen)
        seat.app.screen.follow()
        await seat.settled()
        assert reads(seat, "30 s")


async def test_whoever_may_not_enrols_the_till_by_the_leave_of_somebody_who_may(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        seat.server.made = None
        await seat.wants("settings.show")
        await seat.press("right", "down", "enter")
        await seat.press("enter", *"https://till", "enter", *"ABCD", "enter", "enter", "enter")
        assert isinstance(seat.app.screen, SupervisorScreen)
        await seat.press("escape")
        assert reads(seat, "Enrol this till", "https://till")
        assert seat.server.invitations == []

        seat.server.made = EngineDouble()
        await seat.press("enter")
        await seat.press("9", "enter", *"9999", "enter")
        assert seat.server.invitations[-1].url == "https://till"
        assert seat.engine is seat.server.made


async def test_data_are_loaded_from_the_place_that_was_set_which_shows_no_password(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        engine = await seat.enrolled(EngineDouble())
        seat.register.user = MANAGER
        await seat.wants("settings.show")
        await seat.press("right", *["down"] * 9, "enter")
        assert reads(seat, "No place is set")
        await seat.press("up", "up", "enter", *"ftp://till:secret@nas/shop", "enter")
        assert engine.own == {"place": "ftp://till:secret@nas/shop"}
        assert reads(seat, "ftp://till@nas/shop")
        await seat.press("enter")
        assert not reads(seat, "secret")
        await seat.press("enter")
        assert engine.own == {"place": "ftp://till:secret@nas/shop"}

        await seat.press("down", "enter", *["backspace"] * 5, *"noon", "enter")
        assert reads(seat, "a time of day such as 04:30")
        await seat.press("enter", *["backspace"] * 5, *"15", "enter")
        assert engine.own["place_when"] == "15"
        assert reads(seat, "every 15 min")

        await seat.press("down", "enter")
        assert isinstance(seat.app.screen, LoadScreen)
        assert reads(seat, "Load from ftp://till@nas/shop")
        assert not reads(seat, "secret")
        engine.carried = Loaded(7, Hole(reason="they go on from 12, these data from 9"))
        await seat.press("f7")
        seat.app.screen.follow()
        await seat.settled()
        assert engine.asked == ["changes from ftp://till:secret@nas/shop"]
        assert reads(seat, "7 records were loaded. The changes there")
        await seat.press("enter")
        assert engine.asked[-1] == "full from ftp://till:secret@nas/shop"


async def test_the_connection_is_tested_to_its_end(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        engine = await seat.enrolled(EngineDouble())
        await seat.wants("settings.show")
        await seat.press("right", *["down"] * 4, "enter")
        assert reads(seat, "The server answers, and knows this till as number 1.")
        assert engine.asked == ["ping", "hello"]
        engine.stranger = True
        await seat.press("enter")
        assert reads(seat, "The server knows no till 1")

        await seat.press("escape")
        await seat.enrolled(EngineDouble(CUT))
        await seat.wants("settings.show")
        await seat.press("right", *["down"] * 4, "enter")
        assert reads(seat, "The server cannot be reached: the cable is out.")


async def test_a_test_of_the_connection_tells_of_a_clock_that_is_wrong(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        await seat.enrolled(EngineDouble(replace(HEALTHY, offset=-366 * 86_400.0)))
        await seat.wants("settings.show")
        await seat.press("right", *["down"] * 4, "enter")
        assert reads(seat, "knows this till as number 1.", "wrong by 366 d")


async def test_secrets_are_not_shown(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        await seat.enrolled(EngineDouble())
        await seat.wants("settings.show")
        await seat.press("right")

        assert reads(seat, "http://till@proxy.example.org:3128")
        assert not reads(seat, "secret")


async def begin(seat: Seat, engine: EngineDouble) -> None:
    """Press Enter on the load screen; the load then waits at its gate."""
    await seat.pilot.press("enter")
    await engine.begun.wait()
    await seat.pilot.pause(0)
