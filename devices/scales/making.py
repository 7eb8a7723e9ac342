"""From its configuration to a scale. A driver at `virtual:` gets the twin that speaks its protocol."""

from __future__ import annotations

from devices.configuration import DeviceConfig
from devices.options import Options
from devices.ports import Scale
from devices.scales.dialog_06 import Dialog06
from devices.scales.mt_sics import MtSics
from devices.scales.reading import AskedScale
from devices.scales.toledo_8217 import Toledo8217
from devices.transports import open_transport
from devices.virtual.peer import Plugged
from devices.virtual.scales import Dialog06Twin, MtSicsTwin, ScaleTwin, Toledo8217Twin
from devices.virtual.steered import SteeredScale


def make_toledo_8217(config: DeviceConfig) -> Scale:
    """A Toledo 8217; it takes no option. Raises `BadDevice` where one is given."""
    return _made(config, Toledo8217, Toledo8217Twin)


def make_mt_sics(config: DeviceConfig) -> Scale:
    """A scale that speaks MT-SICS; it takes no option. Raises `BadDevice` where one is given."""
    return _made(config, MtSics, MtSicsTwin)


def make_dialog_06(config: DeviceConfig) -> Scale:
    """A scale that speaks Dialog 06; it takes no option. Raises `BadDevice` where one is given."""
    return _made(config, Dialog06, Dialog06Twin)


def _made(config: DeviceConfig, driver: type[AskedScale], twin_of: type[ScaleTwin]) -> Scale:
    Options(config).end()
    if not config.virtual:
        return driver(config.name, open_transport(config.place, config.name))
    twin = twin_of(config.name)
    return SteeredScale(driver(config.name, Plugged(twin)), twin)
