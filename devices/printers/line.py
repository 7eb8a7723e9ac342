"""The line to an ESC/POS printer: one connection that is kept, what goes out in order, what comes back sorted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from devices.errors import UNPLUGGED
from devices.printers.barriers import Barriers
from devices.printers.status import Automatic, Done, Question, Reading, Status, ask
from devices.transports import Transport, TransportError

CHUNK = 1024
LOST = 4.0
"""Seconds after which a question that was not answered may be put once more."""


class PrinterLine:
    """A transport to a printer, with a reader of its own while it is open.

    Several may use it at a time: the printer's owner and the owner of the drawer that is plugged into it. Bytes of one
    writer never fall among those of another.

    Args:
        shared: other tills may want the printer, and most take one connection at a time: it is let go of as soon as
            nobody here uses it.
        late: seconds for which it is kept all the same, for the answer to a barrier.
    """

    def __init__(self, transport: Transport, *, shared: bool = False, late: float = 0.0) -> None:
        self.transport = transport
        self.shared = shared
        self._late = late
        self._users = 0
        self.calls = 0
        """How often the printer was called: what was sent on one connection is not answered on the next."""
        self.barriers = Barriers(monotonic)
        """Those of this connection."""
        self.answers_barriers = False
        """It has passed one, on this connection or on one before."""
        self._writing = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._opening = asyncio.Lock()
        self.changed: Callable[[], None] = lambda: None
        """Called when the printer says by itself that something is otherwise than before."""
        self._automatic: bytes | None = None
        self._answer: asyncio.Future[int] | None = None
        self.asked = 0.0
        """When the question was put that is being answered, by the clock that only goes forward."""
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the printer can be spoken to, as far as is known."""
        return self.transport.is_open

    async def open(self) -> bool:
        """Reach the printer; whether that took a new connection.

        Raises:
            TransportError: it cannot be reached.
        """
        async with self._opening:
            if self.transport.is_open:
                return False
            await self._leave()
            await self.transport.open()
            self.calls += 1
            self.barriers, self._automatic = Barriers(monotonic), None
            if self.transport.answers:
                self._reader = asyncio.create_task(self._read(), name="printer answers")
            return True

    def take(self) -> None:
        """Use it from now on, until `leave`."""
        self._users += 1

    async def leave(self) -> None:
        """Use it no more."""
        self._users -= 1
        if self.shared and not self._users and not self.listens:
            await self.close()

    @property
    def listens(self) -> bool:
        """An answer to a barrier may still come."""
        return self.is_open and self.barriers.owed > 0 and self.barriers.waited < self._late

    @asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """Use it for one thing."""
        self.take()
        try:
            yield
        finally:
            await self.leave()

    async def close(self) -> None:
        """Let go of the printer."""
        async with self._opening:
            await self._leave()
            await self.transport.close()

    async def send(
        self,
        data: bytes,
        *,
        call: int | None = None,
        whole: bool = False,
        moved: Callable[[], None] | None = None,
    ) -> None:
        """Send bytes behind what others are sending.

        Args:
            call: on this connection and no other: somebody else may have called anew meanwhile.
            whole: in one write, for a transport to which each write is a job.
            moved: called after each part that was taken.

        Raises:
            TransportError: `untouched` unless a part may have left.
        """
        step = len(data) if whole else CHUNK
        async with self._writing:
            for start in range(0, len(data), max(step, 1)):
                if call not in (None, self.calls):
                    raise TransportError(device="", reason=UNPLUGGED, untouched=start == 0)
                try:
                    await self.transport.write(data[start : start + step])
                except TransportError as error:
                    error.untouched = error.untouched and start == 0
                    raise
                if moved is not None:
                    moved()

    async def status(self, question: Question, within: float) -> int | None:
        """The printer's answer to `DLE EOT n`; None: it gave none in time.

        On a serial line a late answer comes through however often the line was closed meanwhile: the first question is
        put again only once it must have been lost, or its answer would be taken for that to another.

        Raises:
            TransportError: the line is broken.
        """
        async with self._asking:
            if self._answer is None or question is not Question.PRINTER or monotonic() - self.asked >= LOST:
                self._answer, self.asked = asyncio.get_running_loop().create_future(), monotonic()
                await self.send(ask(question))
            answer = self._answer
            try:
                async with asyncio.timeout(within):
                    return await asyncio.shield(answer)
            except TimeoutError:
                return None
            finally:
                if answer.done() or self.transport.pace is None:
                    self._answer = None

    async def _leave(self) -> None:
        self.barriers.end()
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _read(self) -> None:
        """Sort what comes until the line breaks."""
        reading, barriers = Reading(), self.barriers
        try:
            while data := await self.transport.read():
                for said in reading.feed(data):
                    match said:
                        case Status():
                            self._answered(said.byte)
                        case Done():
                            self.answers_barriers = True
                            barriers.passed()
                        case Automatic():
                            self._told(said.data)
        except TransportError as error:
            self._fail(error)
        else:
            self._fail(TransportError(device="", reason=UNPLUGGED))
        finally:
            barriers.end()

    def _told(self, status: bytes) -> None:
        before, self._automatic = self._automatic, status
        if before not in (None, status):
            self.changed()

    def _answered(self, byte: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(byte)

    def _fail(self, error: TransportError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
