"""The devices by JSON lines: set up, tried, listed, given documents, and their prints settled, while the till sells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.json_lines import Lines


async def names(cashier: Lines) -> list[str]:
    return [device["name"] for device in (await cashier.ok("device"))["devices"]]


async def a_sale(cashier: Lines) -> str:
    found = (await cashier.ok("search", text="", limit=50))["found"]
    await cashier.ok("scan", code=next(good["code"] for good in found if not good["weighed"]))
    return str((await cashier.ok("tender", method="CASH"))["closed"]["number"])


@pytest.fixture
async def manager(cashier: Lines, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Whoever is signed in may change settings."""
    desk = cashier.till.register._desk
    monkeypatch.setattr(desk, "may", lambda _right: True)
    return cashier


async def test_a_printer_is_added_tried_given_reports_and_removed(manager: Lines) -> None:
    await manager.ok("device_add", name="back", kind="printer", driver="virtual", address="virtual:")
    await manager.ok("device_add", name="bar", kind="printer", driver="virtual", address="virtual:")
    assert {"back", "bar"} <= set(await names(manager))

    tried = await manager.ok("device_test", name="back")
    assert (tried["works"], tried["text"]) == (True, "A test page is on paper.")
    await manager.ok("device_assign", document="report", name="back")
    await manager.ok("print", what="x")
    await manager.ok("wait", **{"for": "printed"})
    (back,) = (await manager.ok("device", name="back"))["devices"]
    assert "X REPORT" in "".join(back["output"]["papers"][-1])

    await manager.ok("device_remove", name="bar")
    assert "bar" not in await names(manager)


async def test_a_device_that_does_not_work_says_so(manager: Lines) -> None:
    await manager.ok("device", name="terminal", set={"fault": "offline"})

    tried = await manager.ok("device_test", name="terminal")

    assert tried["works"] is False
    assert "unplugged" in tried["text"]


@pytest.mark.parametrize(
    ("verb", "fields", "code"),
    [
        (
            "device_add",
            {"name": "k", "kind": "printer", "driver": "escpos", "address": "there"},
            "bad_request",
        ),
        ("device_add", {"name": "k", "kind": "toaster", "driver": "x", "address": "virtual:"}, "bad_request"),
        ("device_add", {"name": "k"}, "bad_request"),
        ("device_remove", {"name": "nobody"}, "bad_request"),
        ("device_assign", {"document": "receipt", "name": "nobody"}, "bad_request"),
        ("device_assign", {"document": "poem", "name": "receipt"}, "bad_request"),
        ("device_test", {"name": "nobody"}, "bad_request"),
        ("open_drawer", {"reason": "why", "drawer": "nobody"}, "bad_request"),
        ("reroute", {"job": "nothing", "to": "receipt"}, "bad_request"),
        ("drop_print", {"job": "nothing", "reason": "why"}, "bad_request"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    manager: Lines, verb: str, fields: dict[str, Any], code: str
) -> None:
    before = await names(manager)

    assert await manager.refused(verb, **fields) == code

    assert await names(manager) == before


async def test_only_who_may_change_settings_sets_up_devices(cashier: Lines) -> None:
    given = {"name": "k", "kind": "printer", "driver": "virtual", "address": "virtual:"}

    assert await cashier.refused("device_add", **given) == "right_needed"
    assert await cashier.refused("device_remove", name="receipt") == "right_needed"
    assert await cashier.refused("device_assign", document="report", name="receipt") == "right_needed"


async def test_a_print_that_waits_goes_elsewhere_or_is_dropped(manager: Lines) -> None:
    for name in ("back", "bar"):
        await manager.ok("device_add", name=name, kind="printer", driver="virtual", address="virtual:")
    await manager.ok("device", name="back", set={"fault": "paper_out"})
    for _ in range(2):
        await a_sale(manager)
        await manager.ok("print", what="receipt")
    first, second = (await manager.ok("device"))["prints"]

    await manager.ok("reroute", job=first["job"], to="bar")
    await manager.ok("drop_print", job=second["job"], reason="nobody wants it")
    await manager.ok("wait", **{"for": "printed"})

    assert (await manager.ok("device"))["prints"] == []
    (bar,) = (await manager.ok("device", name="bar"))["devices"]
    assert [first["ticket"] in "".join(paper) for paper in bar["output"]["papers"]] == [True]


async def test_an_order_for_the_kitchen_is_printed_without_prices(manager: Lines) -> None:
    number = await a_sale(manager)

    text = "\n".join((await manager.ok("print", what="kitchen", ticket=number))["text"])

    assert number in text
    assert "€" not in text
