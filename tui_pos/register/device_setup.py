"""The devices of the till, set up while it sells: written down, kept, and used from that moment on."""

from __future__ import annotations

import asyncio
from typing import Any

from devices.configuration import CounterConfig, DeviceConfig
from devices.registry import build_counter, without_unmade
from devices.transports import parse_address
from devices.transports.identity import settled
from tui_pos.device_config import keep_devices, kept_devices
from tui_pos.device_files import with_files_kept
from tui_pos.inputs import AssignDocument, RemoveDevice, SetUpDevice
from tui_pos.outcomes import Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.rights import Right


@takes(SetUpDevice, right=Right.SETTINGS, session=False)
async def set_up_device(desk: Desk, given: SetUpDevice) -> Outcome:
    """Add a device, or put it in the place of the one of its name."""
    # what is plugged in is looked at, which can block
    address = str(await asyncio.to_thread(settled, parse_address(given.address)))
    device = DeviceConfig(given.name, given.kind, given.driver, address, dict(given.options))
    config = await kept_devices(desk.store)
    config.with_device(device)  # what makes no sense is refused before a file is read
    device = await asyncio.to_thread(with_files_kept, device, desk.store.profile)
    changed = config.with_device(device)
    build_counter(changed.only(device.name))
    return await _changed(
        desk, changed, "device_set_up", device=device.name, driver=device.driver, address=device.address
    )


@takes(RemoveDevice, right=Right.SETTINGS, session=False)
async def remove_device(desk: Desk, given: RemoveDevice) -> Outcome:
    """Take a device away. What waits for a printer goes to another."""
    changed = (await kept_devices(desk.store)).without(given.name)
    return await _changed(desk, changed, "device_removed", device=given.name)


@takes(AssignDocument, right=Right.SETTINGS, session=False)
async def assign_document(desk: Desk, given: AssignDocument) -> Outcome:
    """Send a kind of document to a printer."""
    config = await kept_devices(desk.store)
    changed = config.assigned(given.document, given.name)
    return await _changed(desk, changed, "document_assigned", document=given.document, device=given.name)


async def _changed(desk: Desk, config: CounterConfig, code: str, **details: Any) -> Outcome:
    """Keep the devices, then be fitted with those that can be made here; any other is left out, as at a start."""
    fitted = desk.counter.fitted(without_unmade(config))
    async with desk.transaction() as transaction:
        await keep_devices(transaction, config)
        await desk.note(transaction, code, **details)
    await desk.counter.refit(fitted)
    return Outcome()
