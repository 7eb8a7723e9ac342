"""The driver of ESC/POS receipt printers, on any transport.

Before a job the printer is asked whether it can print; after it, a barrier is answered once all of it is on paper
(`GS r`, in its turn). Only what is answered is confirmed: a print service that reports a job as completed does so with
the paper out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from msgspec import Struct

from devices.errors import NO_ANSWER, TOO_LATE, DeviceDown, NotReady, PrintUnknown, n_
from devices.ports import Notice
from devices.printers.line import PrinterLine
from devices.printers.measure import paper_length
from devices.printers.profile import Profile
from devices.printers.status import (
    BARRIER,
    SPEAK_UP,
    Question,
    buffered_pulse,
    pin_high,
    pulse,
    remark,
    trouble,
)
from devices.printers.stuck import Stuck
from devices.transports import Transport, TransportError

STILL_BUSY = n_("it is still busy with what it was sent before")
ONE_WAY = n_("it cannot be asked")
NEVER_SAYS = n_("it never says what is on paper; if its prints come out, give it the option confirms=no")

SEPARATION = b"\n\x1d\x56\x42\x00"
"""Cuts off the remains of a job that was broken off, so that they are not taken for the top of the next."""
PADDING = bytes(256)
"""Ends what a command that was cut short still waits for; between commands, printers pass NULs over."""


class Patience(Struct, frozen=True):
    """How long a printer is waited for, in seconds."""

    status: float = 1.0
    barrier: float = 5.0
    """And another second for each 10 cm of paper."""
    poll: float = 2.0
    """Between two looks at why a barrier is not passed."""
    stuck: float = 5.0
    """Without a byte being taken, before that is told."""
    settle: float = 2.0
    """For a printer that may still be busy with an earlier job."""
    quiet: float = 0.3
    """For an answer that belongs to a job before."""
    again: float = 0.4
    """Before a printer that others use is called once more to open a drawer."""


class EscposPrinter:
    """A receipt printer. Every method may be called from the printer's owner and from its drawer's."""

    driver = "escpos"

    def __init__(
        self, name: str, transport: Transport, profile: Profile, patience: Patience | None = None
    ) -> None:
        self.name = name
        self.line = PrinterLine(transport, shared=profile.shared)
        self._profile = profile
        self._patience = patience or Patience()
        self._doubt = False
        """A job was broken off: the printer may wait for its rest."""
        self._settled = False
        """On this connection, nothing of an earlier job is left to be done."""
        self._given_up = False
        """It was asked long enough whether it passes barriers, and had passed none."""
        self._prints = False
        """It uses the line, from `ready` to `rest`."""
        self._call = 0
        """The connection on which it was found ready; a job goes there or nowhere."""
        self._job_call = 0
        """The connection of the last job, on which alone it is confirmed."""
        self._free = asyncio.Event()
        """No job is under way, from its first byte to its confirmation."""
        self._free.set()
        self._silent: set[Question] = set()
        """Questions that this printer does not answer; the first it must."""
        self._barriers = 0
        self._listeners: list[Callable[[], None]] = []
        self.line.changed = self._changed

    def on_change(self, told: Callable[[], None]) -> None:
        """Call this when the printer says by itself that something is otherwise than before."""
        self._listeners.append(told)

    def _changed(self) -> None:
        for told in self._listeners:
            told()

    async def probe(self) -> None:
        """Ask whether it can print."""
        await self.ready()

    async def ready(self) -> str:
        """See that it can print, and has nothing left of an earlier job. Gives a remark: paper is nearly out."""
        if not self._prints:
            self._prints = True
            self.line.take()
        return await self._able()

    async def _able(self) -> str:
        answers = await self._awake()
        self._call = self.line.calls
        if not answers:
            return ""
        for question in Question:
            if question not in self._silent and question not in answers:
                answer = await self._ask(question)
                if answer is None:
                    self._silent.add(question)
                else:
                    answers[question] = answer
        if (found := trouble(self.name, answers)) is not None:
            raise found
        await self._settle()
        return remark(answers)

    async def send(self, job: bytes, notice: Notice) -> None:
        """Give it one whole job, at its own pace, and the barrier behind it."""
        asked = self._confirms
        data = (SEPARATION if self._doubt else b"") + job + (BARRIER if asked else b"")
        doubted, self._doubt = self._doubt, True
        stuck = Stuck(self.name, self._patience.stuck, notice)
        self._free.clear()
        self._job_call = self._call
        try:
            await self.line.send(data, call=self._job_call, whole=not asked, moved=stuck.moved)
        except TransportError as error:
            await self._break_off()
            if error.untouched:
                self._doubt = doubted
                raise DeviceDown(device=self.name, reason=error.reason) from error
            raise PrintUnknown(device=self.name, reason=error.reason) from error
        except asyncio.CancelledError:
            await self._break_off()  # or the next job's bytes would follow half of this one's
            raise
        finally:
            stuck.over()
        self._barriers += asked

    async def confirm(self, job: bytes, notice: Notice) -> bool:
        """Wait until the job is on paper. False: this printer can never say."""
        if not self._confirms:
            self._doubt = False
            self._free.set()
            return False
        try:
            await self._wait_for_barrier(self._allowance(job), notice)
        except DeviceDown as lost:
            await self._break_off()
            if self._never_says:
                self._doubt = False  # all of it has left: nothing waits for its rest
            raise PrintUnknown(
                device=self.name, reason=NEVER_SAYS if self._never_says else lost.reason
            ) from lost
        except asyncio.CancelledError:
            await self._break_off()
            raise
        self._doubt = False
        self._free.set()
        return True

    async def _break_off(self) -> None:
        self._free.set()
        await self.line.close()

    async def _wait_for_barrier(self, allowed: float, notice: Notice) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + allowed
        while not await self._passed(min(self._patience.poll, max(0.0, until - loop.time())), self._job_call):
            held_up = await self._held_up()
            notice(held_up)
            if held_up is not None:
                until = loop.time() + allowed  # it stands still, and goes on once somebody has seen to it
            elif loop.time() >= until:
                raise DeviceDown(device=self.name, reason=TOO_LATE)

    async def rest(self) -> None:
        """Let go of a line that others may want."""
        if self._prints:
            self._prints = False
            await self.line.leave()

    def interrupted(self) -> None:
        """A job may have been broken off before this program was started."""
        self._doubt = True

    async def kick(self, pin: Literal[2, 5], milliseconds: int, *, buffered: bool = False) -> None:
        """Pulse the drawer that is plugged into it, alone: never within a job, and never kept for later.

        Args:
            buffered: in its turn, for printers that do not know the real-time pulse; refused while the printer cannot
                print, since it would open by itself later.

        Raises:
            DeviceDown: no pulse was sent.
        """
        async with self.line.used():
            if buffered:
                await self._free.wait()  # behind a job it would wait for paper with it
                await self._able()
                await self._put(buffered_pulse(pin, milliseconds))
            else:
                await self._reached()
                await self._put(pulse(pin, milliseconds))

    async def _reached(self) -> None:
        """Reach it, in three tries where it may be another till's for the moment."""
        for _ in range(2 if self.line.shared else 0):
            with suppress(DeviceDown):
                await self._awake()
                return
            await asyncio.sleep(self._patience.again)
        await self._awake()

    async def reach(self) -> None:
        """See that it answers, whether or not it can print.

        Raises:
            DeviceDown: it does not.
        """
        async with self.line.used():
            await self._awake()

    async def pin_high(self) -> bool:
        """Whether pin 3 of the drawer's plug is high.

        Raises:
            DeviceDown: it cannot be asked.
        """
        async with self.line.used():
            answers = await self._awake()
        if not answers:
            raise DeviceDown(device=self.name, reason=ONE_WAY)
        return pin_high(answers[Question.PRINTER])

    async def close(self) -> None:
        """Let go of it."""
        await self.line.close()

    @property
    def _confirms(self) -> bool:
        return self._profile.confirms and self.line.transport.answers

    @property
    def _never_says(self) -> bool:
        """It does not know the barrier, as far as anybody can tell."""
        return self._given_up and not self.line.answers_barriers

    async def _awake(self) -> dict[Question, int]:
        """Reach the printer and hear it: its first answer, or nothing where nothing can come back.

        A connection kept through a power cut takes bytes and answers nothing: it is tried anew once, unless a job is
        under way on it.
        """
        fresh = await self._open()
        if not self.line.transport.answers:
            return {}
        try:
            answer = await self._ask(Question.PRINTER)
        except DeviceDown:
            if fresh:
                raise
            answer = None
        if answer is None and not self._free.is_set():
            raise DeviceDown(device=self.name, reason=NO_ANSWER)
        if answer is None and not fresh:
            await self.line.close()
            await self._open()
            answer = await self._ask(Question.PRINTER)
        if answer is None:
            await self.line.close()
            raise DeviceDown(device=self.name, reason=NO_ANSWER)
        return {Question.PRINTER: answer}

    async def _open(self) -> bool:
        try:
            fresh = await self.line.open()
        except TransportError as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error
        if fresh:
            self._barriers, self._settled = 0, False
        return fresh

    async def _ask(self, question: Question) -> int | None:
        try:
            return await self.line.status(question, self._patience.status)
        except TransportError as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error

    async def _settle(self) -> None:
        """Once a connection, and after each job in doubt: pass a barrier, so that nothing is left of what came before.

        The rest of a job would be mixed with the next one, and its late answer would confirm what is not on paper.
        """
        if self._settled and not self._doubt:
            return
        if self._confirms and not self._never_says:
            before, call = self.line.passed, self._call
            for tried in range(3):
                self._barriers += 1
                await self._put(PADDING + BARRIER if tried else BARRIER)
                if await self._passed(self._patience.settle, call) or self.line.passed > before:
                    break
            else:
                if self.line.answers_barriers:
                    raise NotReady(device=self.name, reason=STILL_BUSY)
                # a printer that knows no barrier prints all the same; one that was busy passes all of them in turn
                self._given_up = self._settled = True
                return
            if self._doubt:
                await self.line.pass_barrier(self.line.passed + 1, self._patience.quiet, call)
            self._barriers = self.line.passed
            if self._profile.speaks_up and not self._settled and not self.line.shared:
                await self._put(SPEAK_UP)  # it knows commands of status: it has just answered one
        self._settled = True

    async def _put(self, data: bytes) -> None:
        try:
            await self.line.send(data)
        except TransportError as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error

    async def _passed(self, within: float, call: int) -> bool:
        try:
            return await self.line.pass_barrier(self._barriers, within, call)
        except DeviceDown as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error

    async def _held_up(self) -> NotReady | None:
        """Why the barrier is not passed, as far as the printer says; None: it says nothing of the kind."""
        answers: dict[Question, int] = {}
        for question in Question:
            if question in self._silent:
                continue
            try:
                answer = await self._ask(question)
            except DeviceDown:
                return None
            if answer is None:
                return None
            answers[question] = answer
        found = trouble(self.name, answers)
        return found if isinstance(found, NotReady) else None

    def _allowance(self, job: bytes) -> float:
        """Seconds that the barrier may take: 5, and 1 for each 10 cm of paper; a slow line takes its own besides."""
        pace = self.line.transport.pace
        on_the_line = len(job) / pace if pace else 0.0
        return self._patience.barrier + paper_length(job) / 100 + on_the_line
