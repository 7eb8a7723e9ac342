"""`tui-pos devices test` of a scanner: it waits for a scan, and explains what came."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import sys
import termios
import tty
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_shop import LENTILS, make_store
from tests.waiting import PATIENCE
from tui_pos.cli import main
from tui_pos.typed_scan import TypedScan, typed_scan

Run = Callable[[str, bytes], tuple[int, str]]


@pytest.fixture
def tried(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Try the scanner of this till; what is given comes down standard input."""
    profile = tmp_path / "till"
    profile.mkdir(mode=0o700)
    asyncio.run(make_store(profile))

    def add(driver: str) -> None:
        words = ["hand", "--kind", "scanner", "--driver", driver, "--address", "virtual:"]
        assert main(["devices", "add", *words, "--profile", str(profile)]) == 0

    def run(driver: str, typed: bytes) -> tuple[int, str]:
        add(driver)
        read, write = os.pipe()
        os.write(write, typed)
        os.close(write)
        with os.fdopen(read) as source:
            monkeypatch.setattr(sys, "stdin", source)
            status = main(["--lang", "en", "devices", "test", "hand", "--profile", str(profile)])
        return status, capsys.readouterr().out

    return run


def test_what_a_keyboard_scanner_types_is_explained(tried: Run) -> None:
    status, said = tried("wedge", f"]E0{LENTILS}\r\n".encode())
    assert status == 0
    assert said.splitlines() == [
        "Scan something now.",
        "Bytes: 5D 45 30 39 35 32 30 30 30 30 30 30 30 30 30 34 0D 0A",
        f"As text: ]E0{LENTILS}<CR><LF>",
        "Symbology: EAN-13, UPC-A, UPC-E, as it says itself",
        f"Code: {LENTILS}",
        "Product: Lentilles vertes 500 g €2.49",
    ]


def test_nothing_but_an_end_fails(tried: Run) -> None:
    status, said = tried("wedge", b"\r")
    assert (status, "only the end of a code came" in said) == (1, True)


def test_silence_fails_and_says_where_to_look(tried: Run) -> None:
    status, said = tried("wedge", b"")
    assert (status, "Nothing was scanned within 20 s" in said) == (1, True)


def test_a_virtual_scanner_on_a_line_is_shown_something(tried: Run) -> None:
    status, said = tried("serial", b"")
    assert (status, "As text: 3017620422003<CR>" in said) == (0, True)


def test_a_code_with_a_wrong_check_digit_is_said_to_be_none(tried: Run) -> None:
    status, said = tried("wedge", LENTILS[:-1].encode() + b"5\r")
    assert (status, "its check digit is wrong" in said) == (0, True)


def test_a_terminal_gives_each_key_as_it_is_and_has_its_ways_back_afterwards() -> None:
    keys, terminal = pty.openpty()
    try:
        tty.setraw(terminal)
        before = termios.tcgetattr(terminal)
        os.write(keys, f"{LENTILS}\r".encode())
        typed = typed_scan(5, terminal)
        assert isinstance(typed, TypedScan)
        assert typed.text == f"{LENTILS}\r"
        assert termios.tcgetattr(terminal) == before
    finally:
        os.close(keys)
        os.close(terminal)


def test_control_c_ends_a_try_at_once(tmp_path: Path) -> None:
    profile = tmp_path / "till"
    profile.mkdir(mode=0o700)
    asyncio.run(make_store(profile))
    words = ["hand", "--kind", "scanner", "--driver", "wedge", "--address", "virtual:"]
    assert main(["devices", "add", *words, "--profile", str(profile)]) == 0
    command = [sys.executable, "-m", "tui_pos", "--lang", "en", "devices", "test", "hand"]
    with subprocess.Popen(
        [*command, "--profile", str(profile)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as trial:
        assert trial.stdout is not None
        assert trial.stdout.readline() == b"Scan something now.\n"
        trial.send_signal(signal.SIGINT)
        assert (trial.wait(PATIENCE), trial.stdout.read()) == (1, b"")
