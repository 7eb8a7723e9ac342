"""Old sales leave a till by its commands: archived, checked, let go; killed at any point, nothing is lost."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.command_till import CommandTill
from tests.json_lines import Process
from tests.old_shop import live
from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE

THIS_YEAR = datetime.now(UTC).year
YEARS = [THIS_YEAR - 9, THIS_YEAR - 8, THIS_YEAR - 7, THIS_YEAR - 1]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path)
    made.run("init", "--demo", "retail")
    made.start()
    yield made
    made.end()


@pytest.fixture
def till(server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandTill:
    """A till of this server that has sold five tickets in each of the years, and sent them."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    config = tmp_path / "till.json"
    server.run("till", "add", "--name", "Front", "--url", server.url, "--config", str(config))
    asyncio.run(live(tmp_path / "till", config, YEARS))
    return CommandTill(tmp_path / "till")


def killed(till: CommandTill, commit: int, when: str, *command: str) -> bool:
    """Run a command that dies at a commit; gives whether it did: it has no more of them otherwise."""
    words = ["-m", "tests.killed_at_commit", str(commit), when, *command, "--profile", str(till.profile)]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, check=False, timeout=PATIENCE
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def exported(till: CommandTill) -> list[str]:
    """The entries that the till has."""
    return [line for line in till.run("journal", "export").splitlines() if line.startswith("{")]


def archived(till: CommandTill) -> list[str]:
    """The entries in its archives, in their order."""
    found: list[str] = []
    for path in till.profile.glob("archives/*.zip"):
        with zipfile.ZipFile(path) as archive:
            found += archive.read("journal.jsonl").decode().splitlines()
    return sorted(found, key=position)


def position(line: str) -> int:
    return int(envelope(line)["seq"])


def envelope(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.loads(line)["canonical"])
    return found


def test_what_is_old_is_archived_checked_and_let_go_and_the_till_sells_on(
    server: ServerProcess, till: CommandTill
) -> None:
    before = exported(till)

    assert "kept for ever" in till.run("journal", "purge")
    till.run("settings", "keep_years", "6")
    assert "no archive holds entry 1: make one" in till.run("journal", "purge")
    made = till.run("journal", "archive")
    assert made.count("SHA-256") == len(YEARS) + 1
    assert "already" in till.run("journal", "archive")
    files = sorted(till.profile.glob("archives/*.zip"), key=lambda path: int(path.stem.split("-")[-2]))
    assert till.run("journal", "verify", "--archive", *map(str, files)).count("whole, in order") == len(files)
    assert "were let go" in till.run("journal", "purge")

    after = exported(till)
    assert position(after[0]) > 1
    assert set(before) <= {*archived(till), *after}
    stands = json.loads(till.run("status", "--json"))["journal"]
    assert stands["let_go"] + 1 == position(after[0])
    assert stands["archived"] >= position(before[-1])
    said = till.run("journal", "verify")
    assert "5 tickets: whole" in said
    assert f"Those before entry {position(after[0])} were let go" in said
    with Process(till.profile, demo=False) as machine:
        machine.ok("sign_in", user="2", pin="2222")
        machine.ok("open_session", float=0)
        refused = machine.ask("return", ticket="1-000003")
        assert refused["error"]["code"] == "no_ticket"
        assert "It is in the archive" in refused["error"]["message"]
        machine.ok("return", ticket="1-000018")
        assert machine.ok("tender", method="CASH")["closed"]["number"] == "1-000021"
        machine.ok("wait", **{"for": "pushed", "timeout": PATIENCE})
        for word in ("archive", "purge"):
            assert "This till is running: do it there" in till.run("journal", word, status=1)
    (books,) = server.books()
    assert (books["tickets"], books["quarantined"]) == (21, 0)
    till.run("journal", "verify")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_till_that_is_killed_while_it_archives_or_lets_go_goes_on_where_it_was(
    till: CommandTill, when: str
) -> None:
    till.run("settings", "keep_years", "6")
    before = exported(till)

    for command in (("journal", "archive"), ("journal", "purge")):
        deaths = sum(killed(till, commit, when, *command) for commit in (1, 2, 1))
        assert deaths == 3
        till.run("journal", "verify")
        till.run(*command)

    after = exported(till)
    assert position(after[0]) > 1
    assert set(before) <= {*archived(till), *after}
    assert not list(till.profile.glob("archives/.*"))
    till.run("journal", "verify")


def test_an_archive_that_was_changed_does_not_verify_and_keeps_its_entries_here(till: CommandTill) -> None:
    till.run("settings", "keep_years", "6")
    till.run("journal", "archive")
    file = min(till.profile.glob("archives/*.zip"), key=lambda path: int(path.stem.split("-")[-2]))
    content = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(content[:200] + b"\0" + content[201:])

    assert "does not verify" in till.run("journal", "verify", "--archive", str(file), status=1)
    assert "is not as it was written" in till.run("journal", "purge")
    assert position(exported(till)[0]) == 1

    file.write_bytes(content)
    assert "were let go" in till.run("journal", "purge")


def test_the_check_of_a_tax_inspector_is_told_by_the_journal(till: CommandTill) -> None:
    till.run("journal", "verify", "--audit")
    bodies = [envelope(line)["body"] for line in exported(till)]

    assert [body["jet"] for body in bodies if body.get("code") == "tax_audit"] == [280]
