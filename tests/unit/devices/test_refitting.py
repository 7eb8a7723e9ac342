"""A counter that is fitted anew while it runs: what stays is not disturbed, and no print is lost with its printer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.document import Document
from devices.errors import BadDevice, NoJob
from devices.health import State
from devices.registry import build_counter, virtual_counter
from tests.waiting import PATIENCE

Note = Callable[[str], Document]

COUNTER = DeviceConfig("counter", "printer", "virtual", "virtual:")
KITCHEN = DeviceConfig("kitchen", "printer", "virtual", "virtual:")
DRAWER = DeviceConfig("drawer", "drawer", "virtual", "virtual:")


def papers(counter: Counter, name: str) -> int:
    output = counter.list(name)[0].output
    assert output is not None
    return int(output["count"])


async def printed(counter: Counter) -> None:
    async with asyncio.timeout(PATIENCE):
        await counter.printed()


async def test_a_device_that_stays_as_it_is_goes_on_undisturbed(note: Note) -> None:
    async with build_counter(CounterConfig((COUNTER, DRAWER))) as counter:
        counter.print(note("one"))
        await printed(counter)
        stays = counter.owners[0]

        await counter.refit(counter.fitted(CounterConfig((KITCHEN, COUNTER))))

        assert [device.name for device in counter.list()] == ["kitchen", "counter"]
        assert counter.owners[1] is stays
        assert papers(counter, "counter") == 1


async def test_a_device_that_is_added_works_at_once(note: Note) -> None:
    async with build_counter(CounterConfig()) as counter:
        assert counter.print(note("one")) is None

        await counter.refit(counter.fitted(CounterConfig((COUNTER,), {"receipt": "counter"})))
        counter.print(note("two"))
        await printed(counter)

        assert papers(counter, "counter") == 1
        assert counter.list()[0].health is State.ONLINE


async def test_what_waits_for_a_printer_that_goes_is_printed_by_another(note: Note) -> None:
    async with build_counter(CounterConfig((COUNTER, KITCHEN))) as counter:
        await counter.set("counter", fault="paper_out")
        counter.print(note("one"), to="counter")

        await counter.refit(counter.fitted(CounterConfig((KITCHEN,))))
        await printed(counter)

        assert papers(counter, "kitchen") == 1


async def test_what_waits_when_the_last_printer_goes_is_kept_until_there_is_one(note: Note) -> None:
    async with build_counter(CounterConfig((COUNTER,))) as counter:
        await counter.set("counter", fault="paper_out")
        job = counter.print(note("one"))

        await counter.refit(counter.fitted(CounterConfig()))
        assert [waiting.id for waiting in counter.spool.waiting()] == [job]

        await counter.refit(counter.fitted(CounterConfig((KITCHEN,))))
        await printed(counter)
        assert papers(counter, "kitchen") == 1
        assert counter.spool.waiting() == ()
        with pytest.raises(NoJob):
            await counter.spool.reroute(job or "", "kitchen")


async def test_a_print_under_way_on_a_printer_that_goes_is_in_doubt(note: Note, slowness: Any) -> None:
    config = CounterConfig((COUNTER, KITCHEN))
    async with build_counter(config, sleep=slowness) as counter:
        await counter.set("counter", fault="slow")
        job = counter.print(note("one"), to="counter")
        async with asyncio.timeout(PATIENCE):
            await slowness.began.wait()

        await counter.refit(counter.fitted(CounterConfig((KITCHEN,))))

        assert [doubtful.id for doubtful in counter.spool.unknown] == [job]
        assert papers(counter, "kitchen") == 0


async def test_a_drawer_is_made_anew_with_the_printer_that_it_hangs_on() -> None:
    drawer = DeviceConfig("drawer", "drawer", "escpos", "via:counter")
    printer = DeviceConfig("counter", "printer", "escpos", "tcp://127.0.0.1:9")
    async with build_counter(CounterConfig((printer, drawer))) as counter:
        before = counter.owners
        moved = DeviceConfig("counter", "printer", "escpos", "tcp://127.0.0.1:19")

        await counter.refit(counter.fitted(CounterConfig((moved, drawer))))

        assert set(before).isdisjoint(counter.owners)


async def test_a_configuration_that_makes_no_sense_changes_nothing() -> None:
    async with build_counter(CounterConfig((COUNTER,))) as counter:
        with pytest.raises(BadDevice):
            counter.fitted(
                CounterConfig((DeviceConfig("odd", "printer", "escpos", "tcp://a:1", {"x": "y"}),))
            )

        assert [device.name for device in counter.list()] == ["counter"]


async def test_in_a_demo_a_real_device_takes_the_place_of_its_twin() -> None:
    async with virtual_counter() as counter:
        await counter.refit(counter.fitted(CounterConfig((COUNTER,))))

        names = [device.name for device in counter.list()]
        assert names[0] == "counter"
        assert "receipt" not in names
        assert {"drawer", "display", "scale", "terminal"} <= set(names)
