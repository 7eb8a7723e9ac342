"""Where each driver is made: `MODULE:FUNCTION`, imported when a till has such a device.

A factory takes the device's configuration and gives its driver; it touches no cable yet:

    def make(config: DeviceConfig) -> Scale: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeAlias

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, n_

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
    ("scanner", "evdev"): "devices.scanners.making:make_evdev",
    ("label", "zpl"): "devices.labels.making:make_zpl",
    ("label", "epl"): "devices.labels.making:make_epl",
}


def factory(config: DeviceConfig) -> Factory:
    """What makes this device's driver.

    Raises:
        BadDevice: there is no such driver for its kind.
    """
    where = DRIVERS.get((config.kind, config.driver))
    if where is None:
        raise BadDevice(device=config.name, reason=NO_DRIVER, driver=config.driver, kind=config.kind)
    module, _, name = where.partition(":")
    made: Factory = getattr(import_module(module), name)
    return made
