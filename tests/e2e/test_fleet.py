"""A fleet of tills against a real server: what both sides hold is the same, and a difference is found."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE

TILLS = 5


class Run:
    """Runs fleets of one folder against one server."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self.server = server
        self.codes = folder / "fleet.codes"
        self._folder = folder / "fleet"
        self._folder.mkdir()

    def __call__(
        self, *options: str, tills: int = TILLS, status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tui_pos", "fleet", "--tills", str(tills), "--lang", "en"),
                *("--server", self.server.url, "--codes", str(self.codes), "--profile", str(self._folder)),
                *("--minutes", "0.04", "--every", "0.3", *options),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == status, done.stderr[-500:] + done.stdout
        return done

    def summary(self, *options: str, tills: int = TILLS, status: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self("--json", *options, tills=tills, status=status).stdout)
        return found


@pytest.fixture
def run(server: ServerProcess, tmp_path: Path) -> Run:
    """A fleet that has its codes."""
    made = Run(server, tmp_path)
    server.run("till", "add", "--name", "Fleet", "--count", str(TILLS), "--codes", str(made.codes))
    return made


def test_a_fleet_ends_with_zero_differences_and_says_what_it_saw(run: Run) -> None:
    done = run()
    while not all(row["tickets"] for row in run.server.books()):
        # a machine that stood still at that moment let somebody sell nothing
        done = run()

    assert done.stdout.splitlines()[-1] == "0 differences"
    assert "a second" in done.stdout
    assert "p95" in done.stdout
    assert "selling" in done.stderr or "opening" in done.stderr
    books = run.server.books()
    assert [row["name"] for row in books] == [f"Fleet {place}" for place in range(1, TILLS + 1)]
    assert all(row["entries"] == row["last_seq"] and row["quarantined"] == 0 for row in books)


def test_whatever_goes_wrong_on_the_way_both_sides_hold_the_same(run: Run) -> None:
    plan = "lost-request=10, lost-reply=10, doubled=15, cut=10, delay=10:0.2, 503=10"

    faults, errors, tickets = set[str](), set[str](), 0
    # how many requests there are, and so what goes wrong, is a matter of the machine
    for seed in range(7, 27):
        summary = run.summary("--faults", plan, "--seed", str(seed))
        assert summary["differences"] == []
        faults |= summary["faults"].keys()
        errors |= summary["errors"].keys()
        tickets += summary["tickets"]
        if len(faults) >= 4 and {"Unreachable", "503"} <= errors:
            break

    assert len(faults) >= 4
    assert {"Unreachable", "503"} <= errors
    assert sum(row["tickets"] for row in run.server.books()) == tickets


def test_a_fleet_goes_on_where_it_was_without_codes_and_finds_what_the_server_lost(run: Run) -> None:
    sold = run.summary(tills=2)["tickets"]
    run.codes.unlink()
    while not run.server.books()[1]["tickets"]:
        sold += run.summary(tills=2)["tickets"]
    run.server.end()
    with closing(sqlite3.connect(run.server.database.removeprefix("sqlite:///"))) as database, database:
        database.execute(
            "DELETE FROM ticket WHERE till = 2 AND seq = (SELECT max(seq) FROM ticket WHERE till = 2)"
        )
    run.server.start()

    second = run.summary(tills=2, status=1)

    (difference,) = (text for text in second["differences"] if "tickets" in text)
    assert difference.startswith("till 2: tickets: ")
    held = sum(row["tickets"] for row in run.server.books()[:2])
    assert held == sold + second["tickets"] - 1


def test_a_fleet_without_its_codes_says_how_to_make_them_and_does_nothing(run: Run) -> None:
    done = run(tills=TILLS + 1, status=1)

    assert "Till 6" in done.stderr
    assert "tui-pos-server till add" in done.stderr.splitlines()[-1]
    assert all(row["entries"] == 0 for row in run.server.books())


def test_a_plan_that_cannot_be_read_is_bad_usage(run: Run) -> None:
    assert "lost-reply" in run("--faults", "thunder=5", status=2).stderr
