"""A till gets its server: on the screen, with address and code, and from a configuration file. Both then sell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.glass import Screen
from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE

LETTERS = "9520010100008"
DOWN, RIGHT, PAGE_UP, ESCAPE, PALETTE = "\x1b[B", "\x1b[C", "\x1b[5~", "\x1b", "\x10"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "till"


def command(profile: Path, *arguments: str, given: str = "") -> None:
    """One command of the till, which has to succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "tui_pos", *arguments, "--profile", str(profile), "--lang", "en"],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr


def add_till(server: ServerProcess, *options: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(
        server.run("till", "add", "--name", "Front", "--url", server.url, *options)
    )
    return made


def running(profile: Path) -> Screen:
    return Screen([sys.executable, "-m", "tui_pos", "run", "--profile", str(profile), "--lang", "en"])


def signs_in(screen: Screen, code: str, pin: str) -> None:
    """The first cashier of the day."""
    screen.shows("Sign in")
    screen.type(f"{code}\r")
    screen.type(f"{pin}\r")
    screen.shows("Open a session")
    screen.type("0\r")
    screen.shows("No line yet")


def opens_the_server_tab(screen: Screen) -> None:
    """From the selling screen, by the palette."""
    screen.type(PALETTE)
    screen.shows("Some letters of what to do")
    screen.type("settings")
    screen.shows("▶  settings", "Settings")
    screen.type("\r")
    screen.shows("▶Till", "Lock after")
    screen.type(RIGHT)
    screen.shows("▶Server", "▶ Enrol this till…")


def does(screen: Screen, row: int, meaning: str) -> None:
    """Do what a row of a tab is for, once its meaning is shown: it is the one so many below the first."""
    screen.type(PAGE_UP + DOWN * row)
    screen.shows(meaning)
    screen.type("\r")


def sells_letters(screen: Screen) -> None:
    screen.type(f"{LETTERS}\r")
    screen.shows("1 line", "Alphabet")
    screen.type("\r")
    screen.shows("Amount paid")
    screen.type("\r")
    screen.shows("is paid")


def test_a_till_that_sells_alone_is_enrolled_on_its_screen_loads_and_sells(
    server: ServerProcess, profile: Path
) -> None:
    made = add_till(server)
    code = made["code"]
    while not any(sign.isdigit() for sign in code):
        # one of a hundred has none, and is no scan
        code = json.loads(server.run("till", "code", made["till_id"]))["code"]
    with running(profile) as screen:
        screen.shows("There is no till")
    command(
        profile, "setup", "--standalone", "--shop", "Alone", "--user", "9", "--name", "Maud", given="1234\n"
    )
    with running(profile) as screen:
        signs_in(screen, "9", "1234")
        opens_the_server_tab(screen)
        does(screen, 1, "or with its address and")
        screen.shows("┌─ Enrol this till")
        # both are scanned, from a sheet with two QR codes: a scan leaves the field only by an Enter of its own
        screen.type("\r")
        screen.type(f"{server.url}\r")
        screen.shows(f"Server         {server.url}")
        screen.type("\r")
        screen.type(f"{code}\r")
        screen.shows(f"Code           {code}")
        screen.type("\r\r\r")
        screen.shows("Address", server.url, "▶ Test the connection")
        does(screen, 4, "Asks the server whether it is there")
        screen.shows("knows this till as number 1")
        screen.type(ESCAPE)
        # it has begun to load by itself, and nobody had to wait
        screen.shows("Épicerie du Marché", "No line yet")
        opens_the_server_tab(screen)
        does(screen, 6, "Everything anew.")
        screen.shows("Load all data", "All products, customers")
        screen.type("\r")
        screen.shows("records were loaded")
        screen.type(ESCAPE)
        screen.shows("▶ Load all data…")
        screen.type(ESCAPE)
        screen.shows("No line yet")
        sells_letters(screen)
    command(profile, "sync", "--once")

    (ticket,) = server.tickets()
    assert [line["code"] for line in ticket["lines"]] == [LETTERS]
    (books,) = server.books()
    assert (books["tickets"], books["quarantined"], books["conflicts"]) == (1, 0, 0)


def test_a_till_made_from_a_configuration_file_loads_and_sells(
    server: ServerProcess, profile: Path, tmp_path: Path
) -> None:
    config = tmp_path / "till.config"
    add_till(server, "--config", str(config))
    command(profile, "setup", "--config", str(config))
    command(profile, "load", "full")
    with running(profile) as screen:
        signs_in(screen, "1", "1111")
        sells_letters(screen)
        screen.shows("●─●")
    command(profile, "sync", "--once")

    (ticket,) = server.tickets()
    assert ticket["number"] == "1-000001"
    assert server.books()[0]["quarantined"] == 0
