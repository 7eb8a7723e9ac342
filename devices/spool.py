"""All the print jobs of one till: which printer gets what, what waits, and what nobody knows the end of."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from devices.document import Document, Text
from devices.errors import BadDevice, DeviceError, NoJob, UnknownDevice, n_
from devices.health import State
from devices.jobs import Forgetful, Job, JobState, JobStore
from devices.printers.owner import INTERRUPTED, PrintOwner

logger = logging.getLogger(__name__)

RECEIPT = "receipt"
KITCHEN = "kitchen"
LABEL = "label"
"""Both a kind of document and the kind of printer that it needs."""
NEEDS = n_("a {document} needs a {kind}")


class Spool:
    """The print jobs of a counter.

    Args:
        printers: in the order of the counter; the first prints what is assigned to none.
        documents: the printer's name for each kind of document.
        jobs: where jobs are kept beyond the end of the program.
    """

    def __init__(
        self,
        printers: Iterable[PrintOwner] = (),
        documents: Mapping[str, str] | None = None,
        jobs: JobStore | None = None,
    ) -> None:
        self._printers: dict[str, PrintOwner] = {}
        self._documents: dict[str, str] = {}
        self._unknown: dict[str, Job] = {}
        self._stranded: dict[str, Job] = {}
        """Jobs that wait for a printer which this till has not."""
        self._held: dict[str, Job] = {}
        """Jobs that waited and are being given up."""
        self._moving = 0
        """Jobs that are on their way from one printer to another."""
        self._arrived = asyncio.Event()
        self._restored = False
        self._jobs = jobs or Forgetful()
        self.rerouted: Callable[[Job, str], None] = lambda _job, _to: None
        """Told of a job that waited, and of the printer that stands in for its own."""
        self.doubted: Callable[[Job], None] = lambda _: None
        """Told of a job that somebody has to look for from now on."""
        self._serve(printers, documents or {})

    def _serve(self, printers: Iterable[PrintOwner], documents: Mapping[str, str]) -> None:
        self._printers = {printer.name: printer for printer in printers}
        self._documents = dict(documents)
        for printer in self._printers.values():
            printer.jobs = self._jobs
            printer.settled = self._settled
            printer.found_late = self._found_late
            printer.stuck = partial(self._stand_in, printer)

    async def refit(self, printers: Iterable[PrintOwner], documents: Mapping[str, str]) -> None:
        """Have these printers from now on; what waited for one that is gone is printed where such documents go."""
        before = list(self._printers.values())
        self._serve(printers, documents)
        gone = [printer for printer in before if printer not in self._printers.values()]
        left = [job for printer in gone for job in await printer.give_up()]
        for job in (*self._stranded.values(), *left):
            await self._find_printer(job)

    def keep_in(self, jobs: JobStore) -> None:
        """Keep jobs there from now on; before the first start."""
        self._jobs = jobs
        for printer in self._printers.values():
            printer.jobs = jobs

    @property
    def unknown(self) -> tuple[Job, ...]:
        """The jobs that somebody has to look for on paper, the oldest first."""
        return tuple(self._unknown.values())

    def printer_for(self, document: str) -> str | None:
        """The printer that gets documents of this kind; None: there is none."""
        kind = LABEL if document == LABEL else PrintOwner.kind
        able = [name for name, owner in self._printers.items() if owner.kind == kind]
        assigned = (self._documents.get(of) for of in (document, RECEIPT))
        return next((name for name in assigned if name in able), able[0] if able else None)

    def kitchens(self, families: Sequence[str]) -> tuple[str, ...]:
        """The printers that get orders of goods of a family: those with it, else that of the document `kitchen`.

        Args:
            families: the family, that which holds it, and so on: the nearest that some printer has counts.
        """
        for family in families:
            if own := [name for name, owner in self._printers.items() if family in owner.profile.families]:
                return tuple(own)
        usual = self.printer_for(KITCHEN)
        return (usual,) if usual is not None and not self._printers[usual].profile.families else ()

    @property
    def takes_orders(self) -> bool:
        """Whether a printer was chosen for orders for the kitchen, all or those of some families."""
        return KITCHEN in self._documents or any(map(self.has_families, self._printers))

    def has_families(self, name: str) -> bool:
        """Whether a printer gets the orders of families of its own."""
        return bool(self._printers[name].profile.families)

    def job(
        self, content: Document | bytes, document: str = RECEIPT, ticket: str = "", to: str | None = None
    ) -> Job | None:
        """A job for a document; nothing happens before it is submitted. None: there is no printer for it.

        Raises:
            UnknownDevice: there is no printer of the name `to`.
            BadDevice: it does not print such documents.
        """
        if to is not None:
            self._check(to, document)
        name = to or self.printer_for(document)
        return None if name is None else Job(uuid.uuid4().hex, name, content, document, ticket)

    def _check(self, name: str, document: str) -> None:
        if name not in self._printers:
            raise UnknownDevice(device=name)
        if not self._prints(name, document):
            needed = LABEL if document == LABEL else PrintOwner.kind
            raise BadDevice(device=name, reason=NEEDS, document=document, kind=needed)

    def _prints(self, name: str, document: str) -> bool:
        """Whether a printer prints such documents: labels, or what is no label."""
        return (self._printers[name].kind == LABEL) == (document == LABEL)

    def submit(self, job: Job) -> None:
        """Print a job behind what waits for its printer. Never waits."""
        self._printers[job.device].submit(job)

    def withdraw(self, id_: str) -> Job | None:
        """Take a job back of which no byte has left; None: it is too late."""
        if id_ in self._stranded:
            return self._stranded.pop(id_)
        found = (printer.withdraw(id_) for printer in self._printers.values())
        return next((job for job in found if job is not None), None)

    async def restore(self) -> None:
        """Take up the jobs of before: what waited is printed; what was under way is unknown, and is not."""
        if self._restored:
            return
        self._restored = True
        for job in await self._jobs.unsettled():
            if job.state is JobState.QUEUED:
                await self._find_printer(job)
                continue
            lost = job
            if job.state in (JobState.SENDING, JobState.SENT):
                lost = replace(job, state=JobState.UNKNOWN, reason=INTERRUPTED)
                await self._jobs.move(lost)
            self._unknown[job.id] = lost
            # half of it may be in the printer still
            if (owner := self._printers.get(job.device)) is not None:
                owner.device.interrupted()

    async def _find_printer(self, job: Job) -> None:
        """Let a job that waits be printed by its printer, or else by the one that gets such documents."""
        self._stranded.pop(job.id, None)
        name = job.device if job.device in self._printers else self.printer_for(job.document)
        if name is None:
            self._stranded[job.id] = job
            logger.warning("print job %s waits for %s, which this till has not", job.id, job.device)
            return
        if name != job.device:
            job = replace(job, device=name)
            await self._jobs.move(job)
        self.submit(job)

    def stand_in_for(self, name: str) -> str | None:
        """The printer that stands in for the one named, if it can print now."""
        printer = self._printers.get(name)
        other = self._printers.get(printer.profile.fallback) if printer else None
        if printer is None or other is None or other is printer or other.kind != printer.kind:
            return None
        return other.name if other.health.state is State.ONLINE else None

    async def _stand_in(self, printer: PrintOwner) -> None:
        """A printer cannot print: what waits for it goes to the one that stands in for it, if that can."""
        other = self.stand_in_for(printer.name)
        for job in printer.waiting if other is not None else ():
            await self.reroute(job.id, other or "")
            self.rerouted(job, other or "")

    def again(self, id_: str, banner: str, to: str | None = None) -> tuple[Job, Job]:
        """Give a job up and make another for the same content, marked: to be kept together, then `settle` and `submit`.

        Args:
            banner: stands at the top of the new print, so that it is known from one that came out after all.

        Returns:
            The job given up, and the new one.

        Raises:
            NoJob: nobody has to look for it.
            UnknownDevice: there is no printer of the name `to`.
        """
        old = self._looked_for(id_)
        made = self.job(_marked(old.content, banner), old.document, old.ticket, to or self._known(old.device))
        if made is None:
            raise UnknownDevice(device=old.device)
        return replace(old, state=JobState.FAILED, reason=n_("it was printed again")), made

    def dropped(self, id_: str, reason: str) -> Job:
        """A job given up, for a reason: one in doubt, or one that waits, which is held from now on.

        To be kept, then `settle`; if it cannot be kept, `hold_no_more`.

        Raises:
            NoJob: it is neither.
        """
        job = self.withdraw(id_)
        if job is not None:
            self._held[id_] = job
        else:
            job = self._looked_for(id_)
        return replace(job, state=JobState.FAILED, reason=reason)

    def hold_no_more(self, id_: str) -> None:
        """A job that waited was not given up after all: it waits again."""
        if (job := self._held.pop(id_, None)) is not None:
            self._put_back(job)

    def settle(self, id_: str) -> None:
        """Nobody has to look for this job any more."""
        self._unknown.pop(id_, None)
        self._held.pop(id_, None)

    async def reroute(self, id_: str, to: str) -> Job:
        """Print a job that still waits on another printer.

        Raises:
            NoJob: it does not wait any more.
            UnknownDevice: there is no printer of that name.
            BadDevice: it does not print such documents.
        """
        if to not in self._printers:
            raise UnknownDevice(device=to)
        job = self.withdraw(id_)
        if job is None:
            raise NoJob(job=id_)
        try:
            self._check(to, job.document)
        except DeviceError:
            self._put_back(job)
            raise
        moved = replace(job, device=to)
        self._moving += 1
        try:
            await self._jobs.move(moved)
        except BaseException:
            self._put_back(job)
            raise
        else:
            self.submit(moved)
        finally:
            self._moving -= 1
            self._arrived.set()
        return moved

    def _put_back(self, job: Job) -> None:
        if job.device in self._printers:
            self.submit(job)
        else:
            self._stranded[job.id] = job

    def under_way(self) -> tuple[Job, ...]:
        """The jobs that are being printed, or that hang: their end is not known yet."""
        jobs = (printer.under_way for printer in self._printers.values())
        return tuple(job for job in jobs if job is not None)

    def waiting(self) -> tuple[Job, ...]:
        """The jobs that wait, printer by printer."""
        waiting = (job for printer in self._printers.values() for job in printer.waiting)
        return (*waiting, *self._stranded.values())

    @property
    def printers(self) -> tuple[str, ...]:
        """The names of the printers, in the order of the counter."""
        return tuple(self._printers)

    async def printed(self) -> None:
        """Wait until no printer has anything left to print."""
        while self._moving or any(not printer.idle.is_set() for printer in self._printers.values()):
            if self._moving:
                self._arrived.clear()
                await self._arrived.wait()
            for printer in self._printers.values():
                await printer.idle.wait()

    def _settled(self, job: Job) -> None:
        if job.state is JobState.UNKNOWN:
            self._unknown[job.id] = job
            self.doubted(job)

    def _found_late(self, job: Job) -> bool:
        """A job in doubt is on paper after all, unless somebody has seen to it meanwhile."""
        return self._unknown.pop(job.id, None) is not None

    def _looked_for(self, id_: str) -> Job:
        if id_ not in self._unknown:
            raise NoJob(job=id_)
        return self._unknown[id_]

    def _known(self, name: str) -> str | None:
        return name if name in self._printers else None


def _marked(content: Document | bytes, banner: str) -> Document | bytes:
    if isinstance(content, Document):
        return Document((Text(banner, "center", bold=True), *content.blocks), again=True)
    return content
