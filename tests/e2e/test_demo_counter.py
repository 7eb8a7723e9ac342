"""The whole counter of the demo, in a process of its own: a sale that uses all of it, and one with all of it broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.json_lines import Process, verify


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Process]:
    with Process(tmp_path / "till") as till:
        till.ok("sign_in", user="2", pin="2222")
        till.ok("open_session", float=10000)
        yield till
        till.ok("sign_out")
        assert till.end()[0] == 0
    verify(tmp_path / "till")


def product(till: Process, *, weighed: bool) -> dict[str, Any]:
    goods = till.ok("search", text="", limit=5000)["found"]
    return next(found for found in goods if found["weighed"] is weighed)


def put_out(till: Process) -> dict[str, Any]:
    """What each virtual device has put out."""
    return {device["name"]: device["output"] for device in till.ok("device")["devices"]}


def test_a_sale_weighs_shows_pays_by_card_prints_and_opens_the_drawer(till: Process) -> None:
    till.ok("device", name="scale", set={"weight": "1.250"})
    weighed = till.ok("scan", code=product(till, weighed=True)["code"])["state"]["ticket"]["lines"][0]
    assert weighed["quantity"] == "1.250"
    shown = put_out(till)["display"]["lines"]
    assert weighed["label"][:10] in " ".join(shown)

    till.ok("scan", code=product(till, weighed=False)["code"])
    closed = till.ok("tender", method="CARD")["closed"]
    till.ok("print", what="receipt")
    till.ok("wait", **{"for": "printed"})
    out = put_out(till)
    assert out["terminal"]["payments"][0]["amount"] == closed["total"]
    assert closed["number"] in "\n".join(out["receipt"]["papers"][-1])
    assert out["receipt"]["pulses"] == 0, "no receipt opens a drawer"
    assert out["drawer"]["kicks"] == 0, "nor does a card"

    till.ok("scan", code=product(till, weighed=False)["code"])
    till.ok("tender", method="CASH", amount=2000)
    till.ok("wait", **{"for": "idle"})
    assert put_out(till)["drawer"] == {"kicks": 1, "open": True}


def test_a_cash_sale_completes_with_every_device_broken_and_prints_once_they_are_mended(
    till: Process,
) -> None:
    names = [device["name"] for device in till.ok("device")["devices"]]
    for name in names:
        till.ok("device", name=name, set={"fault": "unplugged"})

    till.ok("scan", code=product(till, weighed=False)["code"])
    closed = till.ok("tender", method="CASH")["closed"]
    assert closed["number"]
    till.ok("print", what="receipt")
    broken = {device["name"]: device for device in till.ok("device")["devices"]}
    assert all(device["health"] != "online" and device["reason"] for device in broken.values())
    assert broken["receipt"]["queue"] == 1

    for name in names:
        till.ok("device", name=name, set={"fault": None})
    till.ok("wait", **{"for": "printed"})
    out = put_out(till)
    assert [closed["number"] in "\n".join(paper) for paper in out["receipt"]["papers"]] == [True]
    assert out["drawer"]["kicks"] == 0, "a drawer that did not open then does not spring open now"
