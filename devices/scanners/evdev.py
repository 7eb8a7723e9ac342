"""From its configuration to a scanner that is an input device of the system (evdev) and that the till has to itself.

Apart from the other scanners: hardly a till has one, and each start would pay for its keymaps.
"""

from __future__ import annotations

from devices.configuration import DeviceConfig
from devices.options import Options
from devices.ports import Scanner
from devices.scanners.evdev_codec import LOST, Typing, keystrokes
from devices.scanners.input_device import InputDevice
from devices.scanners.keymap import Layout
from devices.scanners.making import SENT, TYPED_SUFFIXES, framing_of
from devices.scanners.scanner import StreamScanner
from devices.transports import File
from devices.virtual.peer import Plugged
from devices.virtual.scanner import ScannerTwin
from devices.virtual.steered import SteeredScanner

LAYOUTS: dict[str, Layout] = {"qwerty": "qwerty", "azerty": "azerty"}


def make_evdev(config: DeviceConfig) -> Scanner:
    """A scanner that the till has to itself. Raises `BadDevice` where an option makes no sense."""
    options = Options(config)
    layout = options.choice("layout", LAYOUTS, "qwerty")
    framing = framing_of(options, TYPED_SUFFIXES)
    options.end()
    if isinstance(config.place, File):
        cable = InputDevice(config.place, config.name)
        return StreamScanner(config.name, "evdev", cable, Typing(layout), framing)
    end = keystrokes(SENT[framing.suffix], layout)
    twin = ScannerTwin(
        config.name, encode=lambda code: keystrokes(framing.prefix + code, layout), end=end, noise=LOST
    )
    scanner = StreamScanner(config.name, "evdev", Plugged(twin), Typing(layout), framing)
    return SteeredScanner(scanner, twin)
