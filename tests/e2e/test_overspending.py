"""Two tills of a solidarity grocery, real processes: without their cables they overspend one budget together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_enrolling import command
from tests.json_lines import Process
from tests.server_process import ServerProcess

HOUSEHOLD = "C0021"
"""It may take goods worth 4.50 € a month."""
LENTILS = "9520800200000"
"""Worth 1.65 €."""


@pytest.fixture
def grocery(tmp_path: Path) -> Iterator[ServerProcess]:
    """The server of a solidarity grocery."""
    server = ServerProcess(tmp_path)
    server.run("init", "--demo", "solidarity")
    server.start()
    yield server
    server.end()


@pytest.fixture
def tills(grocery: ServerProcess, tmp_path: Path) -> Iterator[list[Process]]:
    """Its two tills, enrolled and loaded, each with its cashier and an open session."""
    with ExitStack() as stack:
        yield [stack.enter_context(opened(grocery, tmp_path / f"till-{n}")) for n in (1, 2)]


def opened(grocery: ServerProcess, profile: Path) -> Process:
    config = profile.with_suffix(".config")
    grocery.run("till", "add", "--name", profile.name, "--url", grocery.url, "--config", str(config))
    command(profile, "setup", "--config", str(config))
    command(profile, "load", "full")
    till = Process(profile, demo=False)
    till.ok("sign_in", user="1", pin="1111")
    till.ok("open_session", float=0)
    return till


def left(till: Process) -> int:
    """What the till says is left of the household's budget."""
    till.ok("customer", code=HOUSEHOLD)
    budget: int = till.ok("customer_details")["customer"]["budget"]
    till.ok("customer", code=None)
    return budget


def alarms(grocery: ServerProcess) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(grocery.run("status"))["alarms"]
    return found


def test_what_two_tills_overspent_without_their_cables_is_found_and_said_on_both_sides(
    grocery: ServerProcess, tills: list[Process]
) -> None:
    for till in tills:
        till.ok("link", up=False)
        till.ok("customer", code=HOUSEHOLD)
        till.ok("enter", text=f"2*{LENTILS}")
        assert till.ok("tender", method="CASH")["closed"]["customer"] == HOUSEHOLD
        assert left(till) == 450 - 2 * 165
    assert alarms(grocery) == []

    for till in tills:
        till.ok("link", up=True)
        till.ok("sync", what="push")

    (alarm,) = alarms(grocery)
    assert (alarm["kind"], HOUSEHOLD in alarm["text"], "2.10" in alarm["text"]) == ("budget", True, True)
    for till in tills:
        till.ok("sync", what="load_changes")
        notice = till.ok("customer", code=HOUSEHOLD)["notice"]
        assert notice["slug"] == "overspent"
        till.ok("scan", code=LENTILS)
        refused = till.ask("tender", method="CASH")
        assert refused["error"]["code"] == "budget_exceeded"
        till.ok("void_line")
        assert left(till) == 450 - 4 * 165
    assert [row["tickets"] for row in grocery.books()] == [1, 1]
