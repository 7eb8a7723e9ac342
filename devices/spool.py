"""The owner of a printer: jobs in order, each printed once."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec import Struct

from devices.document import Document
from devices.errors import CONFIRMATION_LOST, DeviceDown, DeviceError, PrintUnknown, n_
from devices.events import Printed, PrintLost
from devices.owners import Owner
from devices.ports import Printer
from devices.printers.profile import Profile

logger = logging.getLogger(__name__)

Encode: TypeAlias = Callable[[Document, Profile], Awaitable[bytes]]

UNPRINTABLE = n_("it could not be made into a print")


class Job(Struct, frozen=True):
    """Something to print: a document, or the bytes that a printer takes as they are."""

    id: str
    content: Document | bytes


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
        self.idle = asyncio.Event()
        self.idle.set()
        self._jobs: deque[Job] = deque()
        self._sending: Job | None = None

    @property
    def queue(self) -> int:
        """Jobs that wait, and the one that is being printed."""
        return len(self._jobs) + (self._sending is not None)

    def submit(self, content: Document | bytes) -> str:
        """Print this after what waits; gives the job's id."""
        job = Job(uuid.uuid4().hex, content)
        self._jobs.append(job)
        self.idle.clear()
        self._wake.set()
        return job.id

    async def run(self) -> None:
        """Own the printer until cancelled; a job in which an earlier owner was cut off is not sent again."""
        if self._sending is not None:
            self._lost(self._sending, PrintUnknown(device=self.name))
        await super().run()

    async def work(self) -> bool:
        """Print the first job that waits."""
        job = self._jobs[0]
        try:
            data = await self._encoded(job)
        except DeviceError as error:
            self._jobs.popleft()
            self._lost(job, error)
            return True
        self._sending = self._jobs.popleft()
        try:
            await self.attempt(lambda: self.device.print(data), unsure=PrintUnknown)
        except DeviceDown:
            self._jobs.appendleft(Job(job.id, data))
            self._sending = None
            return False
        except DeviceError as error:
            self._lost(job, error)
        else:
            self._settle()
            self.tell(Printed(self.name, job.id))
        return True

    async def _encoded(self, job: Job) -> bytes:
        if isinstance(job.content, bytes):
            return job.content
        try:
            return await self.encode(job.content, self.profile)
        except Exception as bug:
            # one document that cannot be encoded must not hold up those behind it
            logger.exception("print job %s could not be encoded", job.id)
            raise DeviceError(device=self.name, reason=UNPRINTABLE) from bug

    def _lost(self, job: Job, error: DeviceError) -> None:
        self._settle()
        reason = error.reason or CONFIRMATION_LOST
        self.tell(PrintLost(self.name, job.id, error.slug, error.template, reason))

    def _settle(self) -> None:
        self._sending = None
        if not self._jobs:
            self.idle.set()


async def encode_here(document: Document, profile: Profile) -> bytes:
    """Encode on the loop: for a printer without a counter."""
    from devices.printers.escpos import encode  # noqa: PLC0415 - takes a third of a second, so only to print

    return encode(document, profile)
