"""Orders for the kitchen. An order that may not be on paper is printed again by itself, once, and says so.

A receipt that came out twice is a trouble; an order that never came out is a customer who waits. So nobody is asked:
the second paper bears a banner, goes to the printer that stands in where there is one, and is written down.
"""

from __future__ import annotations

import asyncio
import logging

from devices.document import Document
from devices.errors import DeviceError
from devices.jobs import Job
from sync.store import StoreError
from tui_pos.l10n import n_
from tui_pos.register.desk import Desk
from tui_pos.register.jobs import give_again

_log = logging.getLogger(__name__)

KITCHEN = "kitchen"
BY_ITSELF = n_("an order for the kitchen is printed again by itself")


def watch_orders(desk: Desk) -> None:
    """Print orders in doubt again from now on, and those that the last power cut left so."""

    def doubted(job: Job) -> None:
        if job.document == KITCHEN and isinstance(job.content, Document) and not job.content.again:
            errand = asyncio.create_task(_rescue(desk, job), name="an order in doubt")
            desk.errands.add(errand)
            errand.add_done_callback(desk.errands.discard)

    desk.counter.spool.doubted = doubted
    for job in desk.counter.spool.unknown:
        doubted(job)


async def _rescue(desk: Desk, job: Job) -> None:
    async with desk.turn:
        try:
            await give_again(desk, job.id, BY_ITSELF, desk.counter.spool.stand_in_for(job.device))
        except (DeviceError, StoreError) as error:
            # somebody was faster, or it stays in doubt, in sight
            _log.warning("order %s was not printed again: %s", job.id, error)
