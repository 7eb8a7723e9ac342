"""Every state of the print spool crossed with `kill -9`, and the edges between those of the payment journal.

A real process, killed by the kernel at the moment when the state is on disk (`after`), or when it is about to be
(`before`): what has left by then, paper or money, has left. Payments killed within each state: `test_payment_power`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.json_lines import Process, verify
from tui_pos.cli import main

Reply = dict[str, Any]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop with a session open, nobody signed in, and a terminal that tells each of its stages."""
    profile = tmp_path_factory.mktemp("killed") / "till"
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        till.ok("open_session", float=10000)
        till.end()
    terminal = ["--kind", "terminal", "--driver", "concert", "--address", "virtual:"]
    assert main(["devices", "add", "tpe", *terminal, "--profile", str(profile)]) == 0
    return profile


@pytest.fixture
def profile(tmp_path: Path, template: Path) -> Path:
    shutil.copytree(template, tmp_path / "till")
    return tmp_path / "till"


def opened(profile: Path, *killed: str) -> Process:
    """The till, with a cashier signed in; killed at a point where one is given."""
    till = Process(profile, program=("tests.killed_at", *killed) if killed else ("tui_pos",))
    till.ok("sign_in", user="2", pin="2222")
    return till


def sale(till: Process) -> None:
    goods = till.ok("search", text="", limit=80)["found"]
    till.ok("scan", code=next(found["code"] for found in goods if not found["weighed"]))


def dies(till: Process, verb: str, **fields: Any) -> None:
    """Ask for something in which the till is killed, at once or soon."""
    till.last(verb, **fields)
    assert till.wait() == -9


# --- card payments

NEVER, UNKNOWN, PAID = "never sent", "unknown", "paid"


@pytest.mark.parametrize(
    ("when", "state", "steer", "then"),
    [
        ("before", "sending", {}, NEVER),
        ("before", "approved", {}, UNKNOWN),
        ("after", "approved", {}, PAID),
        ("before", "declined", {"answer": "refused"}, UNKNOWN),
        ("before", "not_sent", {"fault": "offline"}, NEVER),
    ],
)
def test_a_till_killed_between_two_states_of_a_card_payment_neither_loses_nor_repeats_it(
    profile: Path, when: str, state: str, steer: Reply, then: str
) -> None:
    with opened(profile, when, f"payment:{state}") as till:
        sale(till)
        if steer:
            till.ok("device", name="tpe", set=steer)
        dies(till, "tender", method="CARD")

    with opened(profile) as till:
        ticket = till.ok("status")["state"]["ticket"]
        if then == PAID:
            assert ticket is None
            (closed,) = till.ok("tickets")["tickets"]
            assert [payment["method"] for payment in closed["payments"]] == ["CARD"]
        elif then == UNKNOWN:
            assert till.ask("tender", method="CARD")["error"]["code"] == "payment_unknown"
            assert till.ok("device", name="tpe")["devices"][0]["output"]["asked"] == 0
            till.ok("resolve_payment", paid=True, reason="its ticket says paid")
            (closed,) = till.ok("tickets")["tickets"]
            assert [payment["amount"] for payment in closed["payments"]] == [closed["total"]]
        else:
            assert ticket["paid"] == 0
            assert till.ok("tender", method="CARD")["closed"]["total"] == ticket["total"]
    verify(profile)


# --- prints

AGAIN, ONCE, DOUBT, OVER = "asked again", "printed once", "in doubt", "over"


@pytest.mark.parametrize(
    ("when", "state", "fault", "then"),
    [
        ("before", "queued", None, AGAIN),
        ("after", "queued", None, ONCE),
        ("before", "sending", None, ONCE),
        ("after", "sending", None, DOUBT),
        ("before", "sent", None, DOUBT),
        ("after", "sent", None, DOUBT),
        ("before", "confirmed", None, DOUBT),
        ("after", "confirmed", None, OVER),
        ("before", "unknown", "lost", DOUBT),
        ("after", "unknown", "lost", DOUBT),
        ("before", "failed", "lost", DOUBT),
        ("after", "failed", "lost", OVER),
    ],
)
def test_a_till_killed_while_it_prints_neither_loses_a_print_nor_repeats_it_by_itself(
    profile: Path, when: str, state: str, fault: str | None, then: str
) -> None:
    with opened(profile, when, f"spool:{state}") as till:
        sale(till)
        till.ok("tender", method="CASH")
        till.ok("device", name="receipt", set={"fault": fault})
        if state == "failed":
            till.ok("print", what="receipt")
            till.ok("wait", **{"for": "printed"})
            (job,) = till.ok("device")["prints"]
            dies(till, "drop_print", job=job["job"], reason="it is on paper")
        else:
            dies(till, "print", what="receipt")

    with opened(profile) as till:
        till.ok("wait", **{"for": "printed"})
        shown = till.ok("device", name="receipt")
        papers = shown["devices"][0]["output"]["papers"]
        doubts = [job["state"] for job in shown["prints"]]
        assert (len(papers), doubts) == {
            AGAIN: (0, []), ONCE: (1, []), DOUBT: (0, ["unknown"]), OVER: (0, []),
        }[then]  # fmt: skip
        if then == AGAIN:
            assert "DUPLICATA" not in "".join(till.ok("print", what="receipt")["text"]), "it was not counted"
    verify(profile)
