"""From its configuration to a drawer on a printer.

Options: `pin` (2, 5), `pulse` (milliseconds, 100 to 800), `kick` (realtime, buffered), `open` (high, low, unread: what
pin 3 says of an open drawer), `warn` (seconds).
"""

from __future__ import annotations

from typing import Literal

from devices.configuration import DeviceConfig
from devices.drawers.owner import LEFT_OPEN
from devices.drawers.printer_drawer import OpenWhen, Plug, PrinterDrawer
from devices.options import Options
from devices.printers.printer import EscposPrinter

_PINS: dict[str, Literal[2, 5]] = {"2": 2, "5": 5}
_OPEN: dict[str, OpenWhen] = {"high": "high", "low": "low", "unread": "unread"}


def make_printer_drawer(config: DeviceConfig, printer: EscposPrinter) -> PrinterDrawer:
    """The drawer on this printer.

    Raises:
        BadDevice: an option makes no sense.
    """
    options, usual = Options(config), Plug()
    plug = Plug(
        pin=options.choice("pin", _PINS, usual.pin),
        milliseconds=options.number("pulse", usual.milliseconds, 100, 800),
        buffered=options.choice("kick", {"realtime": False, "buffered": True}, usual.buffered),
        open_when=options.choice("open", _OPEN, usual.open_when),
    )
    options.number("warn", int(LEFT_OPEN), 5, 3600)
    options.end()
    return PrinterDrawer(config.name, printer, plug)


def left_open_after(config: DeviceConfig) -> int:
    """Option `warn`: seconds after which an open drawer is told of."""
    return Options(config).number("warn", int(LEFT_OPEN), 5, 3600)
