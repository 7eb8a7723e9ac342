"""Print jobs on a printer that speaks its protocol: each once, in order, and kept at every step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from devices.counter import Counter
from devices.document import Document
from devices.errors import BadDevice, DeviceDown, NoJob, UnknownDevice
from devices.events import HandedOver, HealthChanged, Printed, PrintLost, Rerouted
from devices.health import State
from devices.jobs import CANNOT_SAY, Job, JobState, decode_content, encode_content
from devices.printers.owner import PrintOwner
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.virtual.escpos import EscposPeer
from devices.virtual.peer import Plugged
from tests.waiting import PATIENCE

Note = Callable[[str], Document]
QUICK = Patience(status=0.2, barrier=0.2, poll=0.05, stuck=0.1, settle=0.1, quiet=0.02)


class Ledger:
    """Keeps jobs as a till's database does, until it is told to break."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.steps: list[tuple[str, JobState]] = []
        self.broken = False
        self.refused = asyncio.Event()

    def add(self, job: Job) -> Job:
        self.jobs[job.id] = job
        return job

    async def unsettled(self) -> tuple[Job, ...]:
        ended = (JobState.CONFIRMED, JobState.FAILED)
        return tuple(job for job in self.jobs.values() if job.state not in ended)

    async def move(self, job: Job, data: bytes | None = None) -> None:
        if self.broken:
            self.refused.set()
            raise OSError(28, "No space left on device")
        if job.id in self.jobs:
            assert (data is not None) == (job.state is JobState.SENDING)
            self.jobs[job.id] = job
            self.steps.append((job.id, job.state))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def peer() -> EscposPeer:
    return EscposPeer()


def made(
    peer: EscposPeer, ledger: Ledger, happenings: Any, *others: EscposPeer, patience: Patience = QUICK
) -> Counter:
    owners = []
    for name, at in zip(("counter", "kitchen"), (peer, *others), strict=False):
        owner = PrintOwner(name, EscposPrinter(name, Plugged(at), Profile(), patience), Profile())
        owner.poll = 0.05
        owners.append(owner)
    counter = Counter(owners, happenings)
    counter.spool.keep_in(ledger)
    return counter


@pytest.fixture
async def counter(peer: EscposPeer, ledger: Ledger, happenings: Any) -> AsyncIterator[Counter]:
    counter = made(peer, ledger, happenings)
    async with counter:
        yield counter


def submit(counter: Counter, ledger: Ledger, content: Document) -> Job:
    job = counter.spool.job(content, ticket="1-000001")
    assert job is not None
    counter.spool.submit(ledger.add(job))
    return job


async def printed(counter: Counter) -> None:
    async with asyncio.timeout(PATIENCE):
        await counter.printed()


def on_paper(peer: EscposPeer) -> list[str]:
    return ["\n".join(paper.lines).strip() for paper in peer.papers]


async def test_each_step_of_a_job_is_kept_before_the_next(
    counter: Counter, ledger: Ledger, peer: EscposPeer, note: Note
) -> None:
    job = submit(counter, ledger, note("one"))
    await printed(counter)

    states = [state for id_, state in ledger.steps if id_ == job.id]
    assert states == [JobState.SENDING, JobState.SENT, JobState.CONFIRMED]
    assert on_paper(peer) == ["one"]


async def test_jobs_wait_out_every_fault_and_print_once_in_order_by_themselves(
    counter: Counter, ledger: Ledger, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    texts = []
    for fault in ("paper_out", "cover", "cutter", "mute", "offline"):
        peer.set(fault=fault)
        texts.append(fault)
        submit(counter, ledger, note(fault))
        # the fault before may be seen to be gone first
        told = len(happenings.of(HealthChanged)) + 1
        while (await happenings.until(HealthChanged, told))[told - 1].health.state is State.ONLINE:
            told += 1
    assert counter.list()[0].queue == len(texts)
    assert not peer.papers

    peer.set(fault=None)
    await printed(counter)

    assert on_paper(peer) == texts
    assert counter.list()[0].health is State.ONLINE


async def test_a_job_that_cannot_be_kept_as_sending_does_not_leave(
    counter: Counter, ledger: Ledger, peer: EscposPeer, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.broken = True
    submit(counter, ledger, note("one"))
    async with asyncio.timeout(PATIENCE):
        await ledger.refused.wait()
    assert not peer.papers

    ledger.broken = False
    counter.retry("counter")
    await printed(counter)

    assert on_paper(peer) == ["one"]
    assert "could not be kept" in caplog.text


async def test_after_a_start_what_waited_prints_and_what_was_under_way_is_in_doubt(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    before = made(peer, ledger, happenings)
    jobs = {}
    for state in JobState:
        job = before.spool.job(note(state.value))
        assert job is not None
        jobs[state] = ledger.add(replace(job, state=state))

    async with made(peer, ledger, happenings) as counter:
        await printed(counter)

        assert on_paper(peer)[-1] == "queued"
        assert peer.count == 2, "a cut before it: something may have been broken off"
        doubtful = {job.id for job in counter.spool.unknown}
        assert doubtful == {jobs[state].id for state in (JobState.SENDING, JobState.SENT, JobState.UNKNOWN)}
        assert all(ledger.jobs[id_].state is JobState.UNKNOWN for id_ in doubtful)


async def test_after_a_start_the_rest_of_a_job_in_doubt_is_cut_off_the_next_one(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    half = made(peer, ledger, happenings).spool.job(note("half"))
    assert half is not None
    ledger.add(replace(half, state=JobState.UNKNOWN))
    line = Plugged(peer)
    await line.open()
    await line.write(b"\x1b@half of a rec")
    async with made(peer, ledger, happenings) as counter:
        counter.print(note("whole"))
        await printed(counter)

    assert on_paper(peer) == ["half of a rec", "whole"]


async def test_a_job_of_a_printer_that_is_gone_goes_where_receipts_go(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    ledger.add(Job("a", "removed", note("one")))

    async with made(peer, ledger, happenings) as counter:
        await printed(counter)

    assert on_paper(peer) == ["one"]


async def test_a_job_that_waits_can_go_to_another_printer(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    kitchen = EscposPeer("kitchen")
    peer.set(fault="paper_out")
    async with made(peer, ledger, happenings, kitchen) as counter:
        job = submit(counter, ledger, note("one"))
        await counter.spool.reroute(job.id, "kitchen")
        await printed(counter)

        assert on_paper(kitchen) == ["one"]
        with pytest.raises(NoJob):
            await counter.spool.reroute(job.id, "counter")
        with pytest.raises(UnknownDevice):
            await counter.spool.reroute(job.id, "nobody")
    assert not peer.papers


async def test_a_receipt_goes_to_no_label_printer_and_stays_where_it_waits(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    counter = made(peer, ledger, happenings, EscposPeer("labels"))
    counter.owners[1].__dict__["kind"] = "label"
    peer.set(fault="paper_out")
    async with counter:
        job = submit(counter, ledger, note("one"))
        with pytest.raises(BadDevice):
            await counter.spool.reroute(job.id, "kitchen")
        with pytest.raises(BadDevice):
            counter.spool.job(note("one"), to="kitchen")

        assert [waiting.id for waiting in counter.spool.waiting()] == [job.id]


async def test_another_printer_stands_in_for_one_that_cannot_print_and_they_never_play_ball(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    kitchen = EscposPeer("kitchen")
    counter = made(peer, ledger, happenings, kitchen)
    for owner, other in zip(counter.owners, ("kitchen", "counter"), strict=True):
        assert isinstance(owner, PrintOwner)
        owner.profile = Profile(fallback=other)
    async with counter:
        await happenings.until(HealthChanged, 2)
        peer.set(fault="paper_out")
        first = submit(counter, ledger, note("one"))
        await printed(counter)
        assert on_paper(kitchen) == ["one"]
        assert [(event.device, event.job, event.to) for event in happenings.of(Rerouted)] == [
            ("counter", first.id, "kitchen")
        ]

        kitchen.set(fault="paper_out")
        counter.retry()
        await happenings.until(HealthChanged, 4)
        submit(counter, ledger, note("two"))
        peer.set(fault=None)
        counter.retry()
        await printed(counter)

    assert on_paper(peer) == ["two"]
    assert on_paper(kitchen) == ["one"]


async def test_a_printer_that_is_known_to_be_silent_keeps_no_job_from_the_one_that_stands_in_for_it(
    peer: EscposPeer, ledger: Ledger, happenings: Any, note: Note
) -> None:
    kitchen = EscposPeer("kitchen")
    counter = made(peer, ledger, happenings, kitchen, patience=Patience(status=PATIENCE, late=PATIENCE))
    silent = counter.owners[0]
    assert isinstance(silent, PrintOwner)
    silent.profile, silent.poll = Profile(fallback="kitchen"), None
    async with counter, asyncio.timeout(PATIENCE / 2):
        await happenings.until(HealthChanged, 2)
        peer.set(fault="mute")
        silent.found(DeviceDown(device="counter"))
        submit(counter, ledger, note("one"))
        await printed(counter)

    assert on_paper(kitchen) == ["one"]


async def test_a_printer_unplugged_in_a_job_leaves_it_in_doubt_and_goes_on_with_the_next(
    counter: Counter, ledger: Ledger, peer: EscposPeer, happenings: Any, note: Note
) -> None:
    submit(counter, ledger, note("zero"))
    await printed(counter)
    peer.cut_after = peer.received + 27  # four questions, and the beginning of the job
    first = submit(counter, ledger, note("one"))
    second = submit(counter, ledger, note("two"))

    await printed(counter)

    assert [event.job for event in happenings.of(PrintLost)] == [first.id]
    assert [job.id for job in counter.spool.unknown] == [first.id]
    assert happenings.of(Printed)[-1].job == second.id
    assert sum("two" in paper for paper in on_paper(peer)) == 1


async def test_why_a_job_once_waited_is_forgotten_when_it_leaves(
    counter: Counter, ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sent` with a reason is the end of a job on a printer that cannot say: any other is in doubt after a crash."""
    job = counter.spool.job(note("one"))
    assert job is not None
    seen: list[tuple[JobState, str]] = []
    keep = ledger.move

    async def move(moved: Job, data: bytes | None = None) -> None:
        seen.append((moved.state, moved.reason))
        await keep(moved, data)

    monkeypatch.setattr(ledger, "move", move)
    counter.spool.submit(ledger.add(replace(job, reason="paper is out")))
    await printed(counter)

    assert seen == [(JobState.SENDING, ""), (JobState.SENT, ""), (JobState.CONFIRMED, "")]


async def test_a_printer_that_cannot_say_ends_its_jobs_as_sent(
    ledger: Ledger, happenings: Any, note: Note
) -> None:
    peer = EscposPeer()
    driver = EscposPrinter("counter", Plugged(peer), Profile(confirms=False), QUICK)
    counter = Counter([PrintOwner("counter", driver, Profile())], happenings)
    counter.spool.keep_in(ledger)
    async with counter:
        job = submit(counter, ledger, note("one"))
        await printed(counter)

    kept = ledger.jobs[job.id]
    assert (kept.state, kept.reason) == (JobState.SENT, CANNOT_SAY)
    assert not happenings.of(Printed)
    assert [event.job for event in happenings.of(HandedOver)] == [job.id]


async def test_many_long_receipts_through_a_slow_printer_come_out_whole_once_and_in_order(
    ledger: Ledger, happenings: Any, note: Note
) -> None:
    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    peer = EscposPeer(keep=100, sleep=at_once)
    peer.set(fault="slow")
    receipts = [
        "\n".join([f"ticket {number}", *(f"line {line} of {number}" for line in range(60))])
        for number in range(40)
    ]
    async with made(peer, ledger, happenings) as counter:
        for text in receipts:
            submit(counter, ledger, note(text))
        async with asyncio.timeout(PATIENCE):
            await counter.printed()

    assert on_paper(peer) == receipts
    assert peer.calls == 1


@pytest.mark.parametrize("content", [b"\x1b@raw", Document(())])
def test_what_a_job_prints_is_kept_and_read_again(content: Document | bytes, note: Note) -> None:
    assert decode_content(encode_content(content)) == content
    assert decode_content(encode_content(note("é €"))) == note("é €")
