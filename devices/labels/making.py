"""From its configuration to a label printer.

Options: `width` and `height` of the labels, in millimetres.
"""

from __future__ import annotations

from devices.configuration import DeviceConfig
from devices.labels.label import Size
from devices.labels.owner import LabelOwner
from devices.labels.printer import LabelPrinter, Language
from devices.options import Options
from devices.transports import open_transport
from devices.transports.transport import Transport
from devices.virtual.labels import LabelTwin
from devices.virtual.peer import Plugged


def make_zpl(config: DeviceConfig) -> LabelOwner:
    """A printer that speaks ZPL. Raises `BadDevice` where an option makes no sense."""
    return _made(config, "zpl")


def make_epl(config: DeviceConfig) -> LabelOwner:
    """A printer that speaks EPL. Raises `BadDevice` where an option makes no sense."""
    return _made(config, "epl")


def _made(config: DeviceConfig, language: Language) -> LabelOwner:
    options, usual = Options(config), Size()
    size = Size(
        options.number("width", usual.width, 20, 120), options.number("height", usual.height, 20, 300)
    )
    options.end()
    virtual = config.virtual
    cable: Transport = (
        Plugged(LabelTwin(config.name)) if virtual else open_transport(config.place, config.name)
    )
    return LabelOwner(config.name, LabelPrinter(config.name, cable, language, size))
