"""The owner of a label printer."""

from __future__ import annotations

import asyncio

from devices.errors import PrintUnknown
from devices.labels.printer import LabelPrinter
from devices.owners import AskedOwner


class LabelOwner(AskedOwner[LabelPrinter]):
    """Owns a label printer. Labels are asked for by somebody who sees them come out: nothing waits for a printer."""

    kind = "label"

    def print(self, job: bytes) -> asyncio.Future[None]:
        """Hand over one job, now or never."""
        return self.ask(lambda: self.device.print(job), unsure=PrintUnknown)
