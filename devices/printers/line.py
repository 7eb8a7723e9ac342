"""The line to an ESC/POS printer: one connection that is kept, what goes out in order, what comes back sorted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from devices.errors import UNPLUGGED, DeviceDown
from devices.printers.status import Automatic, Done, Question, Reading, Status, ask
from devices.transports import Transport, TransportError

CHUNK = 1024


class PrinterLine:
    """A transport to a printer, with a reader of its own while it is open.

    Several may use it at a time: the printer's owner and the owner of the drawer that is plugged into it. Bytes of one
    writer never fall among those of another.

    Args:
        shared: other tills may want the printer, and most take one connection at a time: it is let go of as soon as
            nobody here uses it.
    """

    def __init__(self, transport: Transport, *, shared: bool = False) -> None:
        self.transport = transport
        self.shared = shared
        self._users = 0
        self.calls = 0
        """How often the printer was called: what was sent on one connection is not answered on the next."""
        self.passed = 0
        """Barriers that the printer has passed on this connection."""
        self.answers_barriers = False
        """It has passed one, on this connection or on one before."""
        self._writing = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._opening = asyncio.Lock()
        self.changed: Callable[[], None] = lambda: None
        """Called when the printer says by itself that something is otherwise than before."""
        self._automatic: bytes | None = None
        self._answer: asyncio.Future[int] | None = None
        self._news = asyncio.Event()
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
            self.passed, self._automatic = 0, None
            if self.transport.answers:
                self._reader = asyncio.create_task(self._read(), name="printer answers")
            return True

    def take(self) -> None:
        """Use it from now on, until `leave`."""
        self._users += 1

    async def leave(self) -> None:
        """Use it no more."""
        self._users -= 1
        if self.shared and not self._users:
            await self.close()

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

        Raises:
            TransportError: the line is broken.
        """
        async with self._asking:
            self._answer = asyncio.get_running_loop().create_future()
            await self.send(ask(question))
            try:
                async with asyncio.timeout(within):
                    return await self._answer
            except TimeoutError:
                return None
            finally:
                self._answer = None

    async def pass_barrier(self, count: int, within: float, call: int) -> bool:
        """Wait until the printer has passed so many barriers of a connection; False: not in time.

        Raises:
            DeviceDown: that connection is over, and the answer can come no more.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self._has_passed(count, call):
                    if self._reader is None or self._reader.done():
                        raise DeviceDown(device="", reason=UNPLUGGED)
                    self._news.clear()
                    await self._news.wait()
        return self._has_passed(count, call)

    def _has_passed(self, count: int, call: int) -> bool:
        if call != self.calls:
            raise DeviceDown(device="", reason=UNPLUGGED)
        return self.passed >= count

    async def _leave(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _read(self) -> None:
        """Sort what comes until the line breaks."""
        reading = Reading()
        try:
            while data := await self.transport.read():
                for said in reading.feed(data):
                    match said:
                        case Status():
                            self._answered(said.byte)
                        case Done():
                            self.passed += 1
                            self.answers_barriers = True
                        case Automatic():
                            self._told(said.data)
                self._news.set()
        except TransportError as error:
            self._fail(error)
        else:
            self._fail(TransportError(device="", reason=UNPLUGGED))
        finally:
            self._news.set()

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
