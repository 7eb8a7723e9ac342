"""How the devices of a till are, for a command that asks from outside.

While the till runs, it says itself how its devices are (`tui_pos.live_devices`): a second process must not speak to
them. While it does not, each device is asked.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from devices.configuration import CounterConfig, DeviceConfig
from devices.health import DeviceView, Health
from devices.registry import build_counter, without_unmade
from tui_pos.errors import Refused
from tui_pos.l10n import _
from tui_pos.live_devices import read_live
from tui_pos.profile import take


async def health_of(profile: Path, config: CounterConfig) -> tuple[DeviceView, ...]:
    """How each device is; unknown where nobody can say, since something else has the till.

    Args:
        config: the devices that the till is configured with; one that runs may have a demo's twins besides.
    """
    live = read_live(profile)
    if live is not None:
        return live.devices
    try:
        lock = take(profile)
    except Refused:
        return tuple(_view(device) for device in config.devices)
    with lock:
        seen = {view.name: view for view in await _asked(without_unmade(config))}
    return tuple(seen.get(device.name) or _view(device) for device in config.devices)


def health_in_words(view: DeviceView) -> str:
    """How a device is, and why, in the till's language."""
    state = _(str(view.health))
    return _("{state}: {reason}").format(state=state, reason=_(view.reason)) if view.reason else state


async def _asked(config: CounterConfig) -> tuple[DeviceView, ...]:
    async with build_counter(config) as counter:
        await asyncio.gather(*(counter.look(device.name) for device in config.devices))
        return counter.list()


def _view(device: DeviceConfig) -> DeviceView:
    """A device of which nothing is known."""
    health = Health()
    return DeviceView(
        device.name, device.kind, device.driver, health.state, health.reason, 0, health.since, None
    )
