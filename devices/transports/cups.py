"""Queues of the system's print service, through `lp`.

What it says is never a proof of printing: it reports a job as completed with the paper out.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress

from devices.errors import TOO_LATE, n_
from devices.transports.address import Cups
from devices.transports.transport import TransportError

WITHIN = 10.0
"""Seconds that the print service has to take a job."""
NO_SERVICE = n_("this machine has no print service")
NO_QUEUE = n_("its print queue is not there, or refuses jobs")
ONE_WAY = n_("it can only be written to")


class CupsTransport:
    """A print queue: each write is one job of its own, and nothing comes back."""

    answers = False
    pace = None

    def __init__(self, address: Cups, device: str) -> None:
        self._queue = address.queue
        self._device = device
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether the queue was there."""
        return self._open

    async def open(self) -> None:
        """See that the queue is there and takes jobs."""
        if self._open:
            return
        # some services bring `lp` alone: it refuses a queue that is not there
        if shutil.which("lpstat") is not None or shutil.which("lp") is None:
            said = await self._run("lpstat", "-a", self._queue)
            if b" not accepting " in said:
                raise self._failed(NO_QUEUE)
        self._open = True

    async def write(self, data: bytes) -> None:
        """Hand one job over, as it is; the service takes all of it or nothing."""
        try:
            await self._run("lp", "-s", "-d", self._queue, "-o", "raw", "-", given=data)
        except TransportError:
            self._open = False
            raise

    async def read(self, limit: int = 4096) -> bytes:  # noqa: ARG002 - a transport's
        """Nothing ever comes."""
        raise TransportError(device=self._device, reason=ONE_WAY)

    async def close(self) -> None:
        """Nothing is held."""
        self._open = False

    async def _run(self, *command: str, given: bytes = b"") -> bytes:
        """Run a command of the print service; gives what it says."""
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, **_PLAIN}
            )
        except OSError as error:
            raise self._failed(NO_SERVICE) from error
        try:
            async with asyncio.timeout(WITHIN):
                said, _ = await process.communicate(given)
        except TimeoutError as late:
            raise TransportError(device=self._device, reason=TOO_LATE) from late
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise self._failed(NO_QUEUE)
        return said

    def _failed(self, reason: str) -> TransportError:
        return TransportError(device=self._device, reason=reason, untouched=True)


_PLAIN = {"LC_ALL": "C"}
"""The service's words are read, so they come in English."""
