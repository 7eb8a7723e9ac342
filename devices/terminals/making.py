"""From its configuration to a card terminal.

All take `methods`, the payment methods that go through the terminal (`CARD,CHEQUE`; without it: cards, and those that
the shop marks), and `cheques`, those of them for which it reads a cheque. A driver at `virtual:` gets the twin that
speaks its protocol.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, n_
from devices.options import Options
from devices.ports import Terminal
from devices.terminals import caisse_ap, concert, zvt
from devices.terminals.manual import ManualTerminal
from devices.transports import open_transport
from devices.transports.transport import Transport
from devices.virtual.caisse_ap import CaisseApTwin
from devices.virtual.concert import ConcertTwin
from devices.virtual.peer import Plugged
from devices.virtual.steered import SteeredTerminal
from devices.virtual.zvt import ZvtTwin

_CHEQUES = ("CHEQUE",)


def make_caisse_ap(config: DeviceConfig) -> Terminal:
    """Options besides: `till` (2 digits), `association` (12 characters), `version` (0300, 0320), `partial` (yes, no),
    `status` (T, I or none: the action by which the terminal tells its state, where its manual has one).

    Raises:
        BadDevice: an option makes no sense.
    """
    options, usual = _options(config), caisse_ap.Settings()
    settings = caisse_ap.Settings(
        till=_till(options),
        association=_sized(config, options.text("association", usual.association), 12),
        version=options.choice("version", {"0300": "0300", "0320": "0320"}, usual.version),
        currency=_currency(options),
        cheques=_words(options, "cheques") or _CHEQUES,
        partial=options.flag("partial", default=usual.partial),
        status=options.choice("status", {"t": "T", "i": "I", "none": ""}, usual.status),
    )
    options.end()
    return _plugged(
        config, lambda cable: caisse_ap.CaisseApTerminal(config.name, cable, settings), CaisseApTwin
    )


def make_concert(config: DeviceConfig) -> Terminal:
    """Option besides: `till` (2 digits).

    Raises:
        BadDevice: an option makes no sense.
    """
    options = _options(config)
    settings = concert.Settings(_till(options), _currency(options), _words(options, "cheques") or _CHEQUES)
    options.end()
    return _plugged(config, lambda cable: concert.ConcertTerminal(config.name, cable, settings), ConcertTwin)


def make_zvt(config: DeviceConfig) -> Terminal:
    """Options besides: `password` (6 digits), `receipts` (yes: the till prints them; no: the terminal does).

    Raises:
        BadDevice: an option makes no sense.
    """
    options, usual = _options(config), zvt.Settings()
    settings = zvt.Settings(
        password=f"{options.number('password', 0, 0, 999_999):06d}",
        currency=int(_currency(options)),
        receipts=options.flag("receipts", default=usual.receipts),
    )
    options.end()
    return _plugged(config, lambda cable: zvt.ZvtTerminal(config.name, cable, settings), ZvtTwin)


def make_manual(config: DeviceConfig) -> Terminal:
    """A terminal that stands alone takes no other option.

    Raises:
        BadDevice: an option makes no sense.
    """
    _options(config).end()
    return ManualTerminal(config.name)


def _plugged(
    config: DeviceConfig,
    driver: Callable[[Transport], Terminal],
    twin_of: Callable[[str], CaisseApTwin | ConcertTwin | ZvtTwin],
) -> Terminal:
    if not config.virtual:
        return driver(open_transport(config.place, config.name))
    twin = twin_of(config.name)
    return SteeredTerminal(driver(Plugged(twin)), twin)


def _options(config: DeviceConfig) -> Options:
    options = Options(config)
    options.text("methods")
    return options


def _words(options: Options, name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in options.text(name).split(",") if word.strip())


def _till(options: Options) -> str:
    return f"{options.number('till', 1, 0, 99):02d}"


def _currency(options: Options) -> str:
    """The number of the currency, ISO 4217: 978 is the euro."""
    return f"{options.number('currency', 978, 1, 999):03d}"


def _sized(config: DeviceConfig, text: str, size: int) -> str:
    if len(text) != size or not (text.isascii() and text.isalnum()):
        reason = n_("the association has {size} letters or digits")
        raise BadDevice(device=config.name, reason=reason, size=size)
    return text
