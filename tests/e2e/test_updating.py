"""Newer versions of the program, by real processes: found, brought, installed, tried out, and taken back."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.store.migrations import HEAD
from tests.bench.terminal import Terminal
from tests.command_till import CommandTill, enrolled
from tests.json_lines import Process
from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE, until
from tui_pos import __version__

SOUP = "9520010100008"
GOOD, UNPAINTED, UNOPENED = "9.0.0", "9.1.0", "9.2.0"
"""Versions: one that is well, one whose screen cannot be painted, one that cannot open a till."""
MIGRATION = f'''
"""What the next version adds."""

from alembic import op

revision = "9000"
down_revision = "{HEAD}"


def upgrade() -> None:
    """One table more."""
    op.execute("CREATE TABLE of_the_next_version (one INTEGER PRIMARY KEY) STRICT")
'''


class Workshop:
    """Where packages are made of this program, and published.

    Args:
        folder: it gets the repository, the keys and a copy of the source.
    """

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "repository"
        self._keys = folder / "keys"
        self._source = folder / "source"
        self._packages = folder
        for name in ("tui_pos", "sync", "devices", "backoffice", "fixtures"):
            shutil.copytree(ROOT / name, self._source / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, self._source / name)
        self.run("init")

    def run(self, what: str, *arguments: str) -> dict[str, Any]:
        """One of the commands of `tui-pos-server update`."""
        keys = ("--keys", str(self._keys)) if what in {"init", "publish", "withdraw"} else ()
        folder = () if what == "pack" else ("--folder", str(self.repository))
        command = [sys.executable, "-m", "backoffice", "update", what, *arguments, *folder, *keys, "--json"]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        made: dict[str, Any] = json.loads(done.stdout)
        return made

    def edit(self, name: str, before: str, after: str) -> None:
        """Another line of the source."""
        path = self._source / name
        source = path.read_text("utf-8")
        assert before in source
        path.write_text(source.replace(before, after), "utf-8")

    def pack(self, version: str) -> Path:
        """A package of the source as it stands."""
        path = self._packages / f"{version}.zip"
        source = self._source / "tui_pos" / "__init__.py"
        before = source.read_text("utf-8")
        source.write_text(before.replace(f'"{__version__}"', f'"{version}"'), "utf-8")
        assert (
            self.run("pack", str(path), "--source", str(self._source), "--notes-en", "All new.")["version"]
            == version
        )
        source.write_text(before, "utf-8")
        return path

    def add_migration(self) -> None:
        """The next version has another schema."""
        migrations = self._source / "sync" / "store" / "migrations"
        (migrations / "versions" / "v9000_next.py").write_text(MIGRATION, "utf-8")
        self.edit("sync/store/migrations/__init__.py", f'"{HEAD}"', '"9000"')


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A package of each version."""
    workshop = Workshop(tmp_path_factory.mktemp("workshop"))
    workshop.add_migration()
    made = {GOOD: workshop.pack(GOOD)}
    mounting = "        self.call_after_refresh(self._begin)"
    workshop.edit("tui_pos/app.py", mounting, "        raise RuntimeError('cannot paint')")
    made[UNPAINTED] = workshop.pack(UNPAINTED)
    workshop.edit("tui_pos/app.py", "        raise RuntimeError('cannot paint')", mounting)
    workshop.edit(
        "tui_pos/till.py",
        "    server = ServerSide(",
        "    raise RuntimeError('cannot open')\n    server = ServerSide(",
    )
    made[UNOPENED] = workshop.pack(UNOPENED)
    return made


@pytest.fixture
def repository(packages: dict[str, Path], tmp_path: Path) -> Path:
    """A repository of updates, empty as yet."""
    made = packages[GOOD].parent
    for name in ("repository", "keys"):
        shutil.copytree(made / name, tmp_path / name)
    return tmp_path / "repository"


@pytest.fixture
def till(server: ServerProcess, repository: Path, tmp_path: Path) -> Iterator[CommandTill]:
    """A till that is enrolled, at a server that publishes updates."""
    server.updates = repository
    server.end()
    server.start()
    yield enrolled(server, tmp_path)
    server.end()


def publish(repository: Path, package: Path) -> None:
    command = [
        "update",
        "publish",
        str(package),
        "--folder",
        str(repository),
        "--keys",
        str(repository.with_name("keys")),
    ]
    subprocess.run(
        [sys.executable, "-m", "backoffice", *command],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )


def sell(till: CommandTill, times: int = 1) -> None:
    """Tickets that are paid, by whichever version has the till."""
    with Process(till.profile, demo=False) as process:
        process.ok("sign_in", user="1", pin="1111")
        if process.ok("status")["state"]["session"] is None:
            process.ok("open_session", float=10_000)
        for _ in range(times):
            process.ok("scan", code=SOUP)
            assert process.ok("tender", method="CASH", amount=10_000)["closed"]
        assert process.end()[0] == 0


def version_of(till: CommandTill) -> str:
    return str(json.loads(till.run("status", "--json"))["versions"]["tui_pos"])


def schema_of(till: CommandTill) -> str:
    return str(json.loads(till.run("status", "--json"))["versions"]["schema"])


def events_of(till: CommandTill) -> list[str]:
    """The technical events of the journal, by code."""
    lines = [json.loads(json.loads(line)["canonical"]) for line in till.run("journal", "export").splitlines()]
    return [str(line["body"]["code"]) for line in lines if line["kind"] == "event"]


def tickets_of(till: CommandTill) -> int:
    lines = [json.loads(json.loads(line)["canonical"]) for line in till.run("journal", "export").splitlines()]
    return sum(line["kind"] == "ticket" for line in lines)


def test_a_newer_version_is_found_installed_tried_out_and_taken_back_with_all_that_it_sold(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    assert "there is no newer one" in till.run("update", "check")
    sell(till)
    before = schema_of(till)

    publish(repository, packages[GOOD])
    assert f"Version {GOOD} is there" in till.run("update", "check")
    assert "All new." in till.run("update", "check")
    said = till.run("update", "apply")
    assert f"Version {GOOD} is installed" in said

    sell(till, 2)
    assert version_of(till) == GOOD
    assert schema_of(till) == "9000" != before
    assert "there is no newer one" in till.run("update", "check")
    assert "new_version" in events_of(till)

    till.run("update", "rollback")
    assert version_of(till) == __version__
    assert schema_of(till) == before
    assert tickets_of(till) == 3
    assert "update_undone" in events_of(till)
    assert "whole" in till.run("journal", "verify")
    sell(till)
    assert tickets_of(till) == 4


def test_no_version_is_taken_back_over_a_ticket_that_it_would_lose(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    publish(repository, packages[GOOD])
    till.run("update", "apply")
    with Process(till.profile, demo=False) as process:
        process.ok("sign_in", user="1", pin="1111")
        process.ok("open_session", float=0)
        process.ok("scan", code=SOUP)
        process.end()
    assert "finish it first" in till.run("update", "rollback", status=1)
    assert version_of(till) == GOOD


def test_a_version_that_does_not_open_the_till_is_followed_by_the_one_before(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    sell(till)
    before = schema_of(till)
    publish(repository, packages[UNOPENED])
    till.run("update", "apply")
    with Process(till.profile, demo=False) as process:
        process.ok("sign_in", user="1", pin="1111")
        process.ok("scan", code=SOUP)
        assert process.ok("tender", method="CASH", amount=10_000)["closed"]
        assert "did not start" in process.end()[1]
    assert version_of(till) == __version__
    assert schema_of(till) == before
    assert tickets_of(till) == 2
    assert "update_undone" in events_of(till)
    assert "whole" in till.run("journal", "verify")


def test_a_version_that_fails_its_rehearsal_is_never_installed(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    publish(repository, packages[UNPAINTED])
    database = (till.profile / "till.db").read_bytes()
    said = till.run("update", "apply", status=1)
    assert f"Version {UNPAINTED} does not start with this till's data: " in said
    assert version_of(till) == __version__
    assert len(database) == (till.profile / "till.db").stat().st_size
    assert not (till.profile / "updates" / "versions" / UNPAINTED).exists()


def test_a_till_that_sells_is_brought_what_is_newer_and_starts_with_it_the_next_time(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    publish(repository, packages[GOOD])
    ready = till.profile / "updates" / "ready.json"
    with Process(till.profile, demo=False) as process:
        process.ok("sign_in", user="1", pin="1111")
        until(ready.exists)
        assert process.ok("status")["status"]["versions"]["waiting"] == GOOD
    command = [sys.executable, "-m", "tui_pos", "--profile", str(till.profile), "--lang", "en"]
    with Terminal(command) as terminal:
        terminal.wait_for("Installing version")
        terminal.wait_for("User code")
    assert version_of(till) == GOOD
    assert not ready.exists()


def test_a_power_cut_in_the_middle_of_an_installation_leaves_the_till_as_it_was(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    sell(till)
    publish(repository, packages[GOOD])
    updates = till.profile / "updates"
    command = [sys.executable, "-m", "tui_pos", "update", "apply", "--profile", str(till.profile)]
    for reached in (updates / "ready.json", updates / "versions" / GOOD / "lib", updates / "rehearsal"):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(reached.exists)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert version_of(till) == __version__
    sell(till)
    till.run("update", "apply")
    sell(till)
    assert version_of(till) == GOOD
    assert tickets_of(till) == 3


def test_an_altered_package_is_refused_and_a_foreign_repository_too(
    till: CommandTill, repository: Path, packages: dict[str, Path], server: ServerProcess
) -> None:
    publish(repository, packages[GOOD])
    package = repository / "targets" / f"tui-pos-{GOOD}.zip"
    whole = package.read_bytes()
    package.write_bytes(whole[:-100] + bytes(100))
    assert "not what was signed" in till.run("update", "apply", status=1)

    package.write_bytes(whole)
    for path in (repository / "metadata", repository / "online.pem"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(repository)
    keys = repository.with_name("other-keys")
    command = ["update", "init", "--folder", str(repository), "--keys", str(keys)]
    subprocess.run(
        [sys.executable, "-m", "backoffice", *command],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    said = till.run("update", "check", status=1)
    assert "The update was not taken" in said
    assert version_of(till) == __version__


def test_a_version_that_does_not_open_the_till_gives_way_to_an_update_that_did(
    till: CommandTill, repository: Path, packages: dict[str, Path]
) -> None:
    for version in (GOOD, UNOPENED):
        publish(repository, packages[version])
        till.run("update", "apply")
        sell(till)
    assert version_of(till) == GOOD
    assert schema_of(till) == "9000"
    assert tickets_of(till) == 2
