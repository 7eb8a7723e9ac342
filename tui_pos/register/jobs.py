"""Print jobs of the till: kept in its database with the step that asks for them, printed once that is on disk."""

from __future__ import annotations

import logging
from datetime import datetime

import msgspec

from devices.document import Document
from devices.jobs import Job, JobState, decode_content, encode_content
from sync.ports import Clock, SystemClock
from sync.store import JobRow, Store, Transaction
from tui_pos.inputs import DropPrint, PrintAgain, Reroute
from tui_pos.l10n import _, n_
from tui_pos.outcomes import Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.rights import Right
from tui_pos.sale.errors import NotAllowed

_log = logging.getLogger(__name__)

UNREADABLE = n_("it was kept by another version of this program")
BANNER = n_("*** PRINTED AGAIN ***")


class KeptJobs:
    """The print jobs that a till's database keeps, as the counter wants them."""

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock or SystemClock()

    async def unsettled(self) -> tuple[Job, ...]:
        """The jobs that have not ended, the oldest first; one that cannot be read has failed."""
        jobs = []
        for row in await self._store.spool.unsettled():
            try:
                jobs.append(_job(row))
            except (msgspec.MsgspecError, ValueError):
                _log.exception("print job %s cannot be read", row.id)
                failed = msgspec.structs.replace(row, state=JobState.FAILED.value, reason=UNREADABLE)
                async with self._store.transaction() as transaction:
                    await transaction.move_job(failed, self._now())
        return tuple(jobs)

    async def add(self, job: Job) -> None:
        """Keep a job that nothing was kept of yet; the counter takes it up at its next start."""
        async with self._store.transaction() as transaction:
            await transaction.add_job(_row(job, encode_content(job.content)), self._now())

    async def move(self, job: Job, data: bytes | None = None) -> None:
        """Keep how far a job has come."""
        async with self._store.transaction() as transaction:
            await transaction.move_job(_row(job, b""), self._now(), data)

    def _now(self) -> datetime:
        return self._clock.now()


async def add_job(
    desk: Desk,
    transaction: Transaction,
    document: Document,
    kind: str,
    ticket: str = "",
    to: str | None = None,
) -> Job | None:
    """Keep a job for a document with the step that asks for it; it is given to `print_job` once that is on disk.

    None: this till has no printer.
    """
    job = desk.counter.spool.job(document, kind, ticket, to)
    if job is not None:
        await transaction.add_job(_row(job, encode_content(job.content)), desk.now())
    return job


def print_job(desk: Desk, job: Job | None) -> None:
    """Print a job that is on disk. Never waits."""
    if job is not None:
        desk.counter.spool.submit(job)


@takes(PrintAgain, right=Right.REPRINT, session=False, while_paying=True)
async def print_again(desk: Desk, given: PrintAgain) -> Outcome:
    """Print again what may not be on paper: marked, and written down with its reason."""
    await give_again(desk, given.job, _reason(given.reason), given.to)
    return Outcome()


async def give_again(desk: Desk, job: str, reason: str, to: str | None = None) -> None:
    """Print a job in doubt again, marked, and write that down.

    Raises:
        NoJob, UnknownDevice: it is not in doubt, or there is no such printer.
        StoreError: it could not be kept; nothing changed.
    """
    spool = desk.counter.spool
    old, new = spool.again(job, _(BANNER), to)
    async with desk.transaction() as transaction:
        await transaction.move_job(_row(old, b""), desk.now())
        await transaction.add_job(_row(new, encode_content(new.content)), desk.now())
        await desk.note(
            transaction,
            "printed_again",
            document=old.document,
            number=old.ticket or None,
            reason=reason,
        )
    spool.settle(old.id)
    spool.submit(new)


@takes(DropPrint, session=False, while_paying=True)
async def drop_print(desk: Desk, given: DropPrint) -> Outcome:
    """Give up a print: its end is unknown and it is on paper, or it waits and nobody wants it."""
    spool, reason = desk.counter.spool, _reason(given.reason)
    dropped = spool.dropped(given.job, reason)
    try:
        async with desk.transaction() as transaction:
            await transaction.move_job(_row(dropped, b""), desk.now())
            await desk.note(
                transaction,
                "print_dropped",
                document=dropped.document,
                number=dropped.ticket or None,
                reason=reason,
            )
    except BaseException:
        spool.hold_no_more(dropped.id)
        raise
    spool.settle(dropped.id)
    return Outcome()


@takes(Reroute, session=False, while_paying=True)
async def reroute(desk: Desk, given: Reroute) -> Outcome:
    """Print on another printer what still waits for its own."""
    await desk.counter.spool.reroute(given.job, given.to)
    return Outcome()


def _reason(text: str) -> str:
    if not text.strip():
        raise NotAllowed(reason=n_("say why."))
    return text.strip()


def _row(job: Job, content: bytes) -> JobRow:
    return JobRow(
        job.id, job.device, job.document, job.ticket, content, job.state.value, job.attempts, job.reason
    )


def _job(row: JobRow) -> Job:
    return Job(
        row.id,
        row.device,
        decode_content(row.content),
        row.document,
        row.ticket,
        JobState(row.state),
        row.attempts,
        row.reason,
    )
