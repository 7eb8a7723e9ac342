"""The counter: work is given without waiting, and done whatever happens to a device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from devices.counter import Counter
from devices.document import Document, as_text
from devices.drawers.owner import DrawerOwner
from devices.errors import (
    BadSetting,
    Declined,
    DeviceDown,
    NoDevice,
    PaymentUnknown,
    PrintUnknown,
    UnknownDevice,
)
from devices.events import DrawerKicked, DrawerStuck, HealthChanged, Printed, PrintLost
from devices.health import State
from devices.owners import DisplayOwner, Owner, TerminalOwner
from devices.payments import Order
from devices.ports import Notice
from devices.printers.owner import PrintOwner
from devices.printers.profile import Profile
from devices.registry import virtual_counter
from devices.virtual.display import VirtualDisplay
from devices.virtual.drawer import VirtualDrawer
from devices.virtual.printer import VirtualPrinter
from devices.virtual.terminal import VirtualTerminal

Note = Callable[[str], Document]
Papers = Callable[[Counter], list[list[str]]]


def health(counter: Counter, name: str) -> tuple[State, str, int]:
    (device,) = counter.list(name)
    return device.health, device.reason, device.queue


async def printed(counter: Counter) -> None:
    async with asyncio.timeout(5):
        await counter.printed()


async def test_a_document_comes_out_of_the_printer_as_it_reads(
    counter: Counter, happenings: Any, note: Note, papers: Papers
) -> None:
    document = note("Crème fraîche 2,70 €")

    job = counter.print(document)
    await printed(counter)

    assert job is not None
    assert papers(counter) == [list(as_text(document))]
    assert happenings.of(Printed) == [Printed("receipt", job)]


async def test_all_devices_are_listed_with_their_health(counter: Counter, happenings: Any) -> None:
    await happenings.until(HealthChanged, 7)

    assert [(view.name, view.kind, view.driver, view.health) for view in counter.list()] == [
        ("receipt", "printer", "virtual", "online"),
        ("drawer", "drawer", "virtual", "online"),
        ("display", "display", "virtual", "online"),
        ("scale", "scale", "virtual", "online"),
        ("terminal", "terminal", "virtual", "online"),
        ("scanner", "scanner", "virtual", "online"),
        ("labels", "label", "virtual", "online"),
    ]
    assert all(view.since and view.last_success and view.output is not None for view in counter.list())


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
    await asyncio.wait_for(waiting, 5)

    assert papers(counter) == [["slowly"]]


async def test_the_drawer_opens_while_the_printer_is_out_of_paper(
    counter: Counter, happenings: Any, note: Note
) -> None:
    await counter.set("receipt", fault="paper_out")
    counter.print(note("later"))
    counter.kick()
    await happenings.until(DrawerKicked)
    await counter.set("receipt", fault=None)
    await printed(counter)

    assert counter.outputs()["drawer"] == {"kicks": 1, "open": True}
    assert counter.outputs()["receipt"]["pulses"] == 0


async def test_a_kick_that_fails_is_told_and_forgotten(counter: Counter, happenings: Any) -> None:
    await counter.set("drawer", fault="offline")
    counter.kick()
    (stuck,) = await happenings.until(DrawerStuck)
    await counter.set("drawer", fault=None)
    counter.kick()
    await happenings.until(DrawerKicked)

    assert stuck.reason == "it is unplugged or switched off"
    assert counter.outputs()["drawer"]["kicks"] == 1


class WatchedDisplay(VirtualDisplay):
    def __init__(self) -> None:
        super().__init__()
        self.shown = asyncio.Event()

    async def show(self, upper: str, lower: str) -> None:
        await super().show(upper, lower)
        self.shown.set()


async def test_the_display_shows_the_latest_text_and_skips_what_came_between() -> None:
    display = WatchedDisplay()
    async with Counter([DisplayOwner("display", display)]) as counter:
        await counter.set("display", fault="offline")
        for number in range(100):
            counter.show(f"line {number}", "")
        assert health(counter, "display") == (State.OFFLINE, "it is unplugged or switched off", 1)

        await counter.set("display", fault=None)
        await asyncio.wait_for(display.shown.wait(), 5)

    assert display.lines[0].rstrip() == "line 99"
    assert display.shows == 1


async def test_the_scale_gives_kilograms_and_nothing_when_it_cannot(counter: Counter) -> None:
    assert await counter.weigh() is None

    await counter.set("scale", weight="1.250")
    assert await counter.weigh() == Decimal("1.250")

    await counter.set("scale", fault="unstable")
    assert await counter.weigh() is None
    assert health(counter, "scale")[0] == State.ONLINE

    await counter.set("scale", fault="offline")
    assert await counter.weigh() is None
    assert health(counter, "scale")[:2] == (State.OFFLINE, "it is unplugged or switched off")


async def test_the_terminal_answers_or_its_payment_is_unknown(counter: Counter) -> None:
    assert (await counter.carry_out(Order("pay", 1250, "a"))).amount == 1250
    assert (await counter.carry_out(Order("refund", 250, "b"))).amount == -250

    await counter.set("terminal", answer="refused")
    with pytest.raises(Declined):
        await counter.carry_out(Order("pay", 100, "c"))
    assert health(counter, "terminal")[0] == State.ONLINE

    await counter.set("terminal", answer="lost")
    with pytest.raises(PaymentUnknown):
        await counter.carry_out(Order("pay", 100, "d"))
    assert health(counter, "terminal")[0] == State.DEGRADED

    await counter.set("terminal", fault="offline")
    with pytest.raises(DeviceDown):
        await counter.carry_out(Order("pay", 100, "e"))


async def test_a_payment_goes_on_when_its_caller_leaves(counter: Counter, slowness: Any) -> None:
    await counter.set("terminal", answer="slow")
    paying = asyncio.create_task(counter.carry_out(Order("pay", 1250, "a")))
    await slowness.began.wait()
    paying.cancel()
    await asyncio.wait([paying])

    slowness.over.set()
    await counter.set("terminal", answer="approved")
    await counter.carry_out(Order("pay", 100, "b"))

    payments = counter.outputs()["terminal"]["payments"]
    assert [payment["reference"] for payment in payments] == ["a", "b"]


async def test_a_payment_cut_off_by_the_tills_end_is_unknown(slowness: Any) -> None:
    counter = virtual_counter(sleep=slowness)
    await counter.start()
    await counter.set("terminal", answer="slow")
    paying = asyncio.create_task(counter.carry_out(Order("pay", 1250, "a")))
    await slowness.began.wait()
    behind = asyncio.create_task(counter.carry_out(Order("pay", 500, "b")))
    await asyncio.wait([behind], timeout=0)

    await counter.stop()

    with pytest.raises(PaymentUnknown):
        await paying
    with pytest.raises(DeviceDown):
        await behind


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


async def test_a_listener_that_fails_does_not_stop_a_device(
    note: Note, papers: Papers, caplog: pytest.LogCaptureFixture
) -> None:
    def deaf(event: object) -> None:
        raise LookupError(event)

    counter = virtual_counter()
    counter.on_event = deaf
    async with counter:
        counter.print(note("heard by nobody"))
        await printed(counter)

    assert papers(counter) == [["heard by nobody"]]
    assert "could not be told" in caplog.text


class MuteTerminal(VirtualTerminal):
    async def probe(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        raise OSError(5, "hung up")


async def test_a_device_that_never_answers_holds_up_no_other_and_not_the_end(
    happenings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    owners: list[Owner[Any]] = [
        TerminalOwner("mute", MuteTerminal("mute")),
        DrawerOwner("drawer", VirtualDrawer()),
    ]
    async with Counter(owners, happenings) as counter:
        counter.kick()
        await happenings.until(DrawerKicked)
        assert health(counter, "mute")[0] == State.UNKNOWN
    assert "could not be let go of" in caplog.text


async def test_names_and_kinds_that_are_not_there_are_refused(counter: Counter, note: Note) -> None:
    with pytest.raises(UnknownDevice, match="kitchen"):
        counter.print(note("a"), to="kitchen")
    with pytest.raises(UnknownDevice, match="drawer"):
        counter.print(note("a"), to="drawer")
    with pytest.raises(UnknownDevice):
        counter.list("kitchen")
    with pytest.raises(UnknownDevice):
        await counter.set("kitchen", fault=None)
    with pytest.raises(BadSetting):
        await counter.set("receipt", colour="red")


async def test_a_counter_without_devices_holds_up_no_sale(note: Note) -> None:
    async with Counter() as counter:
        counter.kick()
        counter.show("a", "b")
        await printed(counter)

        assert counter.print(note("a")) is None
        assert await counter.weigh() is None
        assert counter.terminal_for("CARD") is None
        with pytest.raises(NoDevice, match="terminal"):
            await counter.carry_out(Order("pay", 100, "a"))
        assert counter.list() == ()


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
    async with Counter([PrintOwner("receipt", PlainPrinter(), Profile())]), asyncio.timeout(5):
        await read.wait()
