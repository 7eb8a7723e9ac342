"""The owner of a printer: jobs in order, each printed once, each step kept before the next."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from msgspec.structs import replace

from devices.document import Document
from devices.errors import CONFIRMATION_LOST, DeviceDown, DeviceError, PrintLate, PrintUnknown, n_
from devices.events import HandedOver, Printed, PrintFound, PrintLost
from devices.health import State
from devices.jobs import CANNOT_SAY, Forgetful, Job, JobState, JobStore
from devices.owners import Owner
from devices.ports import Printer
from devices.printers.profile import Profile

logger = logging.getLogger(__name__)

Encode: TypeAlias = Callable[[Document, Profile], Awaitable[bytes]]

UNPRINTABLE = n_("it could not be made into a print")
INTERRUPTED = n_("the till was stopped while it printed")


READY_WITHIN = 60.0
"""Seconds: to connect, to be asked everything, and to end an earlier job; all of it as slowly as it is waited for."""


class PrintOwner(Owner[Printer]):
    """Owns a printer and the jobs that wait for it.

    A job that could not begin waits, and is tried again. A job that began and was not confirmed is never sent again
    by itself: it might be on paper.
    """

    kind = "printer"

    def __init__(self, name: str, device: Printer, profile: Profile) -> None:
        super().__init__(name, device)
        self.profile = profile
        self.encode: Encode = encode_here
        self.jobs: JobStore = Forgetful()
        self.settled: Callable[[Job], None] = lambda _: None
        """Told of each job that leaves this owner, in its last state."""
        self.found_late: Callable[[Job], bool] = lambda _: False
        """Told of a job in doubt that is on paper after all; whether anybody still wondered."""
        self.stuck: Callable[[], Awaitable[None]] = _nobody_helps
        """Awaited when nothing can be printed: somebody may take the jobs elsewhere."""
        self.idle = asyncio.Event()
        self.idle.set()
        self._remark = ""
        """What the printer had to say when it was last asked."""
        self._waiting: deque[Job] = deque()
        self._sending: Job | None = None
        self._late: list[tuple[Job, asyncio.Future[bool]]] = []
        """Jobs in doubt whose confirmation may still come."""

    @property
    def queue(self) -> int:
        """Jobs that wait, and the one that is being printed."""
        return len(self._waiting) + (self._sending is not None)

    @property
    def waiting(self) -> tuple[Job, ...]:
        """The jobs of which no byte has left, in order."""
        return tuple(self._waiting)

    @property
    def under_way(self) -> Job | None:
        """The job of which bytes have left, and whose end is not known yet."""
        return self._sending

    def submit(self, job: Job) -> None:
        """Print this after what waits."""
        self._waiting.append(job)
        self.idle.clear()
        self._wake.set()

    def withdraw(self, id_: str) -> Job | None:
        """Take a job back of which no byte has left; None: it is too late, or it is not here."""
        job = next((job for job in self._waiting if job.id == id_), None)
        if job is not None:
            self._waiting.remove(job)
            self._rest()
        return job

    async def give_up(self) -> tuple[Job, ...]:
        """Own it no more, once `run` has ended: gives what waited. A job that was cut off is in doubt."""
        await self._doubt_what_was_cut_off()
        waiting = self.waiting
        self._waiting.clear()
        self._rest()
        return waiting

    async def run(self) -> None:
        """Own the printer until cancelled; a job in which an earlier owner was cut off is not sent again."""
        await self._doubt_what_was_cut_off()
        await super().run()

    async def _doubt_what_was_cut_off(self) -> None:
        if self._sending is not None:
            self.device.interrupted()
            await self._lose(self._sending, PrintUnknown(device=self.name, reason=INTERRUPTED))

    async def look(self) -> None:
        """Bring the health up to date; a printer that can print may have something to remark."""
        with suppress(DeviceError):
            await self._ready()

    async def work(self) -> bool:
        """Print the first job that waits."""
        job = self._waiting[0]
        if self.health.state is State.OFFLINE:
            await self.stuck()  # before it is asked in vain, which takes its time
            if not self._waiting or self._waiting[0] is not job:
                return True
        try:
            data = await self._encoded(job)
        except DeviceError as error:
            self._waiting.remove(job)
            await self._lose(job, error)
            return True
        try:
            await self._ready()
        except DeviceError:
            await self.stuck()
            return not self._waiting
        if not self._waiting or self._waiting[0] is not job:
            return True  # it was taken back meanwhile
        # a reason of before would say of a job that was sent that nothing more can be known of it
        self._sending = replace(
            self._waiting.popleft(), state=JobState.SENDING, attempts=job.attempts + 1, reason=""
        )
        if not await self._kept(self._sending, data):
            self._take_back(job)
            return False
        return await self._print(job, self._sending, data)

    async def _ready(self) -> None:
        try:
            self._remark = await self.attempt(self.device.ready, limit=READY_WITHIN, remark=str)
        finally:
            await self._hear_of_late_ones()

    async def _hear_of_late_ones(self) -> None:
        late, self._late = self._late, []
        for job, told in late:
            if not told.done():
                self._late.append((job, told))
            elif told.result() and self.found_late(job):
                await self._kept(replace(job, state=JobState.CONFIRMED, reason=""))
                self.tell(PrintFound(self.name, job.id))

    def _noticed(self, trouble: DeviceError | None) -> None:
        self.found(trouble, self._remark)

    async def _woken(self, within: float | None) -> bool:
        """Wait to be woken; meanwhile others may have the printer."""
        await self.device.rest()
        return await super()._woken(within)

    async def _print(self, job: Job, sending: Job, data: bytes) -> bool:
        try:
            await self.attempt(
                lambda: self.device.send(data, self._noticed), unsure=PrintUnknown, remark=self._as_before
            )
            self._sending = sent = replace(sending, state=JobState.SENT)
            await self._kept(sent)
            sure = await self.attempt(
                lambda: self.device.confirm(data, self._noticed),
                unsure=PrintUnknown,
                remark=self._as_before,
            )
        except DeviceDown as error:
            # not a byte has left
            self._take_back(replace(job, reason=error.reason))
            await self._kept(self._waiting[0])
            return False
        except DeviceError as error:
            await self._lose(sending, error)
            return True
        await self._settle(
            replace(sent, state=JobState.CONFIRMED) if sure else replace(sent, reason=CANNOT_SAY)
        )
        self.tell(Printed(self.name, job.id) if sure else HandedOver(self.name, job.id))
        return True

    def _as_before(self, _: object) -> str:
        return self._remark

    async def _encoded(self, job: Job) -> bytes:
        if isinstance(job.content, bytes):
            return job.content
        try:
            return await self.encode(job.content, self.profile)
        except Exception as bug:
            # one document that cannot be encoded must not hold up those behind it
            logger.exception("print job %s could not be encoded", job.id)
            raise DeviceError(device=self.name, reason=UNPRINTABLE) from bug

    async def _kept(self, job: Job, data: bytes | None = None) -> bool:
        """Keep how far a job has come; False: that failed, and the disk must not be trusted with more."""
        try:
            await self.jobs.move(job, data)
        except Exception:
            # a disk that is full must not end the printer's owner: what cannot be kept is not begun
            logger.exception("print job %s could not be kept as %s", job.id, job.state)
            return False
        return True

    async def _lose(self, job: Job, error: DeviceError) -> None:
        unsure = isinstance(error, PrintUnknown)
        reason = error.reason or CONFIRMATION_LOST
        if isinstance(error, PrintLate) and error.later is not None:
            self._late.append((job, error.later))
        await self._settle(replace(job, state=JobState.UNKNOWN if unsure else JobState.FAILED, reason=reason))
        self.tell(PrintLost(self.name, job.id, error.slug, error.template, reason))

    async def _settle(self, job: Job) -> None:
        await self._kept(job)
        self._sending = None
        self.settled(job)
        self._rest()

    def _take_back(self, job: Job) -> None:
        self._waiting.appendleft(job)
        self._sending = None

    def _rest(self) -> None:
        if not self.queue:
            self.idle.set()


async def _nobody_helps() -> None:
    """What waits goes on waiting."""


async def encode_here(document: Document, profile: Profile) -> bytes:
    """Encode on the loop: for a printer without a counter."""
    from devices.printers.escpos import encode  # noqa: PLC0415 - takes a third of a second, so only to print

    return encode(document, profile)
