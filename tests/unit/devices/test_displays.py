"""Customer displays: poles of two lines, and a second screen."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.displays.board import Board
from devices.displays.making import make_screen, make_vfd_cd5220, make_vfd_escpos
from devices.displays.page import Page
from devices.displays.second_terminal import TURN, SecondTerminal, drawn
from devices.displays.vfd import PoleDisplay, escpos
from devices.displays.vfd_codec import fitted
from devices.errors import BadDevice, DeviceDown
from devices.ports import BoardDisplay
from devices.registry import build_counter
from devices.transports import Tcp, open_transport
from devices.virtual.hosting import OnTcp
from devices.virtual.steered import SteeredDisplay
from devices.virtual.vfd import VfdTwin
from tests.waiting import PATIENCE

SALE = Board(
    lines=(("Café moulu", "3,20 €"), ("2 × Lentilles", "4,98 €")),
    sums=(("Total", "8,18 €"), ("Reste", "3,18 €")),
)


@pytest.mark.parametrize("make", [make_vfd_escpos, make_vfd_cd5220])
async def test_a_pole_shows_two_lines_and_then_others(make: Any) -> None:
    pole = make(DeviceConfig("pole", "display", "vfd", "virtual:"))
    assert isinstance(pole, SteeredDisplay)
    await pole.show("Café moulu      3,20", "TOTAL")
    await asyncio.sleep(0)
    await pole.show("Thé vert", "TOTAL           5,00")
    async with asyncio.timeout(PATIENCE):
        while pole.output()["lines"] != ["Thé vert            ", "TOTAL           5,00"]:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await pole.close()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Cœurs de palm 2,65 €", b"Coeurs de pal 2,65 E"),
        ("Œufs œœœœ 1 234,56 €", b"OEufs oeo 1 234,56 E"),
        ("Bœufœ -€1,234.50", b"Boeufoe -E1,234.50  "),
        ("Bœuf bourguig -€4.25", b"Boeuf bourgui -E4.25"),
        ("Caf\N{SOFT HYPHEN}é m\N{ZERO WIDTH JOINER}oulu 250 3,89 €", b"Caf?\x82 m?oulu  3,89 E"),
    ],
)
def test_what_a_code_page_lacks_never_pushes_an_amount_off_the_glass(line: str, shown: bytes) -> None:
    assert fitted(line, "cp437") == shown


def test_twenty_characters_leave_whatever_the_text_is() -> None:
    assert fitted("Prix 3,20 €", "cp1252") == b"Prix 3,20 \x80         "
    assert fitted("Prix 3,20 €", "cp437") == b"Prix 3,20 E         "
    assert fitted("Œufs\N{NO-BREAK SPACE}frais", "cp858") == b"OEufs frais         "
    assert fitted("\x1b@\x0c" + "x" * 30, "cp1252") == b"?@ " + b"x" * 17
    assert len(fitted("愛" * 30, "cp437")) == 20


async def until_it_fails(pole: PoleDisplay) -> None:
    """A display says nothing: that it is gone shows when the system says so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await pole.show("two", "")
            await asyncio.sleep(0.001)


async def test_a_pole_that_was_unplugged_is_set_up_again() -> None:
    twin = VfdTwin()
    async with OnTcp(twin) as place:
        pole = PoleDisplay("pole", open_transport(place.address), escpos())
        await pole.show("one", "")
        await place.unplug()
        with pytest.raises(DeviceDown):
            await until_it_fails(pole)
        await place.plug()
        await pole.show("three", "")
        async with asyncio.timeout(PATIENCE):
            while not twin.lines[0].startswith("three"):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        await pole.close()


async def test_the_euro_is_no_other_sign_since_the_pole_is_told_its_code_page() -> None:
    """€ printed as ñ: the code page was not set."""
    cable = Written()
    await PoleDisplay("pole", cable, escpos("cp858")).show("3,20 €", "")
    await PoleDisplay("pole", cable, escpos("cp1252")).show("3,20 €", "")
    said = b"".join(cable.texts)
    assert b"\x1bt\x13" in said.partition(b"3,20 \xd5")[0]
    assert b"\x1bt\x10" in said.partition(b"3,20 \x80")[0]


# --- the page


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page("screen", Tcp("127.0.0.1", 0), ("Fermé le lundi", "Pain chaud à 17 h"))
    await page.probe()
    yield page
    await page.close()


async def fetch(page: Page, path: str, method: str = "GET", host: str = "127.0.0.1") -> tuple[str, bytes]:
    """The status line and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    reply = await reader.read()
    writer.close()
    head, _, body = reply.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode(), body


async def test_the_page_is_served_and_nothing_else(page: Page) -> None:
    status, body = await fetch(page, "/")
    assert (status, b"EventSource" in body) == ("HTTP/1.1 200 OK", True)
    assert (await fetch(page, "/../secret"))[0].split()[1] == "404"
    assert (await fetch(page, "/", "POST"))[0].split()[1] == "405"


async def test_the_page_is_read_by_no_site_whose_name_leads_here(page: Page) -> None:
    for host in ("127.0.0.1:8080", "localhost", "[::1]:80", "LOCALHOST:1"):
        assert (await fetch(page, "/board", host=host))[0].split()[1] == "200"
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:8080", "evil.example:80x", ""):
        assert (await fetch(page, "/board", host=host))[0].split()[1] == "421"


async def test_the_board_is_told_as_it_is_and_adverts_only_while_nothing_is_sold(page: Page) -> None:
    idle = json.loads((await fetch(page, "/board"))[1])
    assert idle["adverts"] == ["Fermé le lundi", "Pain chaud à 17 h"]
    await page.show_board(SALE)
    told = json.loads((await fetch(page, "/board"))[1])
    assert told == {
        "lines": [["Café moulu", "3,20 €"], ["2 × Lentilles", "4,98 €"]],
        "sums": [["Total", "8,18 €"], ["Reste", "3,18 €"]],
        "message": "",
        "adverts": [],
    }


async def test_a_page_that_is_open_is_told_of_each_change(page: Page) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(b"GET /events HTTP/1.1\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    assert (await reader.readuntil(b"\n\n")).startswith(b"data: ")
    await page.show_board(SALE)
    told = await reader.readuntil(b"\n\n")
    assert json.loads(told[6:])["sums"][-1] == ["Reste", "3,18 €"]
    writer.close()


async def test_rubbish_and_hang_ups_do_not_end_the_page(page: Page) -> None:
    for rubbish in (b"", b"\r\n\r\n", b"GET\r\n\r\n", b"x" * 20_000):
        _, writer = await asyncio.open_connection("127.0.0.1", page.port)
        writer.write(rubbish)
        writer.close()
    assert (await fetch(page, "/board"))[0].endswith("200 OK")


async def test_a_port_that_is_taken_is_told(page: Page) -> None:
    other = Page("other", Tcp("127.0.0.1", page.port))
    with pytest.raises(DeviceDown, match="port"):
        await other.show_board(SALE)


def test_the_page_is_never_open_to_the_network() -> None:
    with pytest.raises(BadDevice, match="this machine only"):
        make_screen(DeviceConfig("screen", "display", "screen", "tcp://0.0.0.0:8080"))
    made = make_screen(DeviceConfig("screen", "display", "screen", "tcp://127.0.0.1:8080"))
    assert isinstance(made, BoardDisplay)


# --- a second terminal


def test_a_terminal_shows_the_newest_lines_and_the_sums_below() -> None:
    many = Board(tuple((f"Ligne {n}", f"{n},00 €") for n in range(50)), SALE.sums)
    text = drawn(many, 24, 6).decode()
    rows = [row.removesuffix("\x1b[K") for row in text.split("\r\n")]
    assert rows[0].endswith("Ligne 47         47,00 €")
    assert rows[3] == "-" * 24
    assert rows[-1] == "\x1b[1;7mReste             3,18 €\x1b[0m\x1b[K\x1b[J", "what is due stands out"


async def test_a_terminal_shows_a_message_in_its_middle_and_no_label_can_command_it(tmp_path: Path) -> None:
    file = tmp_path / "tty"
    screen = SecondTerminal("screen", open_transport(f"file:{file}"), 20, 5)
    await screen.show_board(Board(message="Bonjour"))
    await screen.show_board(Board(lines=(("\x1b[2Jvilain", "1,00 €"),)))
    await screen.close()
    written = file.read_text()
    assert "      Bonjour" in written
    assert "\x1b[2J" not in written


def test_a_text_that_is_wider_than_the_terminal_takes_more_lines() -> None:
    advert = Board(message="Fermé le lundi, ouvert de 9 h à 19 h")
    rows = [
        row.strip()
        for row in re.sub(r"\x1b\[\??[0-9;]*[A-Za-z]", "", drawn(advert, 20, 6).decode()).split("\r\n")
    ]
    assert rows == ["", "", "Fermé le lundi,", "ouvert de 9 h à 19 h"]
    long = Board(message=" ".join(["mot"] * 100))
    assert drawn(long, 20, 6).count(b"\r\n") == 5, "and never more than there are"


async def test_a_terminal_that_is_let_go_of_says_nothing_any_more() -> None:
    cable = Written()
    screen = SecondTerminal("screen", cable, 30, 5)
    await screen.show_board(SALE)
    await screen.close()
    assert cable.texts[-1] == b"\x1b[?25l\x1b[H\x1b[J\x1b[?25h"
    assert not cable.is_open


async def test_the_texts_of_an_idle_terminal_take_turns_and_a_sale_ends_them() -> None:
    now = [100.0]
    cable = Written()
    screen = SecondTerminal("screen", cable, 30, 5, ("Pain chaud", "Fermé lundi"), lambda: now[0])
    await screen.show_board(Board(message="Bienvenue"))
    for _ in range(3):
        now[0] += TURN
        await screen.probe()
    assert [text for text in cable.words if text] == ["Bienvenue", "Pain chaud", "Fermé lundi", "Bienvenue"]
    now[0] += TURN
    await screen.show_board(SALE)
    assert "Pain chaud" not in cable.words[-1]


class Written:
    """A cable to a device, which keeps what was written to it."""

    answers = True
    pace = None

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.is_open = False

    @property
    def words(self) -> list[str]:
        """What was drawn each time, without blanks and commands."""
        return [
            " ".join(re.sub(r"\x1b\[\??[0-9]*[A-Za-z]", "", text.decode()).split()) for text in self.texts
        ]

    async def open(self) -> None:
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False

    async def write(self, data: bytes) -> None:
        self.texts.append(data)

    async def read(self, limit: int = 4096) -> bytes:
        return b""


# --- on the counter


@pytest.mark.parametrize("driver", ["vfd-escpos", "vfd-cd5220"])
async def test_a_pole_that_was_without_power_shows_its_text_again_by_itself(driver: str) -> None:
    pole = DeviceConfig("pole", "display", driver, "virtual:")
    counter = build_counter(CounterConfig((pole,)))
    async with counter:
        counter.show("TOTAL          12,50", "")
        await until_shown(counter, "TOTAL          12,50")
        display: Any = counter.owners[0].device
        display.twin.lines = (" " * 20, " " * 20)
        await counter.look("pole")
        await until_shown(counter, "TOTAL          12,50")


async def test_a_display_that_is_set_up_during_a_sale_shows_it_at_once() -> None:
    counter = build_counter(CounterConfig())
    async with counter:
        counter.show("Lentilles", "", lambda: SALE)
        screen = DeviceConfig("screen", "display", "screen", "virtual:")
        await counter.refit(counter.fitted(CounterConfig((screen,))))
        await until_shown(counter, {"lines": [list(line) for line in SALE.lines]})


async def until_shown(counter: Counter, what: str | dict[str, Any]) -> None:
    """Let the counter work until its display shows this on its first line, or on its board."""

    def shown() -> bool:
        output = counter.list()[0].output or {}
        if isinstance(what, str):
            return bool(output["lines"][0] == what)
        board = {key: [list(line) for line in output["board"][key]] for key in what}
        return board == what

    async with asyncio.timeout(PATIENCE):
        while not shown():  # noqa: ASYNC110
            await asyncio.sleep(0)
