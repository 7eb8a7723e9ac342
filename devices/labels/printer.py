"""Label printers: documents of labels in their own language, handed over the cable."""

from __future__ import annotations

from typing import Literal, TypeAlias

from devices.document import Document
from devices.errors import PrintUnknown
from devices.labels import epl, zpl
from devices.labels.label import Label, Size
from devices.ports import Notice
from devices.transports.transport import Transport, TransportError

Language: TypeAlias = Literal["zpl", "epl"]


def encoded(document: Document, language: Language, size: Size) -> bytes:
    """The labels of a document as one job; what else stands in it belongs on no label.

    Raises:
        ValueError: a number of copies that is none.
    """
    encode = zpl.encode if language == "zpl" else epl.encode
    return b"".join(encode(block, size) for block in document.blocks if isinstance(block, Label))


class LabelPrinter:
    """A printer of labels. It confirms nothing: that a job was handed over is all that is known."""

    def __init__(
        self,
        name: str,
        driver: str,
        transport: Transport,
        language: Language,
        size: Size,
        *,
        shared: bool = False,
    ) -> None:
        self.name = name
        self._shared = shared
        """Other tills may print on it, and most take one connection at a time."""
        self.driver = driver
        self.language = language
        self.size = size
        self._transport = transport

    async def probe(self) -> None:
        """Whether it can be reached."""
        await self._transport.open()

    async def ready(self) -> str:
        """Whether it can be reached is all that it tells."""
        await self.probe()
        return ""

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
