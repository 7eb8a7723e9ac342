"""The counter of a till: made from what its store keeps, with its print jobs in the store."""

from __future__ import annotations

import logging
from pathlib import Path

from devices.counter import Counter
from devices.errors import DeviceError
from devices.registry import build_counter, completed, without_unmade
from sync.store import Store
from tui_pos.device_config import kept_devices
from tui_pos.register.jobs import KeptJobs

_log = logging.getLogger(__name__)


async def counter_of(store: Store, *, twins: bool = False, paper: Path | None = None) -> Counter:
    """The counter of a till. A device that cannot be made is left out, and keeps nobody from selling.

    Args:
        twins: a virtual twin stands in for each kind of device of which the till has none.
        paper: a file that gets what virtual printers print.

    Raises:
        Refused: the devices cannot be read.
    """
    config = await kept_devices(store)
    if twins:
        config = completed(config)
    try:
        counter = build_counter(config, paper=paper, complete=twins)
    except DeviceError:
        _log.exception("not all devices of this till can be used")
        counter = build_counter(without_unmade(config), paper=paper, complete=twins)
    counter.spool.keep_in(KeptJobs(store))
    return counter
