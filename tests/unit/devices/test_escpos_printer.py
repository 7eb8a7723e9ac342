"""The driver of ESC/POS printers, against one that speaks the protocol: what is on paper, and what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import CoverOpen, DeviceDown, DeviceError, NotReady, PaperOut, PrintUnknown
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.printers.status import pulse
from devices.transports import Tcp, Transport
from devices.transports.pair import Cable
from devices.transports.tcp import TcpTransport
from devices.virtual.escpos import EscposPeer
from devices.virtual.hosting import OnTcp
from devices.virtual.peer import Plugged

QUICK = Patience(status=0.2, barrier=0.3, poll=0.05, stuck=0.1, settle=0.1, quiet=0.02)


def job(text: str) -> bytes:
    return b"\x1b@" + text.encode() + b"\n\x1dVB\x00"


def nothing(trouble: DeviceError | None) -> None:
    """Nobody is told."""


async def put_on_paper(printer: EscposPrinter, text: str) -> bool:
    await printer.ready()
    await printer.send(job(text), nothing)
    return await printer.confirm(job(text), nothing)


def on_paper(peer: EscposPeer) -> list[str]:
    return ["\n".join(paper.lines).strip() for paper in peer.papers]


@pytest.fixture
def peer() -> EscposPeer:
    return EscposPeer()


@pytest.fixture
async def printer(peer: EscposPeer) -> AsyncIterator[EscposPrinter]:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    yield printer
    await printer.close()


async def test_jobs_come_out_once_in_order_on_one_connection(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    texts = [f"ticket {number}" for number in range(10)]

    assert all([await put_on_paper(printer, text) for text in texts])

    assert on_paper(peer) == texts
    assert peer.calls == 1


@pytest.mark.parametrize(
    ("fault", "error"), [("paper_out", PaperOut), ("cover", CoverOpen), ("cutter", NotReady)]
)
async def test_a_printer_that_cannot_print_is_not_sent_a_byte_of_the_job(
    peer: EscposPeer, printer: EscposPrinter, fault: str, error: type[DeviceError]
) -> None:
    await printer.ready()
    before = peer.received
    peer.set(fault=fault)

    with pytest.raises(error) as raised:
        await printer.ready()

    assert raised.value.reason
    assert peer.received - before <= 15, "four questions of three bytes, and three to have it speak up"


async def test_paper_that_is_nearly_out_is_remarked_and_prints(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    peer.set(fault="near_end")

    assert await printer.ready() == "paper is nearly out"
    assert await put_on_paper(printer, "still")


async def test_a_printer_that_says_nothing_is_down_within_its_second(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    peer.set(fault="mute")

    with pytest.raises(DeviceDown, match="does not answer"):
        await printer.ready()


async def test_paper_that_runs_out_in_a_job_is_told_and_the_job_is_confirmed_after_the_refill(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    told: list[DeviceError | None] = []
    long_after = asyncio.Event()

    def notice(trouble: DeviceError | None) -> None:
        told.append(trouble)
        if len(told) * QUICK.poll > 2 * QUICK.barrier:
            long_after.set()

    await printer.ready()
    peer.set(fault="paper_out")
    await printer.send(job("late"), notice)
    confirming = asyncio.create_task(printer.confirm(job("late"), notice))
    await long_after.wait()
    assert not confirming.done(), "nobody gives up while it says that it has no paper"
    assert isinstance(told[0], PaperOut)
    peer.set(fault=None)

    assert await confirming
    assert on_paper(peer) == ["late"]


async def test_a_barrier_that_is_never_answered_leaves_the_job_unknown_and_the_next_one_waits(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    await printer.ready()
    peer.set(fault="no_barrier")
    with pytest.raises(PrintUnknown):
        await put_on_paper_now(printer, "perhaps")
    with pytest.raises(NotReady, match="still busy"):
        await printer.ready()

    peer.set(fault=None)
    assert await put_on_paper(printer, "surely")

    assert on_paper(peer)[0] == "perhaps"
    assert on_paper(peer)[-1] == "surely"


async def put_on_paper_now(printer: EscposPrinter, text: str) -> None:
    await printer.send(job(text), nothing)
    await printer.confirm(job(text), nothing)


async def test_an_answer_that_comes_late_confirms_no_other_job(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    await printer.ready()
    peer.set(fault="no_barrier")
    with pytest.raises(PrintUnknown):
        await put_on_paper_now(printer, "one")
    peer.set(fault="paper_out")
    peer._buffer += b"\x1dr\x01"  # the printer still has one to answer
    peer.set(fault=None)
    await printer.ready()
    peer.set(fault="no_barrier")

    with pytest.raises(PrintUnknown):
        await put_on_paper_now(printer, "two")


async def test_a_stale_connection_after_a_power_cut_is_opened_anew_before_anything_is_sent(
    peer: EscposPeer,
) -> None:
    async with OnTcp(peer) as there:
        printer = EscposPrinter(
            "counter", TcpTransport(Tcp("127.0.0.1", there.port), "counter"), Profile(), QUICK
        )
        assert await put_on_paper(printer, "one")
        await there.unplug()
        with pytest.raises(DeviceDown):
            await printer.ready()
        await there.plug()

        assert await put_on_paper(printer, "two")
        await printer.close()
    assert on_paper(peer) == ["one", "two"]


async def test_a_printer_that_took_its_bytes_into_the_void_is_called_again(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    assert await put_on_paper(printer, "one")
    peer.set(fault="mute")
    cable = printer.line
    with pytest.raises(DeviceDown):
        await printer.ready()
    peer.set(fault=None)

    assert await put_on_paper(printer, "two")
    assert cable is printer.line
    assert peer.calls == 3


async def test_cut_at_any_byte_a_job_is_on_paper_or_unknown_and_never_twice() -> None:
    text = "ticket 1-000001"
    length = len(job(text)) + 3
    for at in range(length + 1):
        peer = EscposPeer()
        printer = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
        await printer.ready()
        peer.cut_after = peer.received + at
        try:
            confirmed = await put_on_paper_after_ready(printer, text)
        except PrintUnknown:
            confirmed = False
        assert await put_on_paper(printer, "next")
        printed = on_paper(peer)
        assert printed.count(text) == 1 or not confirmed
        assert sum(text in paper for paper in printed) <= 1
        assert printed[-1].endswith("next")
        assert sum("next" in paper for paper in printed) == 1
        await printer.close()


async def put_on_paper_after_ready(printer: EscposPrinter, text: str) -> bool:
    await printer.send(job(text), nothing)
    return await printer.confirm(job(text), nothing)


async def test_the_rest_of_a_broken_job_is_cut_off_the_next_one(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    await printer.ready()
    peer.cut_after = peer.received + 12
    with pytest.raises(PrintUnknown):
        await put_on_paper_after_ready(printer, "half of this is lost")

    assert await put_on_paper(printer, "whole")

    assert on_paper(peer)[-1] == "whole"


@pytest.mark.parametrize("pin", [2, 5])
async def test_a_drawer_opens_in_real_time_with_the_paper_out(
    peer: EscposPeer, printer: EscposPrinter, pin: int
) -> None:
    peer.set(fault="paper_out")

    await printer.kick(2 if pin == 2 else 5, 200)
    assert await printer.pin_high() in (True, False)  # answered behind the pulse

    assert peer.kicks == [pin]
    peer.set(fault=None)
    await printer.ready()
    assert peer.kicks == [pin], "nothing fires later"


async def test_a_buffered_kick_is_refused_while_it_would_wait_for_paper(
    peer: EscposPeer, printer: EscposPrinter
) -> None:
    peer.set(fault="paper_out")
    with pytest.raises(PaperOut):
        await printer.kick(2, 200, buffered=True)
    peer.set(fault=None)

    await printer.kick(2, 200, buffered=True)
    await printer.ready()
    assert await put_on_paper(printer, "after")
    assert peer.kicks == [2]


async def test_a_kick_falls_between_jobs_never_within_one() -> None:
    cable = Cable()
    await cable.peer.open()
    printer = EscposPrinter("counter", cable.till, Profile(confirms=False), QUICK)
    heard = bytearray()
    asked = asyncio.create_task(_answer_everything(cable, heard))
    await printer.ready()
    long_job = b"x" * 5000
    heard.clear()

    await asyncio.gather(printer.send(long_job, nothing), printer.kick(2, 100))
    await printer.pin_high()

    assert long_job in bytes(heard)
    assert bytes(heard).count(pulse(2, 100)) == 1
    asked.cancel()
    await printer.close()


async def _answer_everything(cable: Cable, heard: bytearray) -> None:
    while data := await cable.peer.read():
        heard += data
        await cable.peer.write(b"\x12" * data.count(b"\x10\x04"))


async def test_a_printer_that_cannot_answer_is_sent_to_and_never_confirms() -> None:
    class OneWay(Plugged):
        answers = False

    peer = EscposPeer()
    printer = EscposPrinter("queue", OneWay(peer), Profile(), QUICK)

    assert await put_on_paper(printer, "perhaps") is False
    with pytest.raises(DeviceDown, match="cannot be asked"):
        await printer.pin_high()
    await printer.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=6))
def test_whatever_a_printer_says_only_device_errors_come_of_it(answers: list[bytes]) -> None:
    quick = Patience(status=0.01, barrier=0.01, poll=0.005, stuck=0.01, settle=0.005, quiet=0.002)

    class Mad:
        name = "mad"
        plugged = True

        async def serve(self, line: Transport) -> None:
            for answer in answers:
                if not await line.read():
                    return
                await line.write(answer)

    async def ask() -> None:
        printer = EscposPrinter("mad", Plugged(Mad()), Profile(), quick)
        try:
            await put_on_paper(printer, "x")
        except DeviceError:
            pass
        finally:
            await printer.close()

    asyncio.run(ask())
