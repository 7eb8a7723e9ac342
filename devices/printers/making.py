"""From its configuration to a receipt printer.

Options: `columns` (48, 42 or 32…), `code-page` (cp1252, cp858), `cut`, `qr`, `barcodes`, `status`, `confirms`, `asb`,
`pictures`, `shared` (yes, no), `wait` (seconds that it is given to answer), `logo` and `font` (files), `fallback`
(the printer that stands in for it), `families` (of goods, with commas between: orders for the kitchen that are printed
here).
"""

from __future__ import annotations

from devices.configuration import DeviceConfig
from devices.document import NARROWEST
from devices.options import Options
from devices.printers.printer import EscposPrinter
from devices.printers.profile import CodePage, Profile
from devices.transports import open_transport
from devices.transports.address import Tcp

_PAGES: dict[str, CodePage] = {"cp1252": "CP1252", "16": "CP1252", "cp858": "CP858", "19": "CP858"}


def profile_of(config: DeviceConfig) -> Profile:
    """What the printer can do, as it is configured.

    Raises:
        BadDevice: an option makes no sense.
    """
    options = Options(config)
    usual = Profile()
    profile = Profile(
        columns=options.number("columns", usual.columns, NARROWEST, 64),
        code_page=options.choice("code-page", _PAGES, usual.code_page),
        cuts=options.flag("cut", default=usual.cuts),
        qr=options.flag("qr", default=usual.qr),
        barcodes=options.flag("barcodes", default=usual.barcodes),
        confirms=options.flag("confirms", default=usual.confirms),
        answers=options.flag("status", default=usual.answers),
        wait=options.number("wait", int(usual.wait), 1, 30),
        speaks_up=options.flag("asb", default=usual.speaks_up),
        shared=options.flag("shared", default=isinstance(config.place, Tcp)),
        pictures=options.flag("pictures", default=True),
        logo=options.text("logo"),
        font=options.text("font"),
        fallback=options.text("fallback"),
        families=tuple(filter(None, map(str.strip, options.text("families").split(",")))),
    )
    options.end()
    return profile


def make_printer(config: DeviceConfig) -> EscposPrinter:
    """The driver of an ESC/POS printer.

    Raises:
        BadDevice: an option makes no sense.
    """
    return EscposPrinter(config.name, open_transport(config.place, config.name), profile_of(config))
