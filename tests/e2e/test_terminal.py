"""The till as a process on a terminal: bytes that no keyboard should send, and none of them ends it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.terminal import Terminal

SOUP = "9520010100008"
FIRST_SCREEN, CURSOR = b"\x1b[?1049l", b"\x1b[?25h"
"""What gives a terminal its first screen and its cursor back."""


CHATTY = """
import logging, sys, warnings
from tui_pos.cli import main
from tui_pos.register import Register

taken = Register.accept

async def accept(self, given):
    logging.getLogger("some.library").error("PAINTED OVER")
    warnings.warn("PAINTED OVER")
    print("PAINTED OVER")
    print("PAINTED OVER", file=sys.stderr)
    return await taken(self, given)

Register.accept = accept
raise SystemExit(main())
"""
"""A till of which every step says something aloud."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A demo till on its selling screen."""
    profile = str(tmp_path / "till")
    command = [sys.executable, "-m", "tui_pos", "demo", "--ready", "--lang", "en", "--profile", profile]
    with Terminal(command) as terminal:
        terminal.wait_for("No line yet")
        terminal.settle()
        yield terminal


def sells(terminal: Terminal, count: int) -> None:
    """A scan is painted: the ticket has so many lines."""
    terminal.type(SOUP + "\r")
    terminal.wait_for(f"{count} line" if count == 1 else f"{count} lines")


def test_bytes_that_are_no_text_are_refused_aloud_and_the_next_scan_is_sold(terminal: Terminal) -> None:
    for count, junk in enumerate((b"\xff\xfe\xfd", b"95200\xe9A", b"\xc3\x28\r"), 1):
        os.write(terminal._fd, junk)
        terminal.wait_for("cannot be read")
        terminal.settle()
        sells(terminal, count)


def test_control_bytes_and_broken_escapes_sell_nothing_and_end_nothing(terminal: Terminal) -> None:
    terminal.type(
        "\x00\x01\x02\x03\x07\x0e\x1c\x1e\x1f\x7f\x1b[\x1b[999;999;999~\x1bO\x1b[<0;1;1M\x1bP\x1b\\\x15"
    )
    terminal.settle(0.5)
    terminal.type("\x1b")
    terminal.settle(0.5)
    terminal.type("\x15")
    sells(terminal, 1)


def test_a_bracketed_paste_of_scans_is_sold_and_one_of_four_thousand_characters_refused(
    terminal: Terminal,
) -> None:
    terminal.type(f"\x1b[200~{SOUP}\r{SOUP}\r\x1b[201~")
    terminal.wait_for("2 lines")
    terminal.type("\x1b[200~" + "9" * 4000 + "\x1b[201~")
    terminal.wait_for("too long")
    sells(terminal, 3)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_till_that_is_asked_to_end_gives_the_terminal_back_and_keeps_the_sale(
    tmp_path: Path, number: signal.Signals
) -> None:
    profile = str(tmp_path / "till")
    command = [sys.executable, "-m", "tui_pos", "demo", "--ready", "--lang", "en", "--profile", profile]
    with Terminal(command) as terminal:
        terminal.wait_for("No line yet")
        terminal.settle()
        sells(terminal, 1)
        # it comes whenever a terminal hangs up or systemd stops a service, and suspends nothing
        os.kill(terminal.pid, signal.SIGCONT)
        sells(terminal, 2)
        os.kill(terminal.pid, number)
        assert terminal.ended() == 0
        assert CURSOR in terminal.painted.rpartition(FIRST_SCREEN)[2]
    with Terminal(command) as terminal:
        terminal.wait_for("2 lines")


def test_a_till_whose_terminal_is_closed_ends_and_keeps_the_sale(tmp_path: Path) -> None:
    profile = str(tmp_path / "till")
    command = [sys.executable, "-m", "tui_pos", "demo", "--ready", "--lang", "en", "--profile", profile]
    with Terminal(command) as terminal:
        terminal.wait_for("No line yet")
        terminal.settle()
        sells(terminal, 1)
        terminal.hang_up()
        assert terminal.ended() in (0, 1)
    with Terminal(command) as terminal:
        terminal.wait_for("1 line")


def test_what_a_library_logs_or_prints_goes_to_the_log_and_never_over_the_screen(tmp_path: Path) -> None:
    profile = tmp_path / "till"
    command = [sys.executable, "-c", CHATTY, "demo", "--ready", "--lang", "en", "--profile", str(profile)]
    with Terminal(command) as terminal:
        terminal.wait_for("No line yet")
        terminal.settle()
        for count in (1, 2, 3):
            sells(terminal, count)
        terminal.settle()
        assert b"PAINTED OVER" not in terminal.painted
    log = (profile / "logs" / "till.log").read_text("utf-8")
    assert "ERROR some.library: PAINTED OVER" in log
    assert "UserWarning: PAINTED OVER" in log
