"""A till without a server is given one on its screen: real processes, a real terminal, a real server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.terminal import ROOT, Terminal


class Shop:
    """A server with the demo shop, and a folder for tills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "TUI_POS_SECRET_DIR": str(folder / "keys")}
        (folder / "keys").mkdir(mode=0o700)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "backoffice", *words, "--db", f"sqlite:///{self.folder / 'server.db'}"]

    def run(self, *words: str) -> str:
        """A command of the server's, to its end."""
        done = subprocess.run(
            self._command(*words, "--json"),
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    def serve(self) -> subprocess.Popen[str]:
        """The server, answering."""
        process = subprocess.Popen(
            self._command("serve", "--port", str(self.port)),
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        while "listening" not in process.stdout.readline():
            assert process.poll() is None, "the server has ended"
        return process


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.run("init", "--demo", "retail")
    with shop.serve() as process:
        yield shop
        process.terminate()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A till without a server, its manager signed in, in front of its settings."""
    profile = str(tmp_path / "till")
    setup = [
        "setup",
        "--standalone",
        "--shop",
        "Kiosk",
        "--user",
        "9",
        "--name",
        "Maud",
        "--profile",
        profile,
    ]
    subprocess.run(
        [sys.executable, "-m", "tui_pos", *setup],
        input="9999\n",
        cwd=ROOT,
        text=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    with Terminal([sys.executable, "-m", "tui_pos", "--lang", "en", "--profile", profile]) as terminal:
        terminal.wait_for("Sign in", 60)
        terminal.settle()
        enter(terminal, "9", "9999")
        terminal.wait_for("float in the drawer", 20)
        terminal.type("0\r")
        terminal.wait_for("No line yet", 20)
        terminal.type("\x10")
        terminal.wait_for("Commands", 20)
        terminal.settle()
        terminal.type("settings")
        terminal.wait_for("Settings", 20)
        terminal.settle(0.5)
        terminal.type("\r")
        terminal.wait_for("Lock after", 20)
        yield terminal


RIGHT, DOWN, ESCAPE = "\x1b[C", "\x1b[B", "\x1b"


def enter(terminal: Terminal, *fields: str) -> None:
    """Fill fields in as a hand does: each is seen before the next one."""
    for text in fields:
        terminal.type(text)
        terminal.settle()
        terminal.type("\r")
        terminal.settle()


def enrol(terminal: Terminal, *fields: str) -> None:
    """Open the form and fill it in."""
    terminal.type(RIGHT)
    terminal.wait_for("sells without a server", 20)
    terminal.type(DOWN + "\r")
    terminal.wait_for("Enrol this till", 20)
    terminal.settle()
    enter(terminal, *fields, *[""] * (5 - len(fields)))


def test_by_the_configuration_file_then_all_data_are_loaded(shop: Shop, terminal: Terminal) -> None:
    config = shop.folder / "till-1.json"
    shop.run("till", "add", "--name", "Kiosk 1", "--url", shop.url, "--config", str(config))
    enrol(terminal, str(config))
    terminal.wait_for("the server answers", 30)
    terminal.settle(0.5)
    terminal.type(ESCAPE)
    terminal.settle(0.5)
    terminal.type("9520010100008\r")
    terminal.wait_for("Alphabet", 30)


def test_a_code_that_is_wrong_is_refused_in_words_and_the_till_goes_on(
    shop: Shop, terminal: Terminal
) -> None:
    enrol(terminal, "", shop.url, "NONSENSE")
    terminal.wait_for("was not enrolled", 30)
    terminal.type(ESCAPE)
    terminal.wait_for("sells without a server", 20)


def test_the_server_has_the_sales_that_were_made_before(shop: Shop, terminal: Terminal) -> None:
    config = shop.folder / "till-2.json"
    made = json.loads(
        shop.run("till", "add", "--name", "Kiosk 2", "--url", shop.url, "--config", str(config))
    )
    enrol(terminal, "", shop.url, made["code"])
    terminal.wait_for("the server answers", 30)
    terminal.type(ESCAPE)
    terminal.settle(1.0)

    journals = [json.loads(line) for line in shop.run("journal").splitlines()]
    (mine,) = (each for each in journals if each["till"] == made["till_id"] or each["entries"])
    assert mine["quarantined"] == 0
