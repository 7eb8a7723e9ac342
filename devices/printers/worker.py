"""Documents become bytes in a thread of their own: to import python-escpos takes long, and so do pictures."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from devices.document import Document
from devices.printers.profile import Profile

PREPARED = 3.0
"""Seconds after the start in which the till has the processor for itself: then what a first print needs is read."""


class Encoder:
    """The thread of one counter, which runs between `start` and `stop`."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._preparing: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        """Whether it was started."""
        return self._thread is not None

    def start(self, *, prepare: bool) -> None:
        """Begin.

        Args:
            prepare: somebody will wait for the first print, which would come 100 ms late.
        """
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="paper")
        if prepare:
            loop = asyncio.get_running_loop()
            self._preparing = loop.call_later(
                PREPARED, self._thread.submit, encode_document, Document(()), Profile()
            )

    async def encode(self, document: Document, profile: Profile) -> bytes:
        """The bytes of a document on a printer."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, encode_document, document, profile
        )

    def stop(self) -> None:
        """End; what is being encoded is dropped."""
        if self._preparing is not None:
            self._preparing.cancel()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None


def encode_document(document: Document, profile: Profile) -> bytes:
    """As `escpos.encode`."""
    from devices.printers.escpos import encode  # noqa: PLC0415 - takes a third of a second, so only to print

    return encode(document, profile)
