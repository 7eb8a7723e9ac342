"""Every virtual device with every fault that it knows, by JSON lines: it can hold up or lose no sale, and heals."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from devices.configuration import ADDRESSES, TWINS, CounterConfig, DeviceConfig
from devices.errors import BadDevice
from devices.registry import build_counter
from devices.scales import reading
from devices.terminals import caisse_ap, concert, zvt
from devices.virtual.twin import SYNONYMS, Twin
from tests.json_lines import Lines
from tui_pos.cli import main
from tui_pos.profile import Demo
from tui_pos.till import open_till

NAME = "tried"
SHARED = {
    "terminal": {"unplugged", "slow", "busy", "late", "lost"},
    "printer": {"unplugged", "slow", "paper_out", "cover", "busy", "late", "lost"},
    "label": {"unplugged", "slow", "paper_out", "cover", "busy", "late", "lost"},
    "scale": {"unplugged", "slow", "late", "lost"},
    "scanner": {"unplugged", "slow", "late", "lost"},
}
"""Words that every twin of a kind takes, whatever protocol it speaks."""


def twin_of(kind: Any, driver: str) -> Any | None:
    """What is steered when a device of this kind and driver is at `virtual:`; None: nothing is."""
    try:
        counter = build_counter(CounterConfig((DeviceConfig(NAME, kind, driver, "virtual:"),)))
    except BadDevice:
        return None
    device = counter._staff.named(NAME).device
    found = getattr(device, "twin", None) or getattr(device, "_twin", device)
    return found if isinstance(found, Twin) else None


def pairs() -> list[tuple[str, str]]:
    every = [*ADDRESSES, *((kind, "virtual") for kind in TWINS)]
    return [(kind, driver) for kind, driver in every if twin_of(kind, driver) is not None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes minutes of a customer, or seconds of a scale, takes a turn of the loop, or a moment of waiting."""

    async def briefly(_: float) -> None:
        await asyncio.sleep(0)

    begin = Twin.__init__
    monkeypatch.setattr(Twin, "__init__", lambda self, name, *_: begin(self, name, briefly))
    quick_concert = concert.Limits(acknowledged=0.1, answer=0.1, late=0.1, pending=0.01)
    quick_caisse = caisse_ap.Limits(answer=0.2, duplicate=0.2, state=0.1, pending=0.01, settle=0.01)
    quick_zvt = zvt.Limits(acknowledged=0.1, answer=0.2, short=0.2, state=0.1, pending=0.01)
    quick_scale = reading.Limits(answer=0.1, stable=0.1, pause=0.01)
    monkeypatch.setattr(concert, "Limits", lambda: quick_concert)
    monkeypatch.setattr(caisse_ap, "Limits", lambda: quick_caisse)
    monkeypatch.setattr(zvt, "Limits", lambda: quick_zvt)
    monkeypatch.setattr(reading, "Limits", lambda: quick_scale)


@pytest.fixture
async def counter(tmp_path: Path, demo_profile: Path, request: pytest.FixtureRequest) -> AsyncIterator[Lines]:
    """A demo till whose device of this kind is the one that is tried."""
    kind, driver = request.param
    profile = tmp_path / "till"
    shutil.copytree(demo_profile, profile)
    device = [NAME, "--kind", kind, "--driver", driver, "--address", "virtual:"]
    added = await asyncio.to_thread(main, ["devices", "add", *device, "--profile", str(profile)])
    assert added == 0
    till = await open_till(profile, Demo())
    lines = Lines(till)
    await lines.ok("sign_in", user="2", pin="2222")
    await lines.ok("open_session", float=10000)
    yield lines
    await till.close()


async def products(lines: Lines) -> tuple[str, str]:
    """The codes of one sold by the piece, and of one by weight."""
    found: list[dict[str, Any]] = []
    while page := (await lines.ok("search", text="", limit=500, offset=len(found)))["found"]:
        found += page
    by_piece = next(each["code"] for each in found if not each["weighed"] and each["unit_price"])
    return by_piece, next(each["code"] for each in found if each["weighed"])


async def pays_by_card(lines: Lines, code: str, _: str) -> None:
    """Refused, unknown or paid; never an error of ours, and never sent again."""
    await lines.ok("scan", code=code)
    reply = await lines.ask("tender", method="CARD")
    if not reply["ok"]:
        assert reply["error"]["code"] in ("declined", "device_failed", "payment_unknown"), reply["error"]
        if reply["error"]["code"] == "payment_unknown":
            assert await lines.refused("tender", method="CARD") == "payment_unknown"
            await lines.ok("resolve_payment", paid=False, reason="the terminal shows nothing")
        assert (await lines.ok("tender", method="CASH"))["closed"]["payments"][0]["method"] == "CASH"


async def weighs(lines: Lines, _: str, weighed: str) -> None:
    """The weight that lies there, or none; never another."""
    await lines.ok("device", name=NAME, set={"weight": "0.250"})
    reply = await lines.ask("scan", code=weighed)
    if reply["ok"]:
        assert reply["state"]["ticket"]["lines"][-1]["quantity"] == "0.250"
        await lines.ok("void_ticket")
    else:
        assert reply["error"]["code"] == "no_weight", reply["error"]


async def scans(lines: Lines, code: str, _: str) -> None:
    """What it reads comes on the ticket, or nothing does."""
    await lines.ok("device", name=NAME, set={"scan": code})


async def prints(lines: Lines, code: str, _: str) -> None:
    """The receipt is queued whatever the printer does."""
    await lines.ok("scan", code=code)
    await lines.ok("tender", method="CASH")
    await lines.ok("print", what="receipt")


async def opens(lines: Lines, _: str, __: str) -> None:
    """The opening is asked for; that it stuck is told, and never undoes anything."""
    await lines.ok("open_drawer", reason="change")


async def shows(lines: Lines, code: str, _: str) -> None:
    """A display is only ever told."""
    await lines.ok("scan", code=code)
    await lines.ok("void_ticket")


async def labels(lines: Lines, code: str, _: str) -> None:
    """A label is queued, as a receipt is."""
    await lines.ok("labels", codes=[code])


DEEDS = {
    "terminal": pays_by_card,
    "scale": weighs,
    "scanner": scans,
    "printer": prints,
    "drawer": opens,
    "display": shows,
    "label": labels,
}


async def sells_for_cash(lines: Lines, code: str) -> None:
    """A cash sale, whatever is broken."""
    if (await lines.ok("status"))["state"]["ticket"] is not None:
        await lines.ok("void_ticket")
    await lines.ok("scan", code=code)
    assert (await lines.ok("tender", method="CASH"))["closed"]["payments"][0]["method"] == "CASH"


@pytest.mark.parametrize("counter", pairs(), indirect=True, ids="-".join)
async def test_no_fault_of_a_device_holds_up_or_loses_a_sale(
    counter: Lines, request: pytest.FixtureRequest
) -> None:
    kind, driver = request.node.callspec.params["counter"]
    twin = twin_of(kind, driver)
    assert twin is not None
    by_piece, weighed = await products(counter)
    for fault in (*twin.faults, *SYNONYMS, *twin.synonyms):
        await counter.ok("device", name=NAME, set={"fault": fault})
        await DEEDS[kind](counter, by_piece, weighed)
        await sells_for_cash(counter, by_piece)
        (device,) = (await counter.ok("device", name=NAME))["devices"]
        assert device["health"] == "online" or device["reason"], (fault, device)
        (healed,) = (await counter.ok("device", name=NAME, set={"fault": None}))["devices"]
        assert healed["health"] in ("online", "unknown"), (fault, healed)
        await DEEDS[kind](counter, by_piece, weighed)
        await sells_for_cash(counter, by_piece)


@pytest.mark.parametrize(("kind", "driver"), pairs())
def test_every_twin_of_a_kind_takes_the_words_that_its_kind_shares(kind: str, driver: str) -> None:
    twin = twin_of(kind, driver)
    assert twin is not None
    for fault in {"unplugged", "slow"} | SHARED.get(kind, set()):
        twin.set(fault=fault)
        assert twin.fault in twin.faults
    twin.set(fault=None)
    assert twin.fault is None


def test_each_kind_of_device_has_its_twin() -> None:
    assert {kind for kind, _ in pairs()} == set(TWINS)
