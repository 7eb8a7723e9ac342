"""The owner of a label printer: its jobs go through the spool as those of any printer."""

from __future__ import annotations

from devices.errors import DeviceError
from devices.jobs import Job
from devices.labels.printer import LabelPrinter, encoded
from devices.printers.owner import UNPRINTABLE, PrintOwner
from devices.printers.profile import Profile


class LabelOwner(PrintOwner):
    """Owns a label printer. A job holds labels in no printer's language, so that another one can print it."""

    kind = "label"

    def __init__(self, name: str, device: LabelPrinter) -> None:
        super().__init__(name, device, Profile())
        self._labels = device

    async def _encoded(self, job: Job) -> bytes:
        if isinstance(job.content, bytes):
            return job.content
        try:
            data = encoded(job.content, self._labels.language, self._labels.size)
        except ValueError as error:
            raise DeviceError(device=self.name, reason=UNPRINTABLE) from error
        if not data:
            raise DeviceError(device=self.name, reason=UNPRINTABLE)
        return data
