"""Every command of the README does what it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from filelock import FileLock

from docs.draw import README, with_keys
from tests.bench.terminal import ROOT, Terminal
from tests.postgresql import Cluster, NoPostgresql
from tests.waiting import PATIENCE
from tui_pos.l10n import use_language

COMMANDS = [
    line.split("   #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
CATALOGUE = (
    "gtin;nom;prix;tva\n3017620422003;Pâte à tartiner 400 g;3,95;5,5\n2400001;Panier de légumes;;5,5\n"
)


class Shell:
    """A folder where the README's commands run as they stand, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        till = folder / "till"
        till.write_text(f'#!/bin/sh\nexec {shlex.quote(str(ROOT / "till"))} "$@"\n')
        till.chmod(0o755)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        (folder / "tests").symlink_to(ROOT / "tests")
        (folder / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
        self.environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data"), "LANG": "en_IE.UTF-8"}

    def run(self, command: str, given: str = "") -> str:
        """Run one line; gives what it prints. It must succeed."""
        done = self._done(command, given)
        assert done.returncode == 0, f"{command}: {done.stderr[-300:]}"
        return done.stdout

    def fails(self, command: str) -> str:
        """Run one line; gives what it says on standard error. It must fail."""
        done = self._done(command)
        assert done.returncode == 1, f"{command}: {done.stdout[-300:]}"
        return done.stderr

    def _done(self, command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def shows(self, command: str, text: str) -> None:
        """Run one line on a terminal until it paints this."""
        folder, home = shlex.quote(str(self.folder)), shlex.quote(self.environment["XDG_DATA_HOME"])
        line = f"cd {folder} && exec env XDG_DATA_HOME={home} {command}"
        with Terminal(["sh", "-c", line]) as terminal:
            terminal.wait_for(text, PATIENCE)

    @contextmanager
    def serving(self, command: str) -> Iterator[None]:
        """Run a server while the block lasts."""
        words = shlex.split(command)
        with subprocess.Popen(
            words, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                assert server.stdout is not None
                assert "listening on" in server.stdout.readline()
                yield
            finally:
                server.terminate()

    def sell_with_and_without_the_cable(self) -> list[dict[str, Any]]:
        """Two tickets, one of them while the cable is out."""
        sale: list[dict[str, object]] = [
            {"do": "scan", "code": "9520340700008"},
            {"do": "tender", "method": "CASH"},
        ]
        requests = [
            {"do": "sign_in", "user": "1", "pin": "1111"},
            {"do": "open_session", "float": 0},
            *sale,
            {"do": "link", "up": False},
            *sale,
            {"do": "link", "up": True},
            {"do": "wait", "for": "pushed", "timeout": PATIENCE},
        ]
        given = "".join(json.dumps(request) + "\n" for request in requests)
        return [
            json.loads(line) for line in self.run("./till headless --profile caisse-1", given).splitlines()
        ]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A till without a server, set up and filled as the README says: each test starts from there."""
    made = Shell(tmp_path_factory.mktemp("a shop's own folder"))
    setup, imported, _ = (command for command in COMMANDS if command in _STANDALONE)
    assert "Start it" in made.run(setup, "1234\n")
    assert "2" in made.run(imported)
    return made


def test_the_readme_opens_with_the_two_commands() -> None:
    assert COMMANDS[:2] == ["./till demo", "./till test"]


def test_the_demo_paints_its_sign_in_screen(shell: Shell) -> None:
    shell.shows("./till demo --lang en", "Sign in")


def test_the_suite_is_what_ci_runs() -> None:
    assert {"./till check", "./till test"} <= set((ROOT / ".ci" / "run").read_text().splitlines())


def test_a_till_without_a_server_is_set_up_filled_and_started(shell: Shell) -> None:
    *_, run = (command for command in COMMANDS if command in _STANDALONE)
    shell.shows(f"{run} --lang en", "Sign in")


_STANDALONE = [
    './till setup --standalone --shop "Épicerie du Port" --user 1 --name Camille',
    "./till import products catalogue.csv",
    "./till",
]


def test_status_doctor_and_journal_say_how_it_stands(shell: Shell) -> None:
    assert "Épicerie du Port" in shell.run("./till status")
    shell.run("./till doctor")
    assert "entries" in shell.run("./till journal verify")
    exported = [json.loads(line) for line in shell.run("./till journal export").splitlines()]
    assert json.loads(exported[0]["canonical"])["seq"] == 1
    archive, verify = _ARCHIVES
    shell.run(archive)
    assert len(list((shell.folder / "archives").glob("*.zip"))) == 1
    shell.run(verify)


_ARCHIVES = ["./till journal archive --to archives", "./till journal verify --archive archives/*.zip"]


def test_the_next_till_takes_the_settings_of_the_first(shell: Shell) -> None:
    save, load = (command for command in COMMANDS if command in _SETTINGS)
    shell.run(f"{_STANDALONE[0]} --profile caisse-2", "1234\n")
    assert "till.json" in shell.run(save)
    assert "till.json" in shell.run(load)


def test_a_printer_and_its_drawer_are_set_up_and_listed_with_their_health(shell: Shell) -> None:
    printer, drawer, listed = (command for command in COMMANDS if command in _DEVICES)
    shell.run(printer)
    shell.run(drawer)
    lines = {line.split()[0]: line for line in shell.run(listed).splitlines()}
    assert [lines[name].split()[:3] for name in ("counter", "drawer")] == [
        ["counter", "printer", "escpos"],
        ["drawer", "drawer", "escpos"],
    ]
    assert all("offline" in lines[name] for name in ("counter", "drawer")), "nobody is at that address"


_DEVICES = [
    "./till devices add counter --kind printer --driver escpos --address tcp://192.0.2.50:9100",
    "./till devices add drawer --kind drawer --driver escpos --address via:counter",
    "./till devices list",
]


def test_scanners_a_second_screen_and_labels(shell: Shell) -> None:
    for command in _BESIDE:
        shell.run(command)
    listed = [line.split()[:3] for line in shell.run("./till devices list").splitlines()]
    assert [line for line in listed if line[1] in ("scanner", "display", "label")] == [
        ["hand", "scanner", "wedge"],
        ["desk", "scanner", "serial"],
        ["fixed", "scanner", "evdev"],
        ["second", "display", "screen"],
        ["shelf", "label", "zpl"],
    ]
    assert b"^PQ3^XZ" in (shell.folder / "labels.zpl").read_bytes()


_BESIDE = [
    command
    for command in COMMANDS
    if re.search(r"devices add (hand|desk|fixed|second|shelf) |till labels", command)
]
_SETTINGS = ["./till settings --save till.json", "./till settings --load till.json --profile caisse-2"]


def test_json_lines_sell_a_cheese(shell: Shell) -> None:
    (command,) = (command for command in COMMANDS if "headless" in command)
    replies = [json.loads(line) for line in shell.run(command).splitlines()]
    assert [reply["ok"] for reply in replies] == [True] * 4
    assert replies[-1]["closed"]["change"] == 500 - replies[-1]["closed"]["total"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server; what is to run on it is skipped where there is none."""
    try:
        made = Cluster()
    except NoPostgresql as error:
        pytest.skip(str(error))
    yield made
    made.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The README's chapter about a server, for either database; its port is held by one test at a time."""
    database = "sqlite:///shop.db"
    if request.param == "postgresql":
        database = request.getfixturevalue("cluster").address("postgres")
    # no two users of a machine may open the same file for this
    with FileLock(Path(gettempdir()) / f"tui-pos-readme-8470-{os.getuid()}.lock"):
        yield Served(tmp_path, database)


class Served(Shell):
    """Runs the commands about a server on a database, where the README says that another one may be named."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder)
        self._database = database

    def command(self, command: str) -> str:
        """A command as it stands, but for the database."""
        assert command in COMMANDS
        return command.replace("sqlite:///shop.db", self._database)


def test_a_till_enrols_sells_without_its_cable_and_the_server_gets_it_all(served: Served) -> None:
    init, add, serve, setup, load, run, journal, tickets = map(served.command, _SERVED)
    served.run(init)
    served.run(add)
    with served.serving(serve):
        served.run(setup)
        served.run(load)
        served.shows(f"{run} --lang en", "Sign in")
        replies = served.sell_with_and_without_the_cable()
        many, calm, rough = (_small(served.command(command)) for command in _FLEET)
        served.run(many)
        assert served.run(f"{calm} --lang en").splitlines()[-1] == "0 differences"
        assert served.run(f"{rough} --lang en").splitlines()[-1] == "0 differences"
    assert all(reply["ok"] for reply in replies), replies
    without_cable = replies[-3]["state"]
    assert (without_cable["link"], without_cable["unsent"] > 0) == ("down", True)
    with_cable = replies[-1]["state"]
    assert (with_cable["link"], with_cable["unsent"]) == ("up", 0)
    sold = [reply["closed"]["hash"] for reply in replies if "closed" in reply]
    assert len(sold) == 2
    stored = [json.loads(line) for line in served.run(f"{tickets} --json").splitlines()]
    assert [ticket["hash"] for ticket in stored if ticket["number"].startswith("1-")] == sold
    first = served.run(journal).splitlines()[0]
    assert "name Caisse 1" in first
    assert "tickets 2 " in first
    assert "quarantined 0" in first


@pytest.mark.parametrize("served", ["sqlite"], indirect=True)
def test_a_till_is_told_of_the_updates_that_its_server_hands_on(served: Served) -> None:
    init, add, serve, setup, *_ = map(served.command, _SERVED)
    make, pack, publish, serve_updates, check = map(served.command, _UPDATES)
    served.run(init)
    served.run(add)
    with served.serving(serve):
        served.run(setup)
        assert "publishes no updates" in served.fails(check)
    served.run(make)
    served.run(f"{pack} --source {shlex.quote(str(ROOT))}")
    served.run(publish)
    with served.serving(serve_updates):
        assert "there is no newer one" in served.run(check)


def _small(command: str) -> str:
    """A fleet of three for seconds: only its size is not as written."""
    return command.replace(" 200", " 3").replace("--minutes 5", "--minutes 0.03 --every 0.5")


_FLEET = [
    ".venv/bin/tui-pos-server till add --db sqlite:///shop.db --name Fleet --count 200 --codes fleet.codes",
    "./till fleet --tills 200 --minutes 5",
    "./till fleet --tills 200 --minutes 5 --faults rough --seed 7",
]

_SERVED = [
    ".venv/bin/tui-pos-server init --db sqlite:///shop.db --demo retail",
    (
        '.venv/bin/tui-pos-server till add --db sqlite:///shop.db --name "Caisse 1" '
        "--url http://127.0.0.1:8470 --config till.config"
    ),
    ".venv/bin/tui-pos-server serve --db sqlite:///shop.db",
    "./till setup --config till.config --profile caisse-1",
    "./till load full --profile caisse-1",
    "./till --profile caisse-1",
    ".venv/bin/tui-pos-server journal --db sqlite:///shop.db",
    ".venv/bin/tui-pos-server tickets --db sqlite:///shop.db",
]


_UPDATES = [
    ".venv/bin/tui-pos-server update init --folder updates --keys keys",
    '.venv/bin/tui-pos-server update pack tui-pos.zip --notes-en "What is new"',
    ".venv/bin/tui-pos-server update publish tui-pos.zip --folder updates --keys keys",
    ".venv/bin/tui-pos-server serve --db sqlite:///shop.db --updates updates",
    "./till update check --profile caisse-1",
]

_BENCH = ".venv/bin/python -m tests.bench"
_BENCHES = {
    _BENCH: ("headless --rounds 1 --products 0", "durable inputs/s"),
    f"{_BENCH} loading hanging deaf": ("--rounds 10 --products 0", "while it hangs: 10 scans"),
    f"{_BENCH}.ingest": ("--tickets 400 --tills 1", "times as fast"),
    f"{_BENCH}.load": ("--products 1300", "kB on the wire"),
    f"{_BENCH}.drain": ("--entries 200 --tickets 3", "ticket closed to stored on the server"),
    f"{_BENCH}.devices": ("jobs --jobs 20", "20 jobs on paper"),
}
"""Each bench, what makes it small, and a part of what it prints."""


@pytest.mark.parametrize("command", _BENCHES)
def test_each_bench_prints_its_ratios(shell: Shell, command: str) -> None:
    smaller, said = _BENCHES[command]

    assert said in shell.run(f"{command.replace(' loading hanging deaf', ' hanging')} {smaller}")


def test_no_command_of_the_readme_is_without_its_test() -> None:
    tested = {
        "./till demo",
        "./till test",
        *_STANDALONE,
        *_SETTINGS,
        *_DEVICES,
        *_BESIDE,
        *_SERVED,
        *_FLEET,
        *_UPDATES,
        "./till status",
        "./till doctor",
        "./till journal verify",
        "./till journal export",
        *_ARCHIVES,
        *_BENCHES,
    }
    assert [command for command in COMMANDS if command not in tested and "headless" not in command] == []


def test_the_table_of_keys_is_that_of_the_actions() -> None:
    use_language("en")
    text = README.read_text(encoding="utf-8")
    assert with_keys(text) == text
