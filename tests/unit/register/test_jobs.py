"""Print jobs of the till: none is lost, none is printed twice by itself, whatever becomes of till and printer."""

from __future__ import annotations

import asyncio

import pytest

from devices.jobs import Job, JobState
from sync.store import JobRow
from tests.small_shop import COFFEE, LENTILS, Shop, Till, full_disk
from tests.waiting import PATIENCE
from tui_pos.errors import Refused
from tui_pos.inputs import DropPrint, Print, PrintAgain, Reroute


async def in_doubt(till: Till) -> tuple[Job, ...]:
    """The prints that somebody has to look for, once nothing prints any more."""
    async with asyncio.timeout(PATIENCE):
        await till.counter.printed()
    return till.counter.spool.unknown


def papers(till: Till) -> list[str]:
    return ["\n".join(paper.lines) for paper in till.twin("receipt").papers]


async def kept(till: Till) -> list[tuple[str, str]]:
    return [(row.ticket, row.state) for row in await till.store.spool.unsettled()]


async def test_a_receipt_that_waits_for_paper_prints_once_though_the_power_goes(
    shop: Shop, cashier: Till
) -> None:
    await cashier.counter.set("receipt", fault="paper_out")
    ticket = await cashier.sell(LENTILS)
    await cashier.give(Print("receipt"))
    assert await kept(cashier) == [(ticket.number, "queued")]

    till = await shop.power_cut()
    assert await in_doubt(till) == ()

    assert len(papers(till)) == 1
    assert str(ticket.number) in papers(till)[0]
    assert await kept(till) == []
    again = await shop.power_cut()
    assert await in_doubt(again) == ()
    assert papers(again) == []


async def test_a_receipt_cut_off_while_it_printed_is_in_doubt_and_not_sent_again(
    shop: Shop, cashier: Till
) -> None:
    ticket = await cashier.sell(LENTILS)
    await cashier.counter.set("receipt", fault="slow")
    await cashier.give(Print("receipt"))
    async with asyncio.timeout(PATIENCE):
        await shop.busy.wait()
    assert await kept(cashier) == [(ticket.number, "sending")]

    till = await shop.power_cut()

    (job,) = await in_doubt(till)
    assert (job.ticket, job.state, job.attempts) == (ticket.number, JobState.UNKNOWN, 1)
    assert papers(till) == []
    (still,) = await in_doubt(await shop.power_cut())
    assert still == job


async def test_a_lost_confirmation_leaves_the_print_in_doubt_until_somebody_has_looked(
    shop: Shop, cashier: Till
) -> None:
    await cashier.sell(LENTILS)
    await cashier.counter.set("receipt", fault="lost")
    await cashier.give(Print("receipt"))
    (job,) = await in_doubt(cashier)
    await cashier.counter.set("receipt", fault=None)

    assert (await cashier.refused(DropPrint(job.id, "  "))).slug == "not_allowed"
    await cashier.give(DropPrint(job.id, "it is on paper"))

    assert await in_doubt(cashier) == ()
    assert await kept(cashier) == []
    (event,) = await cashier.events("print_dropped")
    assert (event["number"], event["reason"], event["user"]) == (job.ticket, "it is on paper", "1")
    assert await in_doubt(await shop.power_cut()) == ()


async def test_a_print_that_was_not_found_is_printed_again_marked_and_written_down(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    await cashier.counter.set("receipt", fault="lost")
    await cashier.give(Print("receipt"))
    (job,) = await in_doubt(cashier)
    await cashier.counter.set("receipt", fault=None)

    await cashier.give(PrintAgain(job.id, "no paper came out"))

    assert await in_doubt(cashier) == ()
    first, second = papers(cashier)
    assert "PRINTED AGAIN" not in first
    assert "PRINTED AGAIN" in second.splitlines()[0]
    assert second.endswith(first)
    assert [event["reason"] for event in await cashier.events("printed_again")] == ["no paper came out"]
    assert (await cashier.refused(PrintAgain(job.id, "once more"))).slug == "bad_request"


async def test_oca_italy_4672_what_is_printed_again_is_the_receipt_that_was_missing_and_no_other(
    shop: Shop, cashier: Till
) -> None:
    numbers = []
    await cashier.counter.set("receipt", fault="lost")
    for code in (LENTILS, COFFEE):
        numbers.append((await cashier.sell(code)).number)
        await cashier.give(Print("receipt"))
        await in_doubt(cashier)

    till = await (await shop.power_cut()).sign_in()
    jobs = {job.ticket: job for job in await in_doubt(till)}
    assert list(jobs) == numbers
    await till.give(PrintAgain(jobs[numbers[0] or ""].id, "the first is missing"))

    assert [job.ticket for job in await in_doubt(till)] == numbers[1:]
    (paper,) = papers(till)
    assert str(numbers[0]) in paper
    assert str(numbers[1]) not in paper


async def test_printing_again_on_a_full_disk_changes_nothing(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    await cashier.counter.set("receipt", fault="lost")
    await cashier.give(Print("receipt"))
    (job,) = await in_doubt(cashier)

    with full_disk(), pytest.raises(Refused):
        await cashier.give(PrintAgain(job.id, "no paper came out"))

    assert await in_doubt(cashier) == (job,)
    assert len(papers(cashier)) == 1


async def test_a_print_that_waits_and_that_nobody_wants_is_dropped_for_good(
    shop: Shop, cashier: Till
) -> None:
    await cashier.counter.set("receipt", fault="paper_out")
    await cashier.sell(LENTILS)
    await cashier.give(Print("receipt"))
    (job,) = cashier.counter.spool.waiting()

    with full_disk(), pytest.raises(Refused):
        await cashier.give(DropPrint(job.id, "nobody wants it"))
    assert [waiting.id for waiting in cashier.counter.spool.waiting()] == [job.id]

    await cashier.give(DropPrint(job.id, "nobody wants it"))
    await cashier.counter.set("receipt", fault=None)

    assert cashier.counter.spool.waiting() == ()
    assert await in_doubt(cashier) == ()
    assert papers(cashier) == []
    assert [event["reason"] for event in await cashier.events("print_dropped")] == ["nobody wants it"]
    assert await in_doubt(await shop.power_cut()) == ()


async def test_what_waits_can_only_go_to_a_printer_that_is_there(cashier: Till) -> None:
    await cashier.counter.set("receipt", fault="paper_out")
    await cashier.sell(LENTILS)
    await cashier.give(Print("receipt"))
    (job,) = cashier.counter.spool.waiting()

    assert (await cashier.refused(Reroute(job.id, "kitchen"))).slug == "bad_request"
    assert (await cashier.refused(Reroute("nothing", "receipt"))).slug == "bad_request"
    await cashier.give(Reroute(job.id, "receipt"))

    assert [waiting.id for waiting in cashier.counter.spool.waiting()] == [job.id]


async def test_a_print_kept_by_another_program_is_given_up_and_holds_up_no_other(
    shop: Shop, cashier: Till
) -> None:
    strange = JobRow("x", "receipt", "receipt", "", b"\xc1", "queued")
    async with cashier.store.transaction() as transaction:
        await transaction.add_job(strange, shop.clock.now())
    await cashier.counter.set("receipt", fault="paper_out")
    await cashier.sell(LENTILS)
    await cashier.give(Print("receipt"))

    till = await shop.power_cut()

    assert await in_doubt(till) == ()
    assert len(papers(till)) == 1
    assert await kept(till) == []
