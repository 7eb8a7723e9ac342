"""Printing at the counter: in order, once, whatever happens to the printer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from devices.counter import Counter
from devices.document import Document, as_text
from devices.drawers.owner import DrawerOwner
from devices.errors import (
    PrintUnknown,
)
from devices.events import DrawerKicked, HealthChanged, Printed, PrintLost
from devices.health import State
from devices.owners import Owner
from devices.ports import Notice
from devices.printers.owner import PrintOwner
from devices.printers.profile import Profile
from devices.registry import virtual_counter
from devices.virtual.drawer import VirtualDrawer
from devices.virtual.printer import VirtualPrinter
from tests.unit.devices.counters import Note, Papers, health, printed
from tests.waiting import PATIENCE


async def test_a_document_comes_out_of_the_printer_as_it_reads(
    counter: Counter, happenings: Any, note: Note, papers: Papers
) -> None:
    document = note("Crème fraîche 2,70 €")

    job = counter.print(document)
    await printed(counter)

    assert job is not None
    assert papers(counter) == [list(as_text(document))]
    assert happenings.of(Printed) == [Printed("receipt", job)]


async def test_jobs_wait_while_paper_is_out_and_print_once_in_order_when_it_is_back(
    counter: Counter, happenings: Any, note: Note, papers: Papers
) -> None:
    await counter.set("receipt", fault="paper_out")
    jobs = [counter.print(note(f"ticket {number}")) for number in range(5)]
    await happenings.until(HealthChanged)

    assert health(counter, "receipt") == (State.DEGRADED, "paper is out", 5)
    assert papers(counter) == []

    await counter.set("receipt", fault=None)
    await printed(counter)

    assert papers(counter) == [[f"ticket {number}"] for number in range(5)]
    assert [event.job for event in happenings.of(Printed)] == jobs
    assert health(counter, "receipt") == (State.ONLINE, "", 0)


async def test_jobs_wait_through_one_fault_after_another(
    counter: Counter, note: Note, papers: Papers
) -> None:
    counter.print(note("one"))
    await printed(counter)
    for fault in ("offline", "cover", "paper_out"):
        await counter.set("receipt", fault=fault)
        counter.print(note(fault))
        counter.retry()
    await counter.set("receipt", fault=None)
    await printed(counter)

    assert papers(counter) == [["one"], ["offline"], ["cover"], ["paper_out"]]


async def test_a_print_that_was_not_confirmed_is_told_and_never_sent_again(
    counter: Counter, happenings: Any, note: Note, papers: Papers
) -> None:
    await counter.set("receipt", fault="lost")
    lost = counter.print(note("perhaps"))
    (event,) = await happenings.until(PrintLost)
    await printed(counter)

    assert (event.job, event.template) == (lost, PrintUnknown.template)
    assert health(counter, "receipt")[0] == State.DEGRADED

    await counter.set("receipt", fault=None)
    counter.print(note("surely"))
    await printed(counter)

    assert papers(counter) == [["perhaps"], ["surely"]]


async def test_waiting_for_print_waits_for_a_slow_printer(
    counter: Counter, slowness: Any, note: Note, papers: Papers
) -> None:
    await counter.set("receipt", fault="slow")
    counter.print(note("slowly"))
    await slowness.began.wait()
    waiting = asyncio.create_task(counter.printed())
    await asyncio.wait([waiting], timeout=0)
    assert not waiting.done()

    slowness.over.set()
    await asyncio.wait_for(waiting, PATIENCE)

    assert papers(counter) == [["slowly"]]


async def test_a_job_cut_off_by_the_tills_end_is_not_printed_again_and_those_behind_it_are(
    slowness: Any, happenings: Any, note: Note, papers: Papers
) -> None:
    counter = virtual_counter(sleep=slowness)
    counter.on_event = happenings
    await counter.start()
    await counter.set("receipt", fault="slow")
    cut_off = counter.print(note("cut off"))
    behind = counter.print(note("behind"))
    await slowness.began.wait()
    await counter.stop()

    await counter.set("receipt", fault=None)
    async with counter:
        await printed(counter)

    assert [event.job for event in happenings.of(PrintLost)] == [cut_off]
    assert [event.job for event in happenings.of(Printed)] == [behind]
    assert papers(counter) == [["behind"]]


async def test_what_is_given_before_the_start_is_done_after_it(note: Note, papers: Papers) -> None:
    counter = virtual_counter()
    counter.print(note("early"))
    counter.show("early", "")

    async with counter:
        await counter.start()  # once is enough
        await printed(counter)

    assert papers(counter) == [["early"]]


class BrokenPrinter(VirtualPrinter):
    async def send(self, job: bytes, notice: Notice) -> None:
        raise ZeroDivisionError(job)


async def test_a_mistake_in_a_driver_does_not_print_again_and_leaves_other_devices_alone(
    happenings: Any, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    owners: list[Owner[Any]] = [
        PrintOwner("broken", BrokenPrinter("broken"), Profile()),
        DrawerOwner("drawer", VirtualDrawer()),
    ]
    async with Counter(owners, happenings) as counter:
        job = counter.print(note("a"))
        await printed(counter)
        counter.kick()
        await happenings.until(DrawerKicked)

        assert [event.job for event in happenings.of(PrintLost)] == [job]
        assert health(counter, "broken")[:2] == (State.DEGRADED, "its driver failed; the log says why")
    assert "ZeroDivisionError" in caplog.text


async def test_a_document_that_cannot_be_encoded_does_not_hold_up_those_behind_it(
    happenings: Any, note: Note, papers: Papers, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter([PrintOwner("receipt", VirtualPrinter(), Profile(columns=4))], happenings)
    async with counter:
        lost = counter.print(note("too narrow"))
        raw = counter.print(b"raw\n\x1dVB\x00")
        await printed(counter)

    assert [event.job for event in happenings.of(PrintLost)] == [lost]
    assert [event.job for event in happenings.of(Printed)] == [raw]
    assert papers(counter) == [["raw"]]
    assert "could not be encoded" in caplog.text


async def test_many_jobs_print_once_each_in_order(counter: Counter, happenings: Any, note: Note) -> None:
    jobs = [counter.print(b"%d\n\x1dVB\x00" % number) for number in range(500)]
    await printed(counter)

    assert [event.job for event in happenings.of(Printed)] == jobs
    assert counter.outputs()["receipt"]["count"] == 500


class PlainPrinter:
    """A printer that is no twin: nothing reaches it here."""

    def __init__(self) -> None:
        self._twin = VirtualPrinter()

    def __getattr__(self, name: str) -> Any:
        if name in {"set", "output"}:
            raise AttributeError(name)
        return getattr(self._twin, name)


async def test_what_a_first_print_needs_is_read_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, read = asyncio.get_running_loop(), asyncio.Event()

    def encode(document: Document, _: Profile) -> bytes:
        assert document == Document(())
        loop.call_soon_threadsafe(read.set)
        return b""

    monkeypatch.setattr("devices.printers.worker.PREPARED", 0)
    monkeypatch.setattr("devices.printers.worker.encode_document", encode)
    async with Counter([PrintOwner("receipt", PlainPrinter(), Profile())]), asyncio.timeout(PATIENCE):
        await read.wait()
