"""The virtual devices, each by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest

from devices.errors import (
    BadSetting,
    CoverOpen,
    Declined,
    DeviceDown,
    DeviceError,
    NothingOnScale,
    PaperOut,
    PaymentUnknown,
    PrintUnknown,
    Unstable,
)
from devices.payments import Order, nobody
from devices.ports import Steerable, Weight
from devices.virtual.display import VirtualDisplay
from devices.virtual.drawer import VirtualDrawer
from devices.virtual.paper_file import PaperFile
from devices.virtual.printer import VirtualPrinter
from devices.virtual.roll import Paper
from devices.virtual.scale import VirtualScale
from devices.virtual.terminal import VirtualTerminal

JOB = b"Merci\n\x1dVB\x00"


async def put_on_paper(printer: VirtualPrinter, job: bytes) -> None:
    """What a printer's owner does with a job."""
    await printer.ready()
    await printer.send(job, lambda _: None)
    await printer.confirm(job, lambda _: None)


@pytest.mark.parametrize(
    ("fault", "error"), [("paper_out", PaperOut), ("cover", CoverOpen), ("offline", DeviceDown)]
)
async def test_a_printer_with_a_fault_refuses_a_job_before_its_first_byte(
    fault: str, error: type[DeviceError]
) -> None:
    printer = VirtualPrinter()
    printer.set(fault=fault)

    with pytest.raises(error):
        await put_on_paper(printer, JOB)
    with pytest.raises(error):
        await printer.probe()
    assert printer.output() == {"papers": [], "count": 0, "pulses": 0}

    printer.set(fault=None)
    await put_on_paper(printer, JOB)
    assert printer.output() == {"papers": [["Merci"]], "count": 1, "pulses": 0}


async def test_a_lost_confirmation_leaves_the_paper_printed() -> None:
    printer = VirtualPrinter()
    printer.set(fault="lost")

    with pytest.raises(PrintUnknown):
        await put_on_paper(printer, JOB)

    assert printer.count == 1


async def test_a_printer_remembers_its_last_papers_and_gives_each_to_its_sink() -> None:
    kept: list[Paper] = []
    printer = VirtualPrinter(keep=2, sink=kept.append)

    for number in range(3):
        await put_on_paper(printer, b"%d\n\x1dVB\x00" % number)

    assert printer.output() == {"papers": [["1"], ["2"]], "count": 3, "pulses": 0}
    assert [paper.lines for paper in kept] == [("0",), ("1",), ("2",)]


async def test_a_paper_file_gets_the_bytes_one_paper_after_the_other(tmp_path: Any) -> None:
    printer = VirtualPrinter(sink=PaperFile(tmp_path / "paper.bin"))

    await put_on_paper(printer, JOB)
    await put_on_paper(printer, JOB)

    assert (tmp_path / "paper.bin").read_bytes() == JOB * 2


async def test_a_drawer_counts_its_kicks_and_stays_open_until_shut() -> None:
    drawer = VirtualDrawer()
    await drawer.kick()
    assert drawer.output() == {"kicks": 1, "open": True}

    drawer.set(open=False, fault="offline")
    with pytest.raises(DeviceDown):
        await drawer.kick()
    assert drawer.output() == {"kicks": 1, "open": False}


async def test_a_display_shows_two_lines_of_twenty() -> None:
    display = VirtualDisplay()

    await display.show("Bonjour", "0123456789012345678901234")

    assert display.output() == {"lines": ["Bonjour             ", "01234567890123456789"], "shows": 1}


async def test_a_scale_gives_stable_weights_only() -> None:
    scale = VirtualScale()
    with pytest.raises(NothingOnScale):
        await scale.weigh()

    scale.set(weight="0.250")
    assert await scale.weigh() == Weight(250)
    assert Weight(250).kilograms == Decimal("0.250")

    scale.set(stable=False)
    with pytest.raises(Unstable):
        await scale.weigh()
    scale.set(stable=True, fault="unstable")
    with pytest.raises(Unstable):
        await scale.weigh()
    assert scale.output() == {"weight": "0.250", "stable": True, "weighings": 1}


@pytest.mark.parametrize(
    "weight", [0.25, 250, None, "", "lourd", "-1", "15.001", "0.0005", "NaN", "1e9", True]
)
def test_what_is_not_a_weight_in_kilograms_is_not_taken(weight: Any) -> None:
    scale = VirtualScale()
    scale.set(weight="1.250")

    with pytest.raises(BadSetting, match="weight"):
        scale.set(weight=weight)

    assert scale.weight == Decimal("1.250")


async def test_a_terminal_approves_refuses_and_loses_its_answer_after_paying() -> None:
    terminal = VirtualTerminal()

    approval = await terminal.carry_out(Order("pay", 1250, "a"), nobody)
    assert (approval.amount, approval.authorisation) == (1250, "A00001")
    assert approval.reference == f"A00001 {approval.masked_pan}"
    assert set(approval.masked_pan[:-4]) == {"*"}

    terminal.set(answer="refused")
    with pytest.raises(Declined):
        await terminal.carry_out(Order("pay", 100, "b"), nobody)
    terminal.set(answer="lost")
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(Order("pay", 200, "c"), nobody)
    terminal.set(answer="approved")
    await terminal.carry_out(Order("refund", 300, "d"), nobody)
    terminal.set(fault="offline")
    with pytest.raises(DeviceDown):
        await terminal.carry_out(Order("pay", 400, "e"), nobody)

    assert terminal.output() == {
        "asked": 4,
        "payments": [
            {"amount": 1250, "reference": "a", "authorisation": "A00001"},
            {"amount": 200, "reference": "c", "authorisation": "A00003"},
            {"amount": -300, "reference": "d", "authorisation": "A00004"},
        ],
    }


@pytest.mark.parametrize(
    "twin", [VirtualPrinter, VirtualDrawer, VirtualDisplay, VirtualScale, VirtualTerminal]
)
def test_a_setting_that_a_twin_does_not_have_changes_nothing(twin: Any) -> None:
    device = twin()
    assert isinstance(cast("object", device), Steerable)

    with pytest.raises(BadSetting, match="colour=red"):
        device.set(fault="offline", colour="red")
    with pytest.raises(BadSetting, match="fault="):
        device.set(fault="haunted")

    assert device.fault is None


async def test_a_slow_device_takes_its_time(slowness: Any) -> None:
    slowness.over.set()
    drawer = VirtualDrawer(sleep=slowness)
    drawer.set(fault="slow")

    await drawer.kick()

    assert slowness.began.is_set()
    assert drawer.kicks == 1
