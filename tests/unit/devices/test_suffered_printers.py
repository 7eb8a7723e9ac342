"""What users of other programs suffered with printers and drawers: each test names the public thread it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from devices.counter import Counter
from devices.document import Cut, Document, Text
from devices.drawers.owner import DrawerOwner
from devices.drawers.printer_drawer import Plug, PrinterDrawer
from devices.errors import PrintUnknown
from devices.events import DrawerKicked, HealthChanged, Printed, PrintLost
from devices.health import State
from devices.owners import BACK_OFF, Owner
from devices.printers.escpos import encode
from devices.printers.owner import PrintOwner
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.printers.status import buffered_pulse, pulse
from devices.transports import parse_address
from devices.transports.opening import open_transport
from devices.virtual.escpos import EscposPeer
from devices.virtual.hosting import OnTcp
from devices.virtual.peer import Plugged
from tests.waiting import PATIENCE

Note = Callable[[str], Document]
QUICK = Patience(status=0.2, barrier=0.2, poll=0.05, stuck=0.1, settle=0.1, quiet=0.02)


@pytest.fixture
def peer() -> EscposPeer:
    return EscposPeer()


@pytest.fixture
async def counter(peer: EscposPeer, happenings: Any) -> AsyncIterator[Counter]:
    """A printer with a drawer on it."""
    device = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    owners: list[Owner[Any]] = [
        PrintOwner("counter", device, Profile()),
        DrawerOwner("drawer", PrinterDrawer("drawer", device, Plug())),
    ]
    owners[0].poll = 0.05
    async with Counter(owners, happenings) as counter:
        yield counter


async def printed(counter: Counter) -> None:
    async with asyncio.timeout(PATIENCE):
        await counter.printed()


def texts(peer: EscposPeer) -> list[str]:
    return ["\n".join(paper.lines).strip() for paper in peer.papers]


async def test_python_escpos_253_a_printer_that_is_off_loses_no_line_and_says_that_it_is_off(
    counter: Counter, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    peer.set(fault="offline")
    counter.print(note("one"))
    counter.print(note("two"))
    await happenings.until(HealthChanged, 2)
    (printer, _) = counter.list()
    assert (printer.health, printer.queue) == (State.OFFLINE, 2)
    assert printer.reason

    peer.set(fault=None)
    await printed(counter)
    assert texts(peer) == ["one", "two"]


async def test_python_escpos_437_a_handle_gone_stale_in_a_power_cut_is_made_anew_by_itself(
    happenings: Any, note: Note
) -> None:
    async with OnTcp(EscposPeer()) as before:
        port = before.port
        line = open_transport(parse_address(before.address), "counter")
        device = EscposPrinter("counter", line, Profile(), QUICK)
        owner = PrintOwner("counter", device, Profile())
        owner.poll = 0.05
        async with Counter([owner], happenings) as counter:
            counter.print(note("one"))
            await printed(counter)
            await before.unplug()

            after = EscposPeer()
            counter.print(note("two"))
            async with OnTcp(after, port):
                await printed(counter)
                assert texts(after) == ["two"]


async def test_oca_pos_701_a_printer_that_slept_all_night_prints_in_the_morning(
    counter: Counter, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    counter.print(note("evening"))
    await printed(counter)
    peer.set(fault="mute")
    counter.retry("counter")
    await happenings.until(HealthChanged, 3)
    assert counter.list("counter")[0].health is State.OFFLINE

    peer.set(fault=None)
    counter.print(note("morning"))
    await printed(counter)

    assert texts(peer) == ["evening", "morning"]


async def test_a_time_out_never_prints_a_second_time(
    counter: Counter, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    counter.print(note("before"))
    await printed(counter)
    peer.set(fault="no_barrier")
    counter.print(note("once"))
    (lost,) = await happenings.until(PrintLost, 1)
    assert lost.template == PrintUnknown.template
    for _ in range(3):
        await counter.look("counter")
    peer.set(fault=None)
    await printed(counter)

    assert sum("once" in text for text in texts(peer)) == 1
    assert [job.id for job in counter.spool.unknown] == [lost.job]


async def test_odoo_59059_a_print_that_came_out_is_never_said_to_have_failed(
    counter: Counter, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    counter.print(note("before"))
    await printed(counter)
    peer.set(fault="no_barrier")
    job = counter.print(note("came out"))
    (lost,) = await happenings.until(PrintLost, 1)

    assert "came out" in "\n".join(texts(peer))
    assert "did not confirm" in lost.template, "what is said is what is known: look at the paper"
    assert job in [doubtful.id for doubtful in counter.spool.unknown]


async def test_odoo_258841_a_receipt_of_two_hundred_lines_is_not_cut_by_a_time_out(
    happenings: Any,
) -> None:
    """A printer that takes longer than any fixed time-out: what it is given grows with the paper."""

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    peer = EscposPeer(sleep=at_once)
    peer.set(fault="slow")
    lines = [f"line {number}" for number in range(200)]
    receipt = Document((*map(Text, lines), Cut()))
    device = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    assert device._allowance(encode(receipt, Profile())) > QUICK.barrier + 200 * 4 / 100
    async with Counter([PrintOwner("counter", device, Profile())], happenings) as counter:
        counter.print(receipt)
        await printed(counter)

    assert [paper.split("\n") for paper in texts(peer)] == [lines]
    assert len(happenings.of(Printed)) == 1


def test_odoo_33328_a_drawer_is_pulsed_long_enough_on_either_pin_and_in_either_way() -> None:
    usual = Plug().milliseconds
    assert usual >= 200
    for pin, m in ((2, 0), (5, 1)):
        assert pulse(pin, usual) == bytes((0x10, 0x14, 1, m, 2)), "units of 100 ms"  # type: ignore[arg-type]
        assert buffered_pulse(pin, usual) == bytes((0x1B, 0x70, m, 100, 250)), "units of 2 ms"  # type: ignore[arg-type]
    assert pulse(2, 1)[-1] == 1, "never no pulse at all"
    assert pulse(2, 9999)[-1] == 8, "nor one that burns the coil"


async def test_a_drawer_opens_with_the_paper_out_and_not_again_at_the_refill(
    counter: Counter, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    peer.set(fault="paper_out")
    counter.print(note("waits"))
    counter.kick("drawer")
    await happenings.until(DrawerKicked, 1)
    assert peer.kicks == [2]

    peer.set(fault=None)
    counter.retry()
    await printed(counter)
    assert texts(peer) == ["waits"]
    assert peer.kicks == [2]


@pytest.mark.parametrize("page", ["CP1252", "CP858"])
async def test_a_euro_is_no_tilde_n_since_each_job_sets_its_code_page(happenings: Any, page: Any) -> None:
    """A printer switched off and on between two jobs has forgotten its code page."""
    peer = EscposPeer()
    profile = Profile(code_page=page)
    device = EscposPrinter("counter", Plugged(peer), profile, QUICK)
    async with Counter([PrintOwner("counter", device, profile)], happenings) as counter:
        for _ in range(2):
            counter.print(Document((Text("Crème 2,49 € à l'œil"), Cut())))
            await printed(counter)
            peer._roll = type(peer._roll)(42)  # as after a power cut: nothing of before is known

    assert all("Crème 2,49 €" in text for text in texts(peer))
    assert len(peer.papers) == 2


def test_a_printer_is_waited_for_as_long_as_the_rules_say() -> None:
    patience = Patience()
    assert (patience.status, patience.barrier) == (1.0, 5.0)
    assert BACK_OFF == (1.0, 2.0, 5.0, 15.0, 30.0)

    device = EscposPrinter("counter", Plugged(EscposPeer()), Profile())
    short, long = (encode(Document((*[Text("a line")] * lines, Cut())), Profile()) for lines in (1, 235))
    assert 5.0 <= device._allowance(short) < 5.5
    assert device._allowance(long) == pytest.approx(5 + 10, abs=0.5), "a metre of paper"


async def test_a_printer_on_a_slow_line_is_given_the_time_of_its_line_besides() -> None:
    class SlowLine(Plugged):
        pace = 960  # type: ignore[assignment]

    device = EscposPrinter("counter", SlowLine(EscposPeer()), Profile())

    assert device._allowance(b"a" * 9600) >= 5 + 10
