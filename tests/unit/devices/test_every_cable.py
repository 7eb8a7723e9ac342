"""The same receipt over every cable: TCP, serial, file, print queue; on paper of every width; drawers on every pin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.document import Barcode, Columns, Cut, Document, Qr, Rule, Text
from devices.events import DrawerKicked, HandedOver, Printed
from devices.registry import build_counter
from devices.virtual.escpos import EscposPeer
from devices.virtual.hosting import OnPty, OnTcp
from devices.virtual.roll import Roll
from tests.waiting import PATIENCE

RECEIPT = Document(
    (
        Text("Épicerie du Pont", "center", bold=True),
        Rule(),
        Columns("Crème brûlée aux œufs", "2,49 €"),
        Columns("À emporter : pâté, forêt noire", "12,90 €", bold=True),
        Barcode("3017620422003"),
        Qr("ticket 1-000001"),
        Text("Merci, à bientôt !"),
        Cut(),
    )
)
LP = """#!/bin/sh
case "$0" in *lpstat) echo "queue Ticket is idle" ;; *) cat >>"$(dirname "$0")/printed" ;; esac
"""


def configured(address: str, **options: str) -> Counter:
    devices = (
        DeviceConfig("counter", "printer", "escpos", address, options),
        DeviceConfig("drawer", "drawer", "escpos", "via:counter"),
    )
    return build_counter(CounterConfig(devices if "cups" not in address else devices[:1]))


async def put_on_paper(counter: Counter) -> None:
    async with counter, asyncio.timeout(PATIENCE):
        counter.print(RECEIPT)
        await counter.printed()


def read(data: bytes, columns: int = 42) -> list[str]:
    roll = Roll(columns)
    return [line.rstrip() for paper in roll.feed(data) for line in paper.lines]


def is_whole(lines: list[str], columns: int = 42) -> bool:
    text = "\n".join(lines)
    words = ("Épicerie du Pont", "Crème brûlée", "2,49 €", "12,90 €", "3017620422003", "à bientôt !")
    return all(word in text for word in words) and all(len(line) <= columns for line in lines)


@asynccontextmanager
async def hosted(host: type[OnTcp] | type[OnPty], columns: int = 42) -> AsyncIterator[tuple[EscposPeer, str]]:
    peer = EscposPeer(columns=columns)
    async with host(peer) as at:
        yield peer, at.address


@pytest.mark.parametrize("host", [OnTcp, OnPty])
@pytest.mark.parametrize("columns", [48, 42, 32])
async def test_a_receipt_over_a_cable_that_answers_is_confirmed_on_paper_of_every_width(
    host: Any, columns: int, happenings: Any
) -> None:
    async with hosted(host, columns) as (peer, address):
        counter = configured(address, columns=str(columns))
        counter.on_event = happenings
        await put_on_paper(counter)

        (paper,) = peer.papers
        assert is_whole(list(paper.lines), columns)
        assert len(happenings.of(Printed)) == 1


@pytest.mark.parametrize("page", ["cp1252", "cp858"])
async def test_a_receipt_in_a_file_is_handed_over_and_never_said_to_be_on_paper(
    tmp_path: Path, page: str, happenings: Any
) -> None:
    counter = configured(f"file:{tmp_path}/paper.bin", **{"code-page": page})
    counter.on_event = happenings
    await put_on_paper(counter)

    assert is_whole(read((tmp_path / "paper.bin").read_bytes()))
    assert not happenings.of(Printed)
    assert len(happenings.of(HandedOver)) == 1


async def test_a_receipt_in_a_print_queue_is_one_raw_job_and_never_said_to_be_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happenings: Any
) -> None:
    for name in ("lp", "lpstat"):
        (tmp_path / name).write_text(LP)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    counter = configured("cups:Ticket")
    counter.on_event = happenings
    await put_on_paper(counter)

    assert is_whole(read((tmp_path / "printed").read_bytes()))
    assert not happenings.of(Printed)


@pytest.mark.parametrize("kick", ["realtime", "buffered"])
@pytest.mark.parametrize("pin", ["2", "5"])
async def test_each_pin_opens_its_drawer_once_in_either_way(pin: str, kick: str, happenings: Any) -> None:
    async with hosted(OnTcp) as (peer, address):
        devices = (
            DeviceConfig("counter", "printer", "escpos", address),
            DeviceConfig("drawer", "drawer", "escpos", "via:counter", {"pin": pin, "kick": kick}),
        )
        counter = build_counter(CounterConfig(devices))
        counter.on_event = happenings
        async with counter:
            counter.kick()
            await happenings.until(DrawerKicked, 1)
            counter.print(RECEIPT)
            async with asyncio.timeout(PATIENCE):
                await counter.printed()

        assert peer.kicks == [int(pin)]
