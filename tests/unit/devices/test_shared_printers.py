"""A printer that several tills share, and printers that cannot do all that is asked of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.document import Cut, Document, Text
from devices.errors import DeviceDown, PrintUnknown
from devices.events import HealthChanged, PrintLost
from devices.labels.label import Label
from devices.printers.making import profile_of
from devices.printers.owner import PrintOwner
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.registry import build_counter
from devices.transports import Tcp
from devices.transports.tcp import TcpTransport
from devices.virtual.escpos import EscposPeer
from devices.virtual.hosting import OnTcp
from devices.virtual.peer import Plugged
from tests.unit.devices.counters import printed
from tests.waiting import PATIENCE

Note = Callable[[str], Document]
QUICK = Patience(status=0.2, barrier=0.2, poll=0.05, stuck=0.1, settle=0.1, quiet=0.02)


class OneAtATime(EscposPeer):
    """A printer that takes one connection: the next is served once the first has hung up."""

    def __init__(self, **options: Any) -> None:
        super().__init__("counter", **options)
        self._taken = asyncio.Lock()

    async def serve(self, line: Any) -> None:
        async with self._taken:
            await super().serve(line)


def till(address: str, *more: DeviceConfig) -> Counter:
    return build_counter(CounterConfig((DeviceConfig("counter", "printer", "escpos", address), *more)))


def titles(peer: EscposPeer) -> list[str]:
    return sorted("\n".join(paper.lines).strip() for paper in peer.papers)


async def test_two_tills_share_a_printer_that_takes_one_connection() -> None:
    peer = OneAtATime()
    drawer = DeviceConfig("drawer", "drawer", "escpos", "via:counter", {"open": "high"})
    async with OnTcp(peer) as there, till(there.address, drawer) as one, till(there.address) as other:
        for number in range(3):
            for name, counter in (("one", one), ("other", other)):
                counter.print(Document((Text(f"{name} {number}"), Cut())))
        await asyncio.wait_for(asyncio.gather(one.printed(), other.printed()), PATIENCE)

    assert titles(peer) == [f"{name} {number}" for name in ("one", "other") for number in range(3)]


async def test_a_till_that_opened_its_drawer_leaves_the_printer_to_the_others() -> None:
    peer = OneAtATime()
    drawer = DeviceConfig("drawer", "drawer", "escpos", "via:counter")
    async with OnTcp(peer) as there, till(there.address, drawer) as one, till(there.address) as other:
        one.kick()
        other.print(Document((Text("a receipt"), Cut())))
        await asyncio.wait_for(other.printed(), PATIENCE)

    assert titles(peer) == ["a receipt"]
    assert peer.kicks == [2]


async def test_a_drawer_opens_though_its_printer_refuses_the_first_calls() -> None:
    refused = 0

    class Hasty(EscposPeer):
        async def serve(self, line: Any) -> None:
            nonlocal refused
            if refused < 2:
                refused += 1
                return
            await super().serve(line)

    hasty = Hasty("counter")
    async with OnTcp(hasty) as there:
        printer = EscposPrinter(
            "counter",
            TcpTransport(Tcp("127.0.0.1", there.port), "counter"),
            Profile(shared=True),
            Patience(status=0.5, again=0.01),
        )
        printer.line.take()
        await printer.kick(2, 100)
        await printer.reach()  # it answers this after the pulse
        await printer.close()

    assert (refused, hasty.kicks) == (2, [2])


def test_a_printer_on_the_network_is_shared_unless_it_is_said_to_be_ones_own() -> None:
    def shared(address: str, **options: str) -> bool:
        return profile_of(DeviceConfig("p", "printer", "escpos", address, options)).shared

    assert shared("tcp://127.0.0.1:9100")
    assert not shared("tcp://127.0.0.1:9100", shared="no")
    assert not shared("serial:/dev/ttyS0")


async def test_two_tills_share_a_label_printer() -> None:
    jobs: asyncio.Queue[bytes] = asyncio.Queue()
    taken = asyncio.Lock()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with taken:
            if job := await reader.read():
                jobs.put_nowait(job)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    config = CounterConfig((DeviceConfig("labels", "label", "zpl", f"tcp://127.0.0.1:{port}"),))
    document = Document((Label("Bread", "1,20 €", "3017620422003", ""),))
    async with server, build_counter(config) as one, build_counter(config) as other:
        for counter in (one, other):
            job = counter.spool.job(document, "label")
            assert job is not None
            counter.spool.submit(job)
            await printed(counter)
        async with asyncio.timeout(PATIENCE):
            await jobs.get()
            await jobs.get()


@pytest.fixture
def peer() -> EscposPeer:
    return EscposPeer()


def by_hand(peer: EscposPeer, happenings: Any) -> Counter:
    device = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    return Counter([PrintOwner("counter", device, Profile())], happenings)


async def test_a_printer_that_knows_no_barrier_prints_once_and_each_print_is_in_doubt_with_the_remedy(
    peer: EscposPeer, happenings: Any, note: Note
) -> None:
    peer.set(fault="no_barrier")
    async with by_hand(peer, happenings) as counter:
        counter.print(note("one"))
        counter.print(note("two"))
        lost = await happenings.until(PrintLost, 2)
        assert len(counter.spool.unknown) == 2

    assert titles(peer) == ["one", "two"], "no paper is cut off between them either"
    assert all("confirms=no" in event.reason for event in lost)


async def test_a_printer_that_only_was_busy_is_believed_again_once_it_has_passed_a_barrier(
    peer: EscposPeer, happenings: Any, note: Note
) -> None:
    peer.set(fault="no_barrier")
    async with by_hand(peer, happenings) as counter:
        counter.print(note("one"))
        await happenings.until(PrintLost)
        peer.set(fault=None)
        counter.print(note("two"))
        await printed(counter)
        (lost,) = happenings.of(PrintLost)

    assert titles(peer) == ["one", "two"]
    assert [job.id for job in counter.spool.unknown] == [lost.job]


async def test_paper_that_is_nearly_out_goes_on_being_remarked_while_receipts_are_printed(
    peer: EscposPeer, happenings: Any, note: Note
) -> None:
    peer.set(fault="near_end")
    async with by_hand(peer, happenings) as counter:
        for number in range(3):
            counter.print(note(str(number)))
        await printed(counter)

    assert [event.health.reason for event in happenings.of(HealthChanged)] == ["paper is nearly out"]


async def stuck_in_a_job(peer: EscposPeer, printer: EscposPrinter) -> asyncio.Task[bool]:
    """A job is all sent, and the printer says nothing any more."""
    job = b"\x1b@one\n\x1dVB\x00"
    await printer.ready()
    await printer.send(job, lambda _: None)
    peer.set(fault="mute")
    confirming = asyncio.create_task(printer.confirm(job, lambda _: None))
    await asyncio.sleep(0)
    return confirming


@pytest.mark.parametrize("wanted", ["kick", "reach"])
async def test_a_drawer_never_takes_the_line_from_a_job_that_is_not_confirmed_yet(
    peer: EscposPeer, wanted: str
) -> None:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), Patience(status=0.02, barrier=5, poll=5))
    confirming = await stuck_in_a_job(peer, printer)

    with pytest.raises(DeviceDown, match="does not answer"):
        await (printer.kick(2, 100) if wanted == "kick" else printer.reach())
    assert not confirming.done()
    assert peer.calls == 1, "nobody hung up on it"

    confirming.cancel()
    await asyncio.gather(confirming, return_exceptions=True)
    await printer.close()


async def test_what_was_sent_on_a_connection_is_never_confirmed_on_the_next(peer: EscposPeer) -> None:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    confirming = await stuck_in_a_job(peer, printer)
    await printer.line.close()
    peer.set(fault=None)
    await printer.kick(2, 100)

    with pytest.raises(PrintUnknown):
        await confirming
    assert peer.calls == 2
    await printer.close()


async def test_a_job_goes_on_the_connection_that_was_found_ready_or_nowhere(peer: EscposPeer) -> None:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    await printer.ready()
    await printer.line.close()
    await printer.reach()
    before = peer.received

    with pytest.raises(DeviceDown) as raised:
        await printer.send(b"\x1b@one\n", lambda _: None)

    assert not isinstance(raised.value, PrintUnknown), "not a byte has left: it may be tried again"
    assert peer.received == before
    await printer.close()


async def test_a_buffered_kick_waits_for_the_job_under_way(peer: EscposPeer) -> None:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    job = b"\x1b@one\n\x1dVB\x00"
    await printer.ready()
    await printer.send(job, lambda _: None)
    kicking = asyncio.create_task(printer.kick(5, 100, buffered=True))
    await asyncio.sleep(0)
    assert peer.kicks == []

    assert await printer.confirm(job, lambda _: None)
    await kicking
    await printer.reach()
    assert peer.kicks == [5]
    await printer.close()
