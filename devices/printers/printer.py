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

from devices.errors import NO_ANSWER, TOO_LATE, DeviceDown, NotReady, PrintLate, PrintUnknown, n_
from devices.ports import Notice
from devices.printers.barriers import Barriers
from devices.printers.inquiry import Inquiry
from devices.printers.line import PrinterLine
from devices.printers.measure import paper_length
from devices.printers.patience import Patience
from devices.printers.profile import Profile
from devices.printers.status import (
    BARRIER,
    SPEAK_UP,
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
NEVER_ANSWERS = n_("it does not answer; if it prints but never does, give it the option status=no")
NEVER_SAYS = n_("it never says what is on paper; if its prints come out, give it the option confirms=no")

SEPARATION = b"\n\x1d\x56\x42\x00"
"""Cuts off the remains of a job that was broken off, so that they are not taken for the top of the next."""
PADDING = bytes(256)
"""Ends what a command that was cut short still waits for; between commands, printers pass NULs over."""


class EscposPrinter:
    """A receipt printer. Every method may be called from the printer's owner and from its drawer's."""

    driver = "escpos"

    def __init__(
        self, name: str, transport: Transport, profile: Profile, patience: Patience | None = None
    ) -> None:
        self.name = name
        self._profile = profile
        self._patience = patience or Patience.with_a(profile.wait)
        self.line = PrinterLine(transport, shared=profile.shared, late=self._patience.late)
        self._inquiry = Inquiry(name, self.line, self._patience)
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
        self._free = asyncio.Event()
        """No job is under way, from its first byte to its confirmation."""
        self._free.set()
        self._overtime = 0.0
        """Seconds that its barriers need beyond what the rules give them."""
        self._barriers = self.line.barriers
        """Those of the connection of the last job."""
        self._barrier = 0
        """The number of the last job's."""
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
        first = await self._awake()
        self._call = self.line.calls
        answers = {} if first is None else await self._inquiry.whole(first)
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
        self._barriers = self.line.barriers
        self._barrier = self._barriers.sent(behind=job) if asked else 0
        try:
            await self.line.send(data, call=self._call, whole=not asked, moved=stuck.moved)
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

    async def confirm(self, job: bytes, notice: Notice) -> bool:
        """Wait until the job is on paper. False: this printer can never say."""
        if not self._confirms:
            self._doubt = False
            self._free.set()
            return False
        try:
            await self._wait_for_barrier(self._allowance(job), notice)
        except DeviceDown as lost:
            raise await self._lost(lost.reason) from lost
        except asyncio.CancelledError:
            await self._break_off()
            raise
        self._doubt = False
        self._free.set()
        return True

    async def _lost(self, reason: str) -> PrintUnknown:
        """What to say of a job whose confirmation did not come; where it may still come, its line is kept for that."""
        never = self._never_says
        known = NEVER_SAYS if never else reason
        if reason == TOO_LATE and self.line.is_open and not never:
            self._free.set()
            later, since = self._barriers.later(), asyncio.get_running_loop().time()
            later.add_done_callback(lambda told: self._came_late(since) if told.result() else None)
            return PrintLate(later, device=self.name, reason=known)
        await self._break_off()
        if never:
            self._doubt = False  # all of it has left: nothing waits for its rest
        return PrintUnknown(device=self.name, reason=known)

    def _came_late(self, since: float) -> None:
        """A job in doubt is on paper after all: the next one is given that much longer."""
        late = asyncio.get_running_loop().time() - since
        self._overtime = max(self._overtime, 1.5 * late)
        self._doubt = False
        self._changed()

    async def _break_off(self) -> None:
        self._free.set()
        await self.line.close()

    async def _wait_for_barrier(self, allowed: float, notice: Notice) -> None:
        loop = asyncio.get_running_loop()
        barriers, began = self._barriers, loop.time()

        def left() -> float:
            # those before it may have come late, and it will be as late
            slow = 1.5 * min(barriers.reaction, self._patience.late)
            return began + allowed + max(self._overtime, slow) - loop.time()

        while not await barriers.reach(self._barrier, min(self._patience.poll, max(0.0, left()))):
            held_up = await self._held_up()
            notice(held_up)
            if held_up is not None:
                began = loop.time()  # it stands still, and goes on once somebody has seen to it
            elif left() <= 0 and not barriers.has_passed(self._barrier):
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
        if self._inquiry.tardy:
            await self._open()  # a drawer that opens when it has answered does so too late
            return
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
            await (self._open() if self._inquiry.tardy else self._awake())

    async def pin_high(self) -> bool:
        """Whether pin 3 of the drawer's plug is high.

        Raises:
            DeviceDown: it cannot be asked.
        """
        async with self.line.used():
            answer = await self._awake()
        if answer is None:
            raise DeviceDown(device=self.name, reason=ONE_WAY)
        return pin_high(answer)

    async def close(self) -> None:
        """Let go of it."""
        await self.line.close()

    @property
    def _answers(self) -> bool:
        return self._profile.answers and self.line.transport.answers

    @property
    def _confirms(self) -> bool:
        return self._profile.confirms and self.line.transport.answers

    @property
    def _never_says(self) -> bool:
        """It does not know the barrier, as far as anybody can tell."""
        return self._given_up and not self.line.answers_barriers

    async def _awake(self) -> int | None:
        """Reach the printer and hear it: its first answer, or nothing where nothing can come back.

        A connection kept through a power cut takes bytes and answers nothing: it is tried anew once, unless a job is
        under way on it, or its end may still come.
        """
        fresh = await self._open()
        if not self._answers:
            return None
        try:
            answer = await self._inquiry.first()
        except DeviceDown:
            if fresh:
                raise
            answer = None
        if answer is None and (self.line.listens or not self._free.is_set()):
            raise DeviceDown(device=self.name, reason=NO_ANSWER)
        if answer is None and not fresh:
            await self.line.close()
            await self._open()
            answer = await self._inquiry.first()
        if answer is None:
            self._inquiry.unanswered()
            await self.line.close()
            silent = NEVER_ANSWERS if self._inquiry.wordless else NO_ANSWER
            raise DeviceDown(device=self.name, reason=silent)
        return answer

    async def _open(self) -> bool:
        try:
            fresh = await self.line.open()
        except TransportError as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error
        if fresh:
            self._settled = False
        return fresh

    async def _settle(self) -> None:
        """Once a connection, and after each job in doubt: pass a barrier, so that nothing is left of what came before.

        The rest of a job would be mixed with the next one, and its late answer would confirm what is not on paper.
        """
        if self._settled and not self._doubt:
            return
        if self._confirms and not self._never_says:
            if not await self._caught_up():
                if self.line.answers_barriers:
                    raise NotReady(device=self.name, reason=STILL_BUSY)
                # a printer that knows no barrier prints all the same; one that was busy passes all of them in turn
                self._given_up = self._settled = True
                return
            if self._profile.speaks_up and not self._settled and not self.line.shared:
                await self._put(SPEAK_UP)  # it knows commands of status: it has just answered one
        self._settled = True

    async def _caught_up(self) -> bool:
        """Have it pass a barrier, in three tries, and all those that are owed; False: it passes none."""
        barriers, within = self.line.barriers, self._patience.settle + self._overtime
        for tried in range(3):
            owed, number = barriers.owed, barriers.sent()
            await self._put(PADDING + BARRIER if tried else BARRIER)
            if await self._passed(barriers, number, within) or barriers.owed <= owed:
                break
        else:
            return False
        rest = min(self._patience.late, barriers.due + self._patience.quiet)
        if barriers.owed and not await self._passed(barriers, number, rest):
            barriers.give_up()
        return True

    async def _put(self, data: bytes) -> None:
        try:
            await self.line.send(data)
        except TransportError as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error

    async def _passed(self, barriers: Barriers, number: int, within: float) -> bool:
        try:
            return await barriers.reach(number, within)
        except DeviceDown as error:
            raise DeviceDown(device=self.name, reason=error.reason) from error

    async def _held_up(self) -> NotReady | None:
        """Why the barrier is not passed, as far as the printer says; None: it says nothing of the kind."""
        if not self._answers:
            return None
        with suppress(DeviceDown):
            first = await self._inquiry.first()
            found = None if first is None else trouble(self.name, await self._inquiry.whole(first))
            return found if isinstance(found, NotReady) else None
        return None

    def _allowance(self, job: bytes) -> float:
        """Seconds that the barrier may take: 5, and 1 for each 10 cm of paper; a slow line takes its own besides."""
        pace = self.line.transport.pace
        on_the_line = len(job) / pace if pace else 0.0
        return self._patience.barrier + paper_length(job) / 100 + on_the_line
