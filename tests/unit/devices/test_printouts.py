"""Printouts of other programs, recorded: each comes out whole and once through our driver, and is measured."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from devices.counter import Counter
from devices.events import Printed
from devices.printers.measure import paper_length
from devices.printers.owner import PrintOwner
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.virtual.escpos import EscposPeer
from devices.virtual.peer import Plugged
from devices.virtual.roll import Roll
from tests.shared_data import shared_data
from tests.waiting import PATIENCE

NAMES = (
    "escpos-php__test_integration_resources_output_barcode.bin",
    "escpos-php__test_integration_resources_output_bit-image.bin",
    "escpos-php__test_integration_resources_output_character-encodings.bin",
    "escpos-php__test_integration_resources_output_character-tables.bin",
    "escpos-php__test_integration_resources_output_demo.bin",
    "escpos-php__test_integration_resources_output_graphics.bin",
    "escpos-php__test_integration_resources_output_margins-and-spacing.bin",
    "escpos-php__test_integration_resources_output_pdf417-code.bin",
    "escpos-php__test_integration_resources_output_qr-code.bin",
    "escpos-php__test_integration_resources_output_receipt-with-logo.bin",
    "escpos-php__test_integration_resources_output_text-size.bin",
    "escpos-php__test_integration_resources_output_unifont-print-buffer.bin",
    "escpos-tools__receipt-with-logo.bin",
)


END = b"\n\x1dVB\x00"
NEXT = b"\x1b@the next one" + END
REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
"""Commands that a printer obeys within pictures and glyphs too: what comes of those is the printer's."""


def on_paper(*jobs: bytes) -> list[str]:
    roll = Roll(42)
    return [line for job in jobs for paper in roll.feed(job) for line in paper.lines if line.strip()]


def test_every_printout_is_tried() -> None:
    folder: Path = shared_data("escpos")
    assert {file.name for file in folder.glob("*.bin")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_a_recorded_printout_comes_out_whole_and_once_through_the_driver(
    name: str, happenings: Any
) -> None:
    data = (shared_data("escpos") / name).read_bytes()
    peer = EscposPeer()
    printer = EscposPrinter("counter", Plugged(peer), Profile())
    async with Counter([PrintOwner("counter", printer, Profile())], happenings) as counter:
        counter.print(data + END)
        counter.print(NEXT)
        async with asyncio.timeout(PATIENCE):
            await counter.printed()

    assert len(happenings.of(Printed)) == 2
    lines = [line for paper in peer.papers for line in paper.lines if line.strip()]
    assert lines[-1] == "the next one"
    if not any(command in data for command in REAL_TIME):
        assert lines == on_paper(data + END, NEXT)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_printout_is_given_the_time_that_its_paper_takes(name: str) -> None:
    data = (shared_data("escpos") / name).read_bytes()

    assert 10 <= paper_length(data) <= 2000, "millimetres"
