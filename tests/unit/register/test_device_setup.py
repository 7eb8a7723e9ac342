"""Devices that are set up while the till sells."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from devices.configuration import CounterConfig, DeviceConfig
from sync.protocol import UserRecord
from tests.small_shop import LENTILS, Shop, Till, _pin, full_disk
from tests.waiting import PATIENCE
from tui_pos.device_config import keep_devices, kept_devices
from tui_pos.device_trial import try_device
from tui_pos.errors import Refused
from tui_pos.inputs import AssignDocument, OpenDrawer, Print, RemoveDevice, SetUpDevice, SignIn

KITCHEN = SetUpDevice("kitchen", "printer", "virtual", "virtual:")
MANAGER = UserRecord("9", "Maud", "manager", _pin("9999"))


def names(till: Till) -> list[str]:
    return [device.name for device in till.counter.list()]


@pytest.fixture
async def manager(cashier: Till) -> Till:
    await cashier.store.catalogue.load(users=(MANAGER,), replace=False)
    await cashier.give(SignIn("9", "9999"))
    return cashier


async def test_a_printer_that_is_added_prints_at_once_and_after_the_next_start(
    shop: Shop, manager: Till
) -> None:
    await manager.give(KITCHEN)
    await manager.give(AssignDocument("receipt", "kitchen"))
    await manager.sell(LENTILS)
    await manager.give(Print("receipt"))
    async with asyncio.timeout(PATIENCE):
        await manager.counter.printed()

    assert len(manager.twin("kitchen").papers) == 1
    assert [event["device"] for event in await manager.events("device_set_up")] == ["kitchen"]
    assert [event["document"] for event in await manager.events("document_assigned")] == ["receipt"]


async def test_a_device_that_is_removed_is_gone_and_its_removal_written_down(manager: Till) -> None:
    await manager.give(KITCHEN)
    await manager.give(SetUpDevice("bar", "printer", "virtual", "virtual:"))

    await manager.give(RemoveDevice("kitchen"))

    assert "kitchen" not in names(manager)
    assert "bar" in names(manager)
    assert [event["device"] for event in await manager.events("device_removed")] == ["kitchen"]
    assert (await manager.refused(RemoveDevice("kitchen"))).slug == "bad_request"


async def test_a_logo_is_kept_with_the_till_and_stands_on_the_receipt(manager: Till, tmp_path: Path) -> None:
    stick = tmp_path / "stick.png"
    Image.new("1", (64, 32)).save(stick)
    await manager.give(SetUpDevice("bar", "printer", "virtual", "virtual:", {"logo": str(stick)}))
    stick.unlink()

    kept = Path(manager.counter.config.named("bar").options["logo"])
    assert kept.is_relative_to(manager.store.profile)
    await manager.sell(LENTILS)
    await manager.give(Print("receipt"))
    async with asyncio.timeout(PATIENCE):
        await manager.counter.printed()
    (paper,) = manager.twin("bar").papers
    assert b"\x1dv0" in paper.raw


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n cut short"])
async def test_a_logo_that_is_no_picture_is_refused_when_it_is_given(
    manager: Till, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "logo.png"
    if content is not None:
        path.write_bytes(content)

    refused = await manager.refused(SetUpDevice("k", "printer", "virtual", "virtual:", {"logo": str(path)}))

    assert refused.slug == "bad_request"
    assert "logo.png" in refused.message


async def test_only_who_may_change_settings_sets_up_devices(cashier: Till) -> None:
    before = names(cashier)
    for given in (KITCHEN, RemoveDevice("receipt"), AssignDocument("report", "receipt")):
        assert (await cashier.refused(given)).slug == "right_needed"

    assert names(cashier) == before


@pytest.mark.parametrize(
    "given",
    [
        SetUpDevice("k", "printer", "escpos", "nowhere"),
        SetUpDevice("k", "printer", "zebra", "tcp://10.0.0.9:9100"),
        SetUpDevice("k", "printer", "escpos", "tcp://10.0.0.9:9100", {"columns": "0"}),
        SetUpDevice("k", "drawer", "escpos", "via:nobody"),
        AssignDocument("receipt", "nobody"),
        RemoveDevice("nobody"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(manager: Till, given: SetUpDevice) -> None:
    before = names(manager)

    assert (await manager.refused(given)).slug == "bad_request"

    assert names(manager) == before


async def test_a_device_that_cannot_be_kept_is_not_used(manager: Till) -> None:
    before = names(manager)
    with full_disk(), pytest.raises(Refused):
        await manager.give(KITCHEN)

    assert names(manager) == before


async def test_a_device_that_an_older_program_kept_and_nobody_can_make_is_in_nobodys_way(
    manager: Till,
) -> None:
    odd = DeviceConfig("odd", "printer", "escpos", "tcp://10.0.0.9:9100", {"columns": "0"})
    async with manager.store.transaction() as transaction:
        await keep_devices(transaction, CounterConfig((odd,)))

    await manager.give(KITCHEN)
    assert "kitchen" in names(manager)
    await manager.give(RemoveDevice("odd"))

    assert [device.name for device in (await kept_devices(manager.store)).devices] == ["kitchen"]


async def test_a_drawer_is_tried_like_any_opening_with_a_right_and_in_the_journal(manager: Till) -> None:
    assert await try_device(manager.counter, "drawer", manager.give, manager.store) == (
        True,
        "The drawer was opened.",
    )
    (event,) = await manager.events("drawer_opened")
    assert (event["user"], event["drawer"], event["reason"]) == ("9", "drawer", "a try of the drawer")

    await manager.give(SignIn("1", "1111"))
    with pytest.raises(Refused):
        await try_device(manager.counter, "drawer", manager.give, manager.store)
    assert manager.twin("drawer").kicks == 1


async def test_a_try_of_one_printer_does_not_wait_for_another(manager: Till) -> None:
    await manager.give(SetUpDevice("bar", "printer", "virtual", "virtual:"))
    await manager.give(KITCHEN)
    await manager.counter.set("kitchen", fault="paper_out")
    await manager.give(AssignDocument("receipt", "kitchen"))
    await manager.sell(LENTILS)
    await manager.give(Print("receipt"))

    assert await try_device(manager.counter, "bar", manager.give, manager.store) == (
        True,
        "A test page is on paper.",
    )
    assert len(manager.counter.spool.waiting()) == 1


async def test_a_drawer_that_is_not_there_is_not_written_down_as_opened(manager: Till) -> None:
    assert (await manager.refused(OpenDrawer("why", "nobody"))).slug == "bad_request"
    assert await manager.events("drawer_opened") == []


async def test_the_drawer_opens_before_the_session_to_count_the_float(shop: Shop) -> None:
    till = await shop.open()
    await till.sign_in("2")

    await till.give(OpenDrawer("to count the float"))

    assert [event["reason"] for event in await till.events("drawer_opened")] == ["to count the float"]


async def test_each_kind_of_document_comes_out_of_its_own_printer(manager: Till) -> None:
    printers = {"receipt": "bar", "duplicate": "office", "report": "back", "kitchen": "stove"}
    for name in printers.values():
        await manager.give(SetUpDevice(name, "printer", "virtual", "virtual:"))
    for document, name in printers.items():
        await manager.give(msgspec.convert({"document": document, "name": name}, AssignDocument))

    await manager.sell(LENTILS)
    for what in ("receipt", "duplicate", "x", "kitchen"):
        await manager.give(msgspec.convert({"what": what}, Print))
    await manager.close_session()
    await manager.give(Print("z"))
    async with asyncio.timeout(PATIENCE):
        await manager.counter.printed()

    words = {
        "bar": ["Lentilles"],
        "office": ["DUPLICATA"],
        "back": ["X REPORT", "Z REPORT"],
        "stove": ["KITCHEN"],
    }
    for name, expected in words.items():
        papers = ["\n".join(paper.lines) for paper in manager.twin(name).papers]
        assert [word in paper for word, paper in zip(expected, papers, strict=True)] == [True] * len(expected)
