"""The devices of a till, as its store keeps them: which there are, and where its documents go."""

from __future__ import annotations

import msgspec

from devices import configuration
from devices.configuration import CounterConfig
from sync.store import Store, Transaction
from tui_pos.errors import refuse
from tui_pos.l10n import n_

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


async def keep_devices(transaction: Transaction, config: CounterConfig) -> None:
    """Keep the devices with the step that this transaction is."""
    await transaction.put_setting(DEVICES, configuration.encode(config))
