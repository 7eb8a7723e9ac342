"""From its configuration to a customer display. A pole display at `virtual:` gets the twin that reads its bytes."""

from __future__ import annotations

from ipaddress import ip_address

from devices.configuration import DeviceConfig
from devices.displays.page import Page
from devices.displays.second_terminal import SecondTerminal
from devices.displays.vfd import Language, PoleDisplay, cd5220, escpos
from devices.errors import BadDevice, n_
from devices.options import Options
from devices.ports import Display
from devices.transports import Tcp, Virtual, open_transport
from devices.virtual.display import VirtualScreen
from devices.virtual.peer import Plugged
from devices.virtual.steered import SteeredDisplay
from devices.virtual.vfd import VfdTwin

LOOPBACK_ONLY = n_("the page is served to this machine only: tcp://127.0.0.1:PORT")


def make_vfd_escpos(config: DeviceConfig) -> Display:
    """Option `code-page` (cp1252, cp858). Raises `BadDevice` where an option makes no sense."""
    options = Options(config)
    page = options.choice("code-page", {"cp1252": "cp1252", "cp858": "cp858"}, "cp1252")
    options.end()
    return _pole(config, escpos(page))


def make_vfd_cd5220(config: DeviceConfig) -> Display:
    """Option `code-page` (cp437, cp850, cp858, cp1252). Raises `BadDevice` where an option makes no sense."""
    options = Options(config)
    pages = {page: page for page in ("cp437", "cp850", "cp858", "cp1252")}
    page = options.choice("code-page", pages, "cp437")
    options.end()
    return _pole(config, cd5220(page))


def make_screen(config: DeviceConfig) -> Display:
    """Options `advert` (texts that take turns, with `|` between) and, on a terminal, `columns` and `rows`.

    Raises:
        BadDevice: an option makes no sense, or the page would be open to the network.
    """
    options = Options(config)
    adverts = tuple(text.strip() for text in options.text("advert").split("|") if text.strip())
    columns, rows = options.number("columns", 40, 20, 250), options.number("rows", 15, 4, 100)
    options.end()
    place = config.place
    if isinstance(place, Virtual):
        return VirtualScreen(config.name)
    if isinstance(place, Tcp):
        if not _is_loopback(place.host):
            raise BadDevice(device=config.name, reason=LOOPBACK_ONLY)
        return Page(config.name, place, adverts)
    return SecondTerminal(config.name, open_transport(place, config.name), columns, rows, adverts)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _pole(config: DeviceConfig, language: Language) -> Display:
    if not config.virtual:
        return PoleDisplay(config.name, open_transport(config.place, config.name), language)
    twin = VfdTwin(config.name, codec=language.codec)
    return SteeredDisplay(PoleDisplay(config.name, Plugged(twin), language), twin)
