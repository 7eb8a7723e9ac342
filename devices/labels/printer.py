"""Label printers: documents of labels in their own language, handed over the cable.

It is asked how it is before each job; one that does not answer is asked no more, and just prints.
"""

from __future__ import annotations

import asyncio
from typing import Literal, TypeAlias

from devices.document import Document
from devices.errors import CoverOpen, DeviceError, NotReady, PaperOut, PrintUnknown, n_
from devices.incoming import Incoming
from devices.labels import epl, zpl
from devices.labels.inquiries import INQUIRIES
from devices.labels.label import Label, Size
from devices.labels.status import Status
from devices.ports import Notice
from devices.transports.transport import Transport, TransportError

Language: TypeAlias = Literal["zpl", "epl"]

SILENT = n_("it does not answer any more: look at its paper and its head")
RIBBON_OUT = n_("its ribbon is out")
PAUSED = n_("it is paused: press its button")


def encoded(document: Document, language: Language, size: Size) -> bytes:
    """The labels of a document as one job; what else stands in it belongs on no label.

    Raises:
        ValueError: a number of copies that is none.
    """
    encode = zpl.encode if language == "zpl" else epl.encode
    return b"".join(encode(block, size) for block in document.blocks if isinstance(block, Label))


class LabelPrinter:
    """A printer of labels. It confirms nothing: that a job was handed over is all that is known.

    Args:
        asks: it can be asked how it is.
        patience: seconds for it to answer.
    """

    def __init__(
        self,
        name: str,
        driver: str,
        transport: Transport,
        language: Language,
        size: Size,
        *,
        shared: bool = False,
        asks: bool = True,
        patience: float = 1.0,
    ) -> None:
        self.name = name
        self._shared = shared
        """Other tills may print on it, and most take one connection at a time."""
        self.driver = driver
        self.language = language
        self.size = size
        self._transport = transport
        self._incoming = Incoming(transport, name)
        self._words = INQUIRIES[language]
        """How it is asked, and what it says."""
        self._asks = asks and transport.answers
        self._patience = patience
        self._has_answered = False

    async def probe(self) -> None:
        """Whether it can be reached."""
        await self._transport.open()

    async def ready(self) -> str:
        """Whether it can be reached and, where it says so, print."""
        await self.probe()
        if self._asks and (status := await self._status()) is not None:
            self._raise_trouble(status)
        return ""

    async def _status(self) -> Status | None:
        """How it is; None: it does not say."""
        self._incoming.forget()
        await self._transport.write(self._words.ask)
        said = b""
        try:
            async with asyncio.timeout(self._patience):
                for _ in range(self._words.strings):
                    said += await self._incoming.until(self._words.end)
        except (TimeoutError, TransportError) as nothing:
            if self._has_answered:
                raise self._silent(nothing) from nothing
            self._asks = False
            if isinstance(nothing, TransportError):  # it takes questions amiss, or says nothing at all
                await self._transport.close()
                await self.probe()
            return None
        self._has_answered = True
        return self._words.decode(said)

    def _silent(self, nothing: Exception) -> DeviceError:
        return nothing if isinstance(nothing, TransportError) else NotReady(device=self.name, reason=SILENT)

    def _raise_trouble(self, status: Status) -> None:
        if status.paper_out:
            raise PaperOut(device=self.name)
        if status.head_open:
            raise CoverOpen(device=self.name)
        if status.ribbon_out:
            raise NotReady(device=self.name, reason=RIBBON_OUT)
        if status.paused:
            raise NotReady(device=self.name, reason=PAUSED)

    async def send(self, job: bytes, notice: Notice) -> None:  # noqa: ARG002 - nothing that it says could hold it up
        """Hand over one job.

        Raises:
            DeviceDown: not a byte has left.
            PrintUnknown: a part may have left.
        """
        await self._transport.open()
        try:
            await self._transport.write(job)
        except TransportError as error:
            if error.untouched:
                raise
            raise PrintUnknown(device=self.name, reason=error.reason) from error

    async def confirm(self, job: bytes, notice: Notice) -> bool:  # noqa: ARG002 - as above
        """It cannot say whether a label is on paper."""
        return False

    async def rest(self) -> None:
        """Let go of a line that others may want."""
        if self._shared:
            await self._transport.close()

    def interrupted(self) -> None:
        """An earlier job was cut off: the next one begins a label of its own, whatever came before it."""

    async def close(self) -> None:
        """Let go of its cable."""
        await self._transport.close()
