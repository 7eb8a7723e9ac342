"""`tui-pos devices`: what a person sets up, lists and tries."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from devices.virtual.escpos import EscposPeer
from devices.virtual.hosting import OnTcp
from sync.store import KeySource, open_store
from tests.waiting import PATIENCE
from tui_pos.cli import main
from tui_pos.live_devices import FILE, read_live
from tui_pos.profile import take
from tui_pos.till import open_till


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A till without devices."""

    async def make() -> None:
        store = await open_store(tmp_path / "till", create=True, key_source=KeySource.FILE)
        await store.close()

    (tmp_path / "till").mkdir(mode=0o700)
    asyncio.run(make())
    return tmp_path / "till"


KEPT = ("name", "kind", "driver", "address", "options", "documents")


class Command:
    """The command, on one profile."""

    def __init__(self, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile = profile
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Its exit status, what it said, and what it complained of."""
        status = main(["--lang", "en", "devices", *words, "--profile", str(self.profile)])
        said = self._capsys.readouterr()
        return status, said.out, said.err

    def add(self, name: str, kind: str, driver: str, address: str, *options: str) -> tuple[int, str, str]:
        more = [word for option in options for word in ("--option", option)]
        return self("add", name, "--kind", kind, "--driver", driver, "--address", address, *more)

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("list", "--json")[1])
        return found


@pytest.fixture
def devices(profile: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(profile, capsys)


def comes_true(holds: Callable[[], bool], within: float = PATIENCE) -> bool:
    """Whether it holds within so many seconds, in a peer that runs in a thread of its own."""
    end, pause = time.monotonic() + within, threading.Event()
    while not holds() and time.monotonic() < end:
        pause.wait(0.01)
    return holds()


@pytest.fixture
def printer() -> Iterator[tuple[EscposPeer, str]]:
    """A printer on loopback, on a loop of its own: the command has its own too."""
    peer = EscposPeer()
    loop = asyncio.new_event_loop()
    hosted = OnTcp(peer)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(hosted.plug(), loop).result(PATIENCE)
    yield peer, hosted.address
    asyncio.run_coroutine_threadsafe(hosted.unplug(), loop).result(PATIENCE)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(PATIENCE)
    loop.close()


def test_devices_are_added_assigned_listed_and_removed(devices: Command) -> None:
    assert devices("list") == (0, "No device is set up: add one with tui-pos devices add.\n", "")
    assert devices.add("counter", "printer", "escpos", "tcp://127.0.0.1:9", "columns=48") == (0, "", "")
    assert devices.add("drawer", "drawer", "escpos", "via:counter")[0] == 0
    assert devices("assign", "receipt", "counter")[0] == 0

    assert [{name: device[name] for name in KEPT} for device in devices.listed()] == [
        {
            "name": "counter",
            "kind": "printer",
            "driver": "escpos",
            "address": "tcp://127.0.0.1:9",
            "options": {"columns": "48"},
            "documents": ["receipt"],
        },
        {
            "name": "drawer",
            "kind": "drawer",
            "driver": "escpos",
            "address": "via:counter",
            "options": {},
            "documents": [],
        },
    ]
    assert "counter" in devices("list")[1]
    assert devices("remove", "drawer")[0] == devices("remove", "counter")[0] == 0
    assert devices.listed() == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("counter", "printer", "zebra", "tcp://10.0.0.9:9100"), "escpos"),
        (("counter", "printer", "escpos", "10.0.0.9"), "tcp:"),
        (("counter", "printer", "escpos", "tcp://10.0.0.9:9100", "columns=0"), "columns"),
        (("counter", "printer", "escpos", "tcp://10.0.0.9:9100", "columns"), "NAME=VALUE"),
        (("drawer", "drawer", "escpos", "via:nobody"), "nobody"),
        (("scale", "scale", "toledo-8217", "virtual:", "baud=1"), "no option baud; its options: none"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line_and_changes_nothing(
    devices: Command, words: tuple[str, ...], told: str
) -> None:
    name, kind, driver, address, *options = words

    status, _, complaint = devices.add(name, kind, driver, address, *options)

    assert status == 1
    assert told in complaint
    assert complaint.count("\n") == 1
    assert "Nothing changed" in complaint
    assert devices.listed() == []


@pytest.mark.parametrize("words", [("remove", "nobody"), ("assign", "receipt", "nobody"), ("test", "nobody")])
def test_a_device_that_is_not_there_is_said_so(devices: Command, words: tuple[str, ...]) -> None:
    status, _, complaint = devices(*words)

    assert status == 1
    assert "nobody" in complaint


def test_a_till_that_runs_keeps_its_devices_to_itself(devices: Command) -> None:
    with take(devices.profile):
        status, _, complaint = devices.add("counter", "printer", "escpos", "tcp://10.0.0.9:9100")
        assert (status, "in use" in complaint) == (1, True)
        assert devices.listed() == []


def test_a_printer_and_its_drawer_are_tried_for_real(
    devices: Command, printer: tuple[EscposPeer, str]
) -> None:
    peer, address = printer
    devices.add("counter", "printer", "escpos", address)
    devices.add("drawer", "drawer", "escpos", "via:counter")

    assert devices("test", "counter") == (0, "A test page is on paper.\n", "")
    assert devices("test", "drawer") == (0, "The drawer was opened.\n", "")

    assert "éèàù" in "".join(peer.papers[-1].lines)
    # a pulse is not answered: the command may end before the printer has read it
    assert comes_true(lambda: peer.kicks == [2])
    assert peer.count == 1


def test_the_list_says_how_each_device_is_that_no_till_runs_with(
    devices: Command, printer: tuple[EscposPeer, str]
) -> None:
    peer, address = printer
    devices.add("counter", "printer", "escpos", address)
    devices.add("kitchen", "printer", "escpos", "tcp://127.0.0.1:9")

    counter, kitchen = devices.listed()
    assert (counter["health"], counter["reason"], counter["queue"]) == ("online", "", 0)
    assert counter["since"]
    assert counter["last_success"]
    assert (kitchen["health"], kitchen["last_success"]) == ("offline", None)

    peer.fault = "paper_out"
    assert "degraded: paper is out" in devices("list")[1]


def test_the_list_of_a_till_that_runs_is_what_that_till_says(devices: Command) -> None:
    devices.add("p", "printer", "virtual", "virtual:")

    def said() -> str:
        live = read_live(devices.profile)
        return live.devices[0].reason if live and live.devices else ""

    async def ask_while_it_runs() -> list[dict[str, Any]]:
        till = await open_till(devices.profile)
        try:
            await till.counter.set("p", fault="paper_out")
            assert await asyncio.to_thread(comes_true, lambda: "paper is out" in said())
            return await asyncio.to_thread(devices.listed)
        finally:
            await till.close()

    (listed,) = asyncio.run(ask_while_it_runs())

    assert (listed["name"], listed["health"], listed["reason"]) == ("p", "degraded", "paper is out")
    assert not (devices.profile / FILE).exists()


def test_what_a_till_said_before_it_was_killed_is_not_believed(devices: Command) -> None:
    devices.add("p", "printer", "virtual", "virtual:")
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    said = {"pid": int(dead.stdout), "at": "2026-11-22T12:00:00Z", "devices": []}
    (devices.profile / FILE).write_text(json.dumps(said))

    (listed,) = devices.listed()
    assert listed["health"] == "online"


def test_while_something_else_has_the_till_nobody_can_say_how_a_device_is(devices: Command) -> None:
    devices.add("p", "printer", "virtual", "virtual:")
    with take(devices.profile):
        (listed,) = devices.listed()

    assert listed["health"] == "unknown"


def test_a_logo_is_looked_at_when_it_is_given_and_kept_with_the_till(
    devices: Command, tmp_path: Path
) -> None:
    stick = tmp_path / "logo.png"
    refused = devices.add("p", "printer", "escpos", "tcp://127.0.0.1:9", f"logo={stick}")
    assert (refused[0], "no picture" in refused[2]) == (1, True)

    Image.new("1", (64, 32)).save(stick)
    assert devices.add("p", "printer", "escpos", "tcp://127.0.0.1:9", f"logo={stick}")[0] == 0
    (kept,) = devices.listed()
    assert Path(kept["options"]["logo"]).parent == devices.profile / "devices"


def test_a_drawer_that_is_tried_stands_in_the_journal(devices: Command) -> None:
    devices.add("d", "drawer", "virtual", "virtual:")
    devices("test", "d")

    async def opened() -> list[Any]:
        store = await open_store(devices.profile, read_only=True)
        try:
            entries = await store.journal.entries(0, 100)
            return [
                json.loads(bytes(entry.body))
                for entry in entries
                if entry.kind == "event" and b"drawer" in bytes(entry.body)
            ]
        finally:
            await store.close()

    (event,) = asyncio.run(opened())
    assert (event["code"], event["drawer"]) == ("drawer_opened", "d")
    assert event["reason"]


def test_a_printer_without_paper_says_so_and_does_not_keep_the_page_for_later(
    devices: Command, printer: tuple[EscposPeer, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.trial.WITHIN", 0.5)
    peer, address = printer
    peer.fault = "paper_out"
    devices.add("counter", "printer", "escpos", address)

    assert devices("test", "counter") == (1, "It does not work: paper is out.\n", "")
    assert peer.count == 0


def test_virtual_devices_can_be_tried(devices: Command) -> None:
    for name, kind, told in (
        ("p", "printer", "A test page is on paper."),
        ("d", "drawer", "The drawer was opened."),
        ("v", "display", "The display shows its test."),
        ("t", "terminal", "It answers."),
    ):
        devices.add(name, kind, "virtual", "virtual:")
        assert devices("test", name) == (0, told + "\n", "")
