"""The worst that can happen to a machine: killed after any input, a second process, a full disk in mid-sale."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.json_lines import Process, verify

Goods = list[dict[str, Any]]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A demo shop with a session open and nobody signed in."""
    profile = tmp_path / "a till"
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        till.ok("open_session", float=10000)
    return profile


def goods(till: Process) -> Goods:
    return [found for found in till.ok("search", text="", limit=80)["found"] if not found["weighed"]]


def a_long_sale(goods: Goods) -> list[tuple[str, dict[str, Any]]]:
    """Thirty inputs of every kind, of which most make a line."""
    scans = [("scan", {"code": product["code"]}) for product in goods[:22]]
    return [
        *scans[:8],
        ("enter", {"text": "3*"}),
        *scans[8:12],
        ("quantity", {"quantity": "2", "line": 2}),
        ("discount", {"percent": "12.5", "line": 3}),
        ("void_line", {"line": 4}),
        *scans[12:16],
        ("hold", {}),
        ("recall", {}),
        *scans[16:20],
        ("discount", {"scope": "ticket", "amount": 150}),
        ("enter", {"text": ""}),
        ("tender", {"method": "CASH", "amount": 500}),
        ("scan", {"code": goods[30]["code"]}),
    ]


def test_a_till_killed_after_every_input_shows_exactly_what_it_answered(profile: Path) -> None:
    with Process(profile) as till:
        sale = a_long_sale(goods(till))
    seen: dict[str, Any] = {}
    for verb, fields in sale:
        with Process(profile) as till:
            state = till.ok("sign_in", user="2", pin="2222")["state"]
            if seen:
                assert (state["ticket"], state["held"], state["prompt"]) == (
                    seen["ticket"], seen["held"], seen["prompt"],
                )  # fmt: skip
            seen = till.ok(verb, **fields)["state"]
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        closed = till.ok("tender", method="CARD")["closed"]
    with Process(profile) as till:
        assert till.ok("ticket", number=closed["number"])["ticket"] == closed
        assert till.ok("status")["state"]["ticket"] is None
    assert closed["total"] == seen["ticket"]["total"]
    verify(profile)


def test_a_till_killed_while_the_terminal_works_does_not_ask_again(profile: Path) -> None:
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        till.ok("scan", code=goods(till)[0]["code"])
        till.ok("device", name="terminal", set={"answer": "lost"})
        till.ask("tender", method="CARD")
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        reply = till.ask("tender", method="CARD")
        assert reply["error"]["code"] == "payment_unknown"
        (terminal,) = till.ok("device", name="terminal")["devices"]
        assert terminal["output"]["asked"] == 0
        till.ok("resolve_payment", paid=False, reason="the terminal shows nothing")
        assert till.ok("tender", method="CARD")["closed"]["number"] == "1-000001"


def test_a_second_process_on_the_same_profile_is_refused_with_a_clear_message(profile: Path) -> None:
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        status, errors = Process(profile).end()
        assert status == 1
        assert "already in use" in errors
        assert len(errors.strip().splitlines()) == 1
        till.ok("status")
    with Process(profile) as till:
        till.ok("status")


def test_a_disk_that_fills_up_in_mid_sale_loses_nothing(profile: Path) -> None:
    wal = profile / "till.db-wal"
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        codes = [product["code"] for product in goods(till)]
        for code in codes[:3]:
            till.ok("scan", code=code)
        before = resource.prlimit(till.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(till.pid, resource.RLIMIT_FSIZE, (wal.stat().st_size, before[1]))
        reply = till.ask("scan", code=codes[3])
        assert reply["error"]["code"] in {"disk_full", "disk_failed"}
        assert "not kept" in reply["error"]["message"]
        assert len(reply["state"]["ticket"]["lines"]) == 3
        assert not till.ask("tender", method="CASH")["ok"]
        resource.prlimit(till.pid, resource.RLIMIT_FSIZE, before)
        assert len(till.ok("scan", code=codes[3])["state"]["ticket"]["lines"]) == 4
        closed = till.ok("tender", method="CASH")["closed"]
    with Process(profile) as till:
        assert till.ok("ticket", number=closed["number"])["ticket"] == closed
    verify(profile)


def test_a_till_that_is_asked_to_stop_ends_cleanly(profile: Path) -> None:
    till = Process(profile)
    till.ok("sign_in", user="2", pin="2222")
    status, errors = till.end()
    assert (status, errors) == (0, "")
    assert not (profile / "till.db-wal").exists(), "the write-ahead log is folded into the file"


def events(profile: Path) -> list[str]:
    """The codes of the technical events in the journal."""
    command = [sys.executable, "-m", "tui_pos", "journal", "export", "--profile", str(profile)]
    exported = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    entries = [json.loads(json.loads(line)["canonical"]) for line in exported.splitlines()]
    return [entry["body"]["code"] for entry in entries if entry["kind"] == "event"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_till_that_is_asked_to_end_ends_though_its_input_stays_open_and_its_journal_tells(
    profile: Path, number: signal.Signals
) -> None:
    before = events(profile).count("stopped")
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        code = goods(till)[0]["code"]
        till.ok("scan", code=code)
        assert till.asked_to_end(number) == (1, "")
    assert events(profile).count("stopped") == before + 1
    with Process(profile) as till:
        assert till.ok("sign_in", user="2", pin="2222")["state"]["ticket"]["lines"][0]["code"] == code
