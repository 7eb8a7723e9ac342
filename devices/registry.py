"""From the configuration of a till's devices to its counter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from devices.configuration import CounterConfig, DeviceConfig, Kind
from devices.counter import Counter, Fitted
from devices.drawers.making import left_open_after, make_printer_drawer
from devices.drawers.owner import DrawerOwner
from devices.drivers import factory, twin
from devices.errors import DeviceError
from devices.labels.owner import LabelOwner
from devices.owners import DisplayOwner, Owner, ScaleOwner, TerminalOwner
from devices.ports import Steerable
from devices.printers.making import profile_of
from devices.printers.owner import PrintOwner
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.scanners.owner import ScannerOwner
from devices.transports import Via
from devices.virtual.twin import Sleep

POLL = 3.0
"""Seconds between two looks at a device of flesh and cable: one that comes back is found within 5."""

DEMO = CounterConfig(
    (
        DeviceConfig("receipt", "printer", "virtual", "virtual:"),
        DeviceConfig("drawer", "drawer", "virtual", "virtual:"),
        DeviceConfig("display", "display", "virtual", "virtual:"),
        DeviceConfig("scale", "scale", "virtual", "virtual:"),
        DeviceConfig("terminal", "terminal", "virtual", "virtual:"),
        DeviceConfig("scanner", "scanner", "virtual", "virtual:"),
        DeviceConfig("labels", "label", "virtual", "virtual:"),
    )
)
"""The counter of a shop without hardware."""


def completed(config: CounterConfig, twins: CounterConfig = DEMO) -> CounterConfig:
    """The configuration with the twins of those kinds of which it has none, and whose names are free."""
    kinds = {device.kind for device in config.devices}
    names = {device.name for device in config.devices}
    added = (twin for twin in twins.devices if twin.kind not in kinds and twin.name not in names)
    return CounterConfig((*config.devices, *added), config.documents)


def build_counter(
    config: CounterConfig,
    *,
    paper: Path | None = None,
    columns: int = 42,
    sleep: Sleep = asyncio.sleep,
    complete: bool = False,
) -> Counter:
    """The counter that a till is configured with. No cable is touched before it is started.

    Args:
        paper: a file that gets the bytes of what virtual printers print, one paper after the other.
        columns: of the paper of virtual printers.
        sleep: what slow twins wait with.
        complete: once it is fitted anew, twins stand in for the kinds of which it has none.

    Raises:
        BadDevice, BadAddress: a device makes no sense.
    """
    twins = _Twins(paper, columns, sleep)
    owners = _owners(config, twins, {})
    counter = Counter(owners, documents={str(kind): name for kind, name in config.documents.items()})
    counter.config = config
    counter.fitting = _Fitting(twins, complete=complete)
    return counter


def virtual_counter(*, paper: Path | None = None, columns: int = 42, sleep: Sleep = asyncio.sleep) -> Counter:
    """The whole counter of a shop without hardware: `receipt`, `drawer`, `display`, `scale` and `terminal`."""
    return build_counter(DEMO, paper=paper, columns=columns, sleep=sleep, complete=True)


def _owners(config: CounterConfig, twins: _Twins, kept: Mapping[str, Owner[Any]]) -> tuple[Owner[Any], ...]:
    """The owners of all devices, in their order; printers are made first, since drawers are plugged into them."""
    owners = dict(kept)
    for device in sorted(config.devices, key=lambda device: device.kind != "printer"):
        if device.name not in owners:
            owners[device.name] = _owner(device, twins, owners)
    return tuple(owners[device.name] for device in config.devices)


class _Fitting:
    """Fits a counter anew: a device that stays as it is keeps its owner, and with it its cable and its work."""

    def __init__(self, twins: _Twins, *, complete: bool) -> None:
        self._twins = twins
        self._complete = complete

    def __call__(self, config: CounterConfig, counter: Counter) -> Fitted:
        """The owners by another configuration.

        Raises:
            BadDevice, BadAddress: a device makes no sense.
        """
        if self._complete:
            config = completed(config)
        same = {device.name for device in config.devices if device in counter.config.devices}
        same -= {
            device.name
            for device in config.devices
            if isinstance(place := device.place, Via) and place.name not in same
        }
        kept = {owner.name: owner for owner in counter.owners if owner.name in same}
        return Fitted(config, _owners(config, self._twins, kept))


class _Twins:
    """Makes virtual twins."""

    def __init__(self, paper: Path | None, columns: int, sleep: Sleep) -> None:
        self._paper = paper
        self._columns = columns
        self._sleep = sleep

    def make(self, device: DeviceConfig) -> Steerable:
        """The twin of this kind of device.

        Raises:
            BadDevice: it has none.
        """
        if device.kind == "printer":
            # as with every driver, a till loads the twins that it has
            from devices.virtual.paper_file import PaperFile  # noqa: PLC0415
            from devices.virtual.printer import VirtualPrinter  # noqa: PLC0415

            sink = None if self._paper is None else PaperFile(self._paper)
            return VirtualPrinter(device.name, self.profile(device).columns, sink=sink, sleep=self._sleep)
        return twin(device)(device.name, self._sleep)

    def profile(self, device: DeviceConfig) -> Profile:
        """What a virtual printer can do."""
        # its paper is read as text
        return (
            replace(profile_of(device), pictures=False) if device.options else Profile(columns=self._columns)
        )


def _owner(device: DeviceConfig, twins: _Twins, printers: dict[str, Owner[Any]]) -> Owner[Any]:
    place = device.place
    if device.virtual and not _has_own_twin(device):
        driver: Any = twins.make(device)
    elif isinstance(place, Via):
        driver = _on_printer(device, printers.get(place.name))
    else:
        driver = factory(device)(device)
    if isinstance(driver, Owner):
        return driver
    owner = _owned(device, driver, twins)
    owner.poll = None if device.virtual else POLL
    return owner


def _has_own_twin(device: DeviceConfig) -> bool:
    """Whether its driver brings a twin that speaks its protocol."""
    return device.driver != "virtual" and device.kind not in ("printer", "drawer")


def _on_printer(device: DeviceConfig, printer: Owner[Any] | None) -> Any:
    """A drawer on a printer: on a virtual one it is virtual too."""
    if printer is None or not isinstance(printer.device, EscposPrinter):
        return twin(device)(device.name, asyncio.sleep)
    return make_printer_drawer(device, printer.device)


def _owned(device: DeviceConfig, driver: Any, twins: _Twins) -> Owner[Any]:
    match device.kind:
        case "printer":
            profile = twins.profile(device) if device.virtual else profile_of(device)
            return PrintOwner(device.name, driver, profile)
        case "drawer":
            return DrawerOwner(device.name, driver, left_open_after(device))
        case "terminal":
            return TerminalOwner(device.name, driver, _methods(device))
        case kind:
            return _OWNERS[kind](device.name, driver)


_OWNERS: dict[Kind, Callable[[str, Any], Owner[Any]]] = {
    "display": DisplayOwner,
    "scale": ScaleOwner,
    "scanner": ScannerOwner,
    "label": LabelOwner,
}


def _methods(device: DeviceConfig) -> frozenset[str]:
    """Option `methods`: the payment methods that a terminal takes."""
    return frozenset(filter(None, map(str.strip, device.options.get("methods", "").split(","))))


def without_unmade(config: CounterConfig) -> CounterConfig:
    """The configuration without the devices that cannot be made here."""
    for device in config.devices:
        try:
            build_counter(config.only(device.name))
        except DeviceError:
            kept = tuple(
                other for other in config.devices if other != device and other.place != Via(device.name)
            )
            return without_unmade(CounterConfig(kept, config.documents))
    return config
