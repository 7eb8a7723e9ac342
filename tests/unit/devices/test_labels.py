"""Labels in ZPL and EPL."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, DeviceDown
from devices.labels import epl, zpl
from devices.labels.label import Label, Size
from devices.labels.making import make_epl, make_zpl
from devices.labels.printer import LabelPrinter, encoded
from devices.transports import open_transport
from devices.virtual.labels import LabelTwin
from devices.virtual.peer import Plugged

LABEL = Label("Lentilles vertes du Puy", "2,49 €", "3017620422003", "4,98 €/kg")


def test_zpl_carries_every_part_of_a_label() -> None:
    text = zpl.encode(LABEL, Size(), 3).decode()
    assert text.startswith("^XA^CI28^PW456^LL256")
    for part in (
        "Lentilles vertes du Puy",
        "2,49 €",
        "4,98 €/kg",
        "^BEN,48,Y,N^FH^FD3017620422003^FS",
        "^PQ3^XZ",
    ):
        assert part in text


def test_epl_carries_every_part_of_a_label() -> None:
    text = epl.encode(LABEL, Size(), 2).decode("cp1252")
    for part in (
        "q456",
        "Q256,24",
        '"Lentilles vertes du Puy"',
        '"2,49 €"',
        'E30,2,4,48,B,"3017620422003"',
        "P2\n",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("code", "in_zpl", "in_epl"), [("96385074", "^B8N", "E80"), ("SHELF-12", "^BCN", "0,1,2,4")]
)
def test_each_kind_of_code_has_its_bars(code: str, in_zpl: str, in_epl: str) -> None:
    label = Label("x", "1,00 €", code)
    assert in_zpl in zpl.encode(label, Size()).decode()
    assert in_epl in epl.encode(label, Size()).decode("cp1252")


def test_no_name_can_command_a_printer() -> None:
    vile = Label('^XZ~JR"\nN\n\\"愛', "1,00 €", "1")
    assert zpl.encode(vile, Size()).count(b"^XZ") == 1
    assert b"~JR" not in zpl.encode(vile, Size())
    lines = epl.encode(vile, Size()).split(b"\n")
    assert lines.count(b"N") == 1
    assert any(b'\\"' in line for line in lines)


@pytest.mark.parametrize("copies", [0, 1000])
@pytest.mark.parametrize("language", [zpl, epl])
def test_a_number_of_copies_that_is_none_is_refused(language: Any, copies: int) -> None:
    with pytest.raises(ValueError, match="copies"):
        language.encode(LABEL, Size(), copies)


async def test_labels_are_handed_over_a_cable(tmp_path: Path) -> None:
    file = tmp_path / "labels"
    printer = LabelPrinter("shelf", open_transport(f"file:{file}"), "zpl", Size())
    job = encoded([(LABEL, 1), (LABEL, 2)], "zpl", Size())
    await printer.print(job)
    await printer.close()
    assert file.read_bytes() == job


async def test_a_printer_that_is_away_has_printed_nothing() -> None:
    twin = LabelTwin()
    twin.set(fault="offline")
    printer = LabelPrinter("shelf", Plugged(twin), "epl", Size())
    with pytest.raises(DeviceDown):
        await printer.print(b"x")
    twin.set(fault=None)
    await printer.print(b"x")
    await asyncio.sleep(0)
    await printer.close()
    assert twin.output() == {"received": "x"}


async def test_it_is_made_from_its_configuration() -> None:
    device = DeviceConfig("shelf", "label", "zpl", "virtual:", {"width": "40", "height": "25"})
    owner = make_zpl(device)
    assert owner.device.size == Size(40, 25)
    assert make_epl(DeviceConfig("shelf", "label", "epl", "virtual:")).device.language == "epl"
    with pytest.raises(BadDevice):
        make_zpl(DeviceConfig("shelf", "label", "zpl", "virtual:", {"width": "4"}))
