"""From its configuration to a scanner.

Options of all: `prefix` and `fnc1`, what the scanner sends before a code and for FNC1; `gap`, in milliseconds. Besides:

- `wedge`: `layout` (auto, qwerty, azerty), `suffix` (enter, tab, none).
- `serial`: `suffix` (enter, tab, etx, none).
- `evdev`: `layout` (qwerty, azerty: the keyboard that the scanner takes itself for), `suffix` (enter, tab, none).
"""

from __future__ import annotations

import asyncio

from devices.configuration import DeviceConfig
from devices.options import Options
from devices.ports import Scanner
from devices.scanners.framing import Framing, Suffix
from devices.scanners.scanner import StreamScanner, Text
from devices.scanners.wedge import GAP, Wedge, WedgeLayout, WedgeScanner
from devices.transports import Virtual, open_transport
from devices.virtual.peer import Plugged
from devices.virtual.scanner import ScannerTwin
from devices.virtual.steered import SteeredScanner
from devices.virtual.twin import Sleep

WEDGE_LAYOUTS: dict[str, WedgeLayout] = {"auto": "auto", "qwerty": "qwerty", "azerty": "azerty"}
SUFFIXES: dict[str, Suffix] = {"enter": "enter", "tab": "tab", "etx": "etx", "none": "none"}
TYPED_SUFFIXES: dict[str, Suffix] = {"enter": "enter", "tab": "tab", "none": "none"}
ENDING_GAP = 0.1
"""Seconds of silence that end a code, where nothing else does."""
SENT: dict[Suffix, str] = {"enter": "\r", "tab": "\t", "etx": "\x03", "none": ""}
"""What a scanner sends after a code, by the suffix that it is set to."""


def make_wedge(config: DeviceConfig) -> WedgeScanner:
    """A scanner that is a keyboard. Raises `BadDevice` where an option makes no sense."""
    options = Options(config)
    wedge = Wedge(
        layout=options.choice("layout", WEDGE_LAYOUTS, "auto"),
        prefix=options.text("prefix"),
        ends=options.choice("suffix", TYPED_SUFFIXES, "enter") != "none",
        gap=options.number("gap", round(GAP * 1000), 5, 200) / 1000,
        fnc1=options.text("fnc1"),
    )
    options.end()
    return WedgeScanner(config.name, wedge)


def make_serial(config: DeviceConfig) -> Scanner:
    """A scanner on a serial line. Raises `BadDevice` where an option makes no sense."""
    options = Options(config)
    framing = framing_of(options, SUFFIXES)
    options.end()
    if isinstance(config.place, Virtual):
        return _with_twin(config.name, "serial", framing, asyncio.sleep)
    cable = open_transport(config.place, config.name)
    return StreamScanner(config.name, "serial", cable, Text(), framing)


def virtual_scanner(name: str, sleep: Sleep) -> SteeredScanner:
    """The twin of any scanner: one on a serial line."""
    return _with_twin(name, "virtual", Framing(), sleep)


def _with_twin(name: str, driver: str, framing: Framing, sleep: Sleep) -> SteeredScanner:
    twin = ScannerTwin(
        name, sleep, lambda code: (framing.prefix + code).encode(), SENT[framing.suffix].encode()
    )
    return SteeredScanner(StreamScanner(name, driver, Plugged(twin), Text(), framing), twin)


def framing_of(options: Options, suffixes: dict[str, Suffix]) -> Framing:
    """How a scanner's codes are told apart, by its options. Raises `BadDevice` where one makes no sense."""
    usual = Framing()
    suffix = options.choice("suffix", suffixes, usual.suffix)
    gap = ENDING_GAP if suffix == "none" else usual.gap
    return Framing(
        prefix=options.text("prefix"),
        suffix=suffix,
        gap=options.number("gap", round(gap * 1000), 5, 2000) / 1000,
        fnc1=options.text("fnc1"),
    )
