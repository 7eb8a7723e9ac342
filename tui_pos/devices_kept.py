"""The devices of a till, as its store keeps them: which there are, and where its documents go."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from devices import configuration
from devices.configuration import CounterConfig
from devices.counter import Counter
from devices.errors import DeviceError
from devices.registry import build_counter, completed, without_unmade
from sync.store import Store
from tui_pos.errors import refuse
from tui_pos.l10n import n_
from tui_pos.register.jobs import KeptJobs

_log = logging.getLogger(__name__)

DEVICES = "devices"
"""The setting that holds them."""


async def kept_devices(store: Store) -> CounterConfig:
    """The devices that this till is configured with.

    Raises:
        Refused: they were kept by a program that knew others.
    """
    try:
        return configuration.decode(await store.setting(DEVICES))
    except msgspec.MsgspecError as error:
        text = n_("The devices of this till cannot be read: {error}. Nothing was touched: set them up again.")
        raise refuse("storage_failed", text, error=error) from error


async def keep_devices(store: Store, config: CounterConfig) -> None:
    """Keep the devices; they are used from the next start on."""
    async with store.transaction() as transaction:
        await transaction.put_setting(DEVICES, configuration.encode(config))


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
        counter = build_counter(config, paper=paper)
    except DeviceError:
        _log.exception("not all devices of this till can be used")
        counter = build_counter(without_unmade(config), paper=paper)
    counter.spool.keep_in(KeptJobs(store))
    return counter
