"""Where each driver is made: `MODULE:FUNCTION`, imported when a till has such a device.

A factory takes the device's configuration and gives its driver; it touches no cable yet:

    def make(config: DeviceConfig) -> Scale: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, n_

if TYPE_CHECKING:
    from devices.ports import Steerable
    from devices.virtual.twin import Sleep

NO_DRIVER = n_("there is no driver {driver} for a {kind}")

Factory: TypeAlias = Callable[[DeviceConfig], Any]

DRIVERS: Mapping[tuple[str, str], str] = {
    ("printer", "escpos"): "devices.printers.making:make_printer",
    ("drawer", "serial"): "devices.drawers.serial_drawer:make",
    ("display", "vfd-escpos"): "devices.displays.making:make_vfd_escpos",
    ("display", "vfd-cd5220"): "devices.displays.making:make_vfd_cd5220",
    ("display", "screen"): "devices.displays.making:make_screen",
    ("terminal", "concert"): "devices.terminals.making:make_concert",
    ("terminal", "caisse-ap"): "devices.terminals.making:make_caisse_ap",
    ("terminal", "zvt"): "devices.terminals.making:make_zvt",
    ("terminal", "manual"): "devices.terminals.making:make_manual",
    ("scale", "toledo-8217"): "devices.scales.making:make_toledo_8217",
    ("scale", "mt-sics"): "devices.scales.making:make_mt_sics",
    ("scale", "dialog-06"): "devices.scales.making:make_dialog_06",
    ("scanner", "wedge"): "devices.scanners.making:make_wedge",
    ("scanner", "serial"): "devices.scanners.making:make_serial",
    ("scanner", "evdev"): "devices.scanners.evdev:make_evdev",
    ("label", "zpl"): "devices.labels.making:make_zpl",
    ("label", "epl"): "devices.labels.making:make_epl",
}


TWINS: Mapping[str, str] = {
    "drawer": "devices.virtual.drawer:VirtualDrawer",
    "display": "devices.virtual.display:VirtualDisplay",
    "scale": "devices.virtual.scale:VirtualScale",
    "terminal": "devices.virtual.terminal:VirtualTerminal",
    "scanner": "devices.scanners.making:virtual_scanner",
    "label": "devices.labels.making:virtual_labels",
}
"""What stands in for a device of a kind, whatever its protocol; a printer's twin has its profile too."""


def twin(config: DeviceConfig) -> Callable[[str, Sleep], Steerable]:
    """What makes this device's twin.

    Raises:
        BadDevice: its kind has none.
    """
    where = TWINS.get(config.kind)
    if where is None:
        raise BadDevice(device=config.name, reason=n_("there is no virtual twin of its kind"))
    made: Callable[[str, Sleep], Steerable] = _found(where)
    return made


def _found(where: str) -> Any:
    """What a driver's module gives by this name. A till loads the modules of the devices that it has."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)


def factory(config: DeviceConfig) -> Factory:
    """What makes this device's driver.

    Raises:
        BadDevice: there is no such driver for its kind.
    """
    where = DRIVERS.get((config.kind, config.driver))
    if where is None:
        raise BadDevice(device=config.name, reason=NO_DRIVER, driver=config.driver, kind=config.kind)
    made: Factory = _found(where)
    return made
