"""Label printers: jobs in their own language, handed over the cable."""

from __future__ import annotations

from typing import Literal, TypeAlias

from devices.errors import PrintUnknown
from devices.labels import epl, zpl
from devices.labels.label import Label, Size
from devices.transports.transport import Transport, TransportError

Language: TypeAlias = Literal["zpl", "epl"]


def encoded(labels: list[tuple[Label, int]], language: Language, size: Size) -> bytes:
    """Labels and their copies as one job. Raises `ValueError` for a number of copies that is none."""
    encode = zpl.encode if language == "zpl" else epl.encode
    return b"".join(encode(label, size, copies) for label, copies in labels)


class LabelPrinter:
    """A printer of labels. It confirms nothing: that a job was handed over is all that is known."""

    def __init__(self, name: str, transport: Transport, language: Language, size: Size) -> None:
        self.name = name
        self.driver = language
        self.language = language
        self.size = size
        self._transport = transport

    async def probe(self) -> None:
        """Whether it can be reached."""
        await self._transport.open()

    async def print(self, job: bytes) -> None:
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

    def interrupted(self) -> None:
        """An earlier job was cut off: the next one begins a label of its own, whatever came before it."""

    async def close(self) -> None:
        """Let go of its cable."""
        await self._transport.close()
