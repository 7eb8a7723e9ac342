"""Printers that answer late: they print, what came out is confirmed, and nothing is confirmed that did not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from devices.counter import Counter
from devices.errors import DeviceDown, PrintLate, PrintUnknown
from devices.events import PrintFound, PrintLost
from devices.jobs import Forgetful, Job, JobState
from devices.printers.barriers import Barriers
from devices.printers.inquiry import Inquiry
from devices.printers.owner import PrintOwner
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.virtual.escpos import EscposPeer
from devices.virtual.peer import Plugged
from devices.virtual.roll import Paper
from tests.unit.devices.counters import printed
from tests.waiting import PATIENCE

LONG = Patience(status=PATIENCE, barrier=PATIENCE, settle=PATIENCE, late=PATIENCE)
QUICK = Patience(status=PATIENCE, barrier=0.2, poll=0.05, settle=0.1, quiet=0.02, late=PATIENCE)
SHORT = Patience(status=0.02, barrier=PATIENCE, poll=PATIENCE, late=PATIENCE)
JOB = b"\x1b@one\n\x1dVB\x00"


class Slow(EscposPeer):
    """A printer whose answers stay with it until they are let go, those to barriers or all of them."""

    def __init__(self) -> None:
        super().__init__("counter")
        self.holds_barriers = False
        self.delay = 0.0
        """Seconds by which it answers a question of status late."""
        self.serial = False
        """What it says comes through though the till has hung up and called again meanwhile."""
        self.held: list[bytes] = []
        self.more = asyncio.Event()
        self.asked = 0
        """How often it was asked how it is."""
        self.pulsed = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()

    def _pulse(self, m: int) -> None:
        super()._pulse(m)
        self.pulsed.set()

    async def _obey(self, command: int, arguments: bytes) -> None:
        self.asked += command == 0x04
        await super()._obey(command, arguments)

    async def _say(self, data: bytes) -> None:
        if data == b"\0" and self.holds_barriers:
            self.held.append(data)
            self.more.set()
        elif data != b"\0" and self.delay:
            self._late.add(asyncio.create_task(self._say_late(data)))
        else:
            await super()._say(data)

    async def _say_late(self, data: bytes) -> None:
        line = self._line
        await asyncio.sleep(self.delay)
        if self.serial or line is self._line:
            await super()._say(data)

    async def holding(self, count: int) -> None:
        """Wait until so many answers are held back."""
        while len(self.held) < count:
            self.more.clear()
            await self.more.wait()

    async def let_go(self, count: int = 1) -> None:
        """Give so many of the answers that are held back."""
        for _ in range(count):
            await super()._say(self.held.pop(0))


class Kept(Forgetful):
    """Remembers the last state of each job that was to be kept."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    async def move(self, job: Job, data: bytes | None = None) -> None:
        self.jobs[job.id] = job


@pytest.fixture
def peer() -> Slow:
    return Slow()


@pytest.fixture
async def printer(peer: Slow) -> AsyncIterator[EscposPrinter]:
    """A printer that is known to pass barriers, and is waited for shortly from now on."""
    printer = EscposPrinter("counter", Plugged(peer), Profile(), LONG)
    await printer.ready()
    printer._patience = QUICK
    yield printer
    await printer.close()


@pytest.fixture(autouse=True)
async def _patience() -> AsyncIterator[None]:
    async with asyncio.timeout(PATIENCE):
        yield


def nothing(_: object) -> None:
    """Nobody is told."""


async def ready_at_last(printer: EscposPrinter) -> int:
    """How often it had to be asked before it was found ready."""
    for tries in range(1, 100):
        try:
            await printer.ready()
        except DeviceDown:
            continue
        return tries
    raise AssertionError("it was never ready")


async def in_doubt(peer: Slow, printer: EscposPrinter) -> asyncio.Future[bool]:
    """Send a job whose barriers the printer does not answer in time; gives what is heard of it later."""
    peer.holds_barriers = True
    await printer.send(JOB, nothing)
    with pytest.raises(PrintLate) as raised:
        await printer.confirm(JOB, nothing)
    assert raised.value.later is not None
    return raised.value.later


async def test_a_printer_that_answers_later_than_usual_is_waited_for_longer_until_it_prints(
    peer: Slow,
) -> None:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), SHORT)
    peer.delay = 0.2

    assert await ready_at_last(printer) > 1, "it is down within its usual time, as any printer"
    await printer.send(JOB, nothing)

    assert await printer.confirm(JOB, nothing)
    await printer.close()


async def test_a_late_answer_on_a_serial_line_is_taken_for_that_to_no_other_question(
    peer: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cable(Plugged):
        pace = 960  # type: ignore[assignment]

    monkeypatch.setattr("devices.printers.line.LOST", PATIENCE)
    peer.serial, peer.delay = True, 0.2
    printer = EscposPrinter("counter", Cable(peer), Profile(), SHORT)

    await ready_at_last(printer)
    await printer.send(JOB, nothing)

    assert await printer.confirm(JOB, nothing)
    assert peer.asked == 1, "its late answer was waited for, and it was asked nothing else"
    await printer.close()


async def test_a_drawer_does_not_wait_for_the_answer_of_a_printer_that_is_known_to_be_slow(
    peer: Slow,
) -> None:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), SHORT)
    peer.delay = 0.2
    await ready_at_last(printer)
    peer.delay = PATIENCE

    await printer.kick(2, 200)
    await peer.pulsed.wait()

    assert peer.kicks == [2]
    await printer.close()


async def test_a_confirmation_that_comes_late_takes_the_job_out_of_doubt(
    peer: Slow, printer: EscposPrinter, happenings: Any, note: Any
) -> None:
    kept = Kept()
    counter = Counter([PrintOwner("counter", printer, Profile())], happenings)
    counter.spool.keep_in(kept)
    async with counter:
        peer.holds_barriers = True
        counter.print(note("one"))
        (lost,) = await happenings.until(PrintLost)
        assert kept.jobs[lost.job].state is JobState.UNKNOWN
        assert [job.id for job in counter.spool.unknown] == [lost.job]

        peer.holds_barriers = False
        await peer.let_go(len(peer.held))
        (found,) = await happenings.until(PrintFound)
        counter.print(note("two"))
        await printed(counter)

    assert found.job == lost.job
    assert (kept.jobs[lost.job].state, kept.jobs[lost.job].reason) == (JobState.CONFIRMED, "")
    assert counter.spool.unknown == ()
    assert ["\n".join(paper.lines).strip() for paper in peer.papers] == ["one", "two"], "nothing was cut off"


async def test_a_job_that_somebody_has_seen_to_is_not_found_again(
    peer: Slow, printer: EscposPrinter, happenings: Any, note: Any
) -> None:
    async with Counter([PrintOwner("counter", printer, Profile())], happenings) as counter:
        peer.holds_barriers = True
        counter.print(note("one"))
        (lost,) = await happenings.until(PrintLost)
        counter.spool.settle(lost.job)
        peer.holds_barriers = False
        await peer.let_go(len(peer.held))
        counter.print(note("two"))
        await printed(counter)

    assert happenings.of(PrintFound) == []


async def test_an_answer_that_is_still_owed_from_before_a_job_does_not_confirm_it(peer: Slow) -> None:
    quick = Patience(status=PATIENCE, barrier=0.2, poll=0.05, settle=0.1, quiet=PATIENCE, late=PATIENCE)
    printer = EscposPrinter("counter", Plugged(peer), Profile(), quick)
    peer.holds_barriers = True
    getting_ready = asyncio.create_task(printer.ready())
    await peer.holding(2)
    await peer.let_go(1)
    await asyncio.wait([getting_ready], timeout=0.3)
    await peer.let_go(len(peer.held))
    await getting_ready

    await printer.send(JOB, nothing)
    with pytest.raises(PrintUnknown):
        await printer.confirm(JOB, nothing)
    await printer.close()


async def test_a_job_in_doubt_is_found_only_when_every_barrier_was_answered(
    peer: Slow, printer: EscposPrinter
) -> None:
    later = await in_doubt(peer, printer)

    peer.held.clear()  # it lost its power, and with it what it had to say of the job
    peer.holds_barriers = False
    await printer.ready()

    assert await later is False


async def test_a_printer_that_says_nothing_at_all_for_a_while_may_still_confirm_its_job(peer: Slow) -> None:
    quick = Patience(status=0.02, barrier=0.2, poll=0.05, late=PATIENCE)
    printer = EscposPrinter("counter", Plugged(peer), Profile(), quick)
    await ready_at_last(printer)
    later = await in_doubt(peer, printer)

    peer.delay = PATIENCE
    with pytest.raises(DeviceDown, match="does not answer"):
        await printer.ready()
    await peer.let_go(len(peer.held))

    assert await later is True
    await printer.close()


async def test_a_job_in_doubt_is_never_found_once_its_line_is_closed(
    peer: Slow, printer: EscposPrinter
) -> None:
    later = await in_doubt(peer, printer)

    await printer.close()

    assert await later is False


async def test_a_printer_that_never_answers_prints_where_it_is_said_that_it_cannot() -> None:
    class Mute(Slow):
        async def _say(self, data: bytes) -> None:
            """It has no way back."""

        def _on_paper(self, papers: tuple[Paper, ...]) -> None:
            super()._on_paper(papers)
            self.more.set()

    peer = Mute()
    printer = EscposPrinter("counter", Plugged(peer), Profile(answers=False, confirms=False), QUICK)

    await printer.ready()
    await printer.send(JOB, nothing)

    assert not await printer.confirm(JOB, nothing), "nobody knows whether it is on paper"
    while not peer.count:
        peer.more.clear()
        await peer.more.wait()
    await printer.close()


async def test_a_printer_that_was_never_heard_is_told_with_its_remedy(peer: Slow) -> None:
    peer.set(fault="mute")
    printer = EscposPrinter("counter", Plugged(peer), Profile(), Patience(status=0.02, late=0.05))
    reasons = []
    for _ in range(3):
        with pytest.raises(DeviceDown) as raised:
            await printer.ready()
        reasons.append(raised.value.reason)

    assert "status=no" not in reasons[0]
    assert "status=no" in reasons[-1]


async def test_a_printer_that_used_to_answer_at_once_is_gone_rather_than_slow(
    peer: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printers.inquiry.LOST", 0.2)
    printer = EscposPrinter("counter", Plugged(peer), Profile(), LONG)
    await printer.ready()
    printer._inquiry = Inquiry("counter", printer.line, SHORT)
    printer._inquiry._answered(0.0)
    peer.set(fault="mute")

    for _ in range(4):
        with pytest.raises(DeviceDown, match=r"^(?!.*status=no)"):
            await printer.ready()

    assert printer._inquiry._wait <= 0.2, "and is found again soon after it is back"
    await printer.close()


def test_barriers_are_counted_and_an_answer_that_nobody_asked_for_counts_for_none() -> None:
    now = [0.0]
    barriers = Barriers(lambda: now[0])
    barriers.passed()
    first, second = barriers.sent(), barriers.sent(behind=JOB)
    now[0] = 3.0
    barriers.passed()

    assert (first, second) == (1, 2)
    assert barriers.has_passed(first)
    assert not barriers.has_passed(second)
    assert (barriers.owed, barriers.reaction, barriers.waited) == (1, 3.0, 3.0)


def test_what_is_owed_is_due_as_late_as_the_answer_before_it() -> None:
    now = [0.0]
    barriers = Barriers(lambda: now[0])
    barriers.sent()
    now[0] = 2.0
    barriers.sent()
    now[0] = 5.0
    barriers.passed()

    assert barriers.due == 2.0


def test_a_printer_that_needs_long_is_given_that_everywhere() -> None:
    slow, usual = Patience.with_a(6), Patience()

    assert (slow.status, slow.settle - usual.settle, slow.barrier - usual.barrier) == (6, 5, 5)
    assert slow.late > slow.status
    assert Patience.with_a(1) == usual
