"""A till that starts anew: the same program, the same data, and not again and again."""

from __future__ import annotations

import sys
import time

import pytest

from tui_pos.commands import run
from tui_pos.errors import Refused
from tui_pos.l10n import use_language


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that the process has become."""
    made: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _program, words: made.append(words))
    monkeypatch.delenv("TUI_POS_RESTARTED", raising=False)
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "tui_pos", "demo", "--fresh", "--ready"])
    use_language("en")
    return made


def test_it_becomes_the_same_program_and_a_demo_keeps_its_data(replaced: list[list[str]]) -> None:
    run.start_anew()

    assert replaced == [[sys.executable, "-m", "tui_pos", "demo", "--ready"]]


def test_a_second_time_within_a_minute_it_says_what_to_do(replaced: list[list[str]]) -> None:
    run.start_anew()
    with pytest.raises(Refused, match="tui-pos doctor"):
        run.start_anew()

    assert len(replaced) == 1


def test_an_hour_later_it_starts_anew_again(
    replaced: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.start_anew()
    before = time.time()
    monkeypatch.setattr(time, "time", lambda: before + 3600)
    run.start_anew()

    assert len(replaced) == 2
