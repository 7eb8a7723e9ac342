"""Which till a command line is about, before it is read: its version is the one that reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_pos.profile import default_profile
from tui_pos.updating.handover import commands_of, profile_of


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("", ["run"]),
        ("--lang en --profile demo", ["run"]),
        ("--profile p update rollback", ["update", "rollback"]),
        ("headless - --profile=p --stop-on-error", ["headless"]),
        ("labels demo fleet --copies 3", ["labels", "demo", "fleet", "3"]),
    ],
)
def test_the_command_is_the_first_word_that_is_no_option(line: str, commands: list[str]) -> None:
    assert commands_of(line.split()) == commands


@pytest.mark.parametrize(
    ("line", "profile"),
    [
        ("--profile p status", Path("p")),
        ("status --profile=p", Path("p")),
        ("--profile p status --profile q", Path("q")),
        ("labels demo --profile p", Path("p")),
        ("--profile demo", Path("demo")),
        ("demo --profile p", None),
        ("headless --demo=solidarity --profile p", None),
        ("fleet --profile p", None),
    ],
)
def test_a_command_line_is_about_the_profile_that_it_names_last(line: str, profile: Path | None) -> None:
    assert profile_of(line.split()) == profile


def test_without_a_name_it_is_the_usual_profile() -> None:
    assert profile_of(["status"]) == default_profile()
