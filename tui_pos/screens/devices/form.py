"""A device to be set up: its name, where it is, and what its driver has to be told."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, ClassVar

import msgspec

from devices.configuration import ADDRESSES, Kind
from devices.transports.address import Address, Cups, File, SerialLine, Tcp, Usb, Via
from tui_pos.inputs import Input, SetUpDevice
from tui_pos.l10n import _, n_
from tui_pos.screens.devices.words import KINDS
from tui_pos.screens.dialog import Attempt, Form
from tui_pos.widgets.field import Field, Labelled
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from devices.configuration import DeviceConfig

EXAMPLES: Mapping[type[Address], str] = {
    Tcp: "tcp://192.168.1.50:9100",
    SerialLine: "serial:/dev/ttyS0?baud=9600&mode=8n1",
    Usb: "usb:04b8:0202",
    File: "file:/dev/usb/lp0",
    Cups: "cups:QUEUE",
    Via: "via:PRINTER",
}
PLACES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("scanner", "evdev"): ("file:/dev/input/by-id/usb-…-event-kbd",),
    ("display", "screen"): ("tcp://127.0.0.1:8080", "file:/dev/tty2"),
}
"""Examples of addresses where those of other devices would mislead."""
OPTIONS: Mapping[tuple[str, str], str] = {
    (
        "printer",
        "escpos",
    ): "columns=48 logo=/etc/shop.png fallback=NAME families=DRINKS cut=yes code-page=cp858",
    ("drawer", "escpos"): "pin=2 pulse=200 kick=realtime open=low warn=60",
    ("drawer", "serial"): "bytes=07",
    ("display", "vfd-escpos"): "code-page=cp1252",
    ("display", "vfd-cd5220"): "code-page=cp437",
    ("display", "screen"): "advert='Fresh bread at 5 pm|Closed on Monday' columns=40 rows=15",
    ("scale", "dialog-06"): "polynomial=1021",
    ("scanner", "wedge"): "layout=azerty suffix=enter prefix=~ gap=35 fnc1=|",
    ("scanner", "serial"): "suffix=enter prefix=~ gap=100 fnc1=|",
    ("scanner", "evdev"): "layout=azerty suffix=enter prefix=~ gap=100 fnc1=|",
    ("terminal", "concert"): "methods=CARD,CHEQUE cheques=CHEQUE till=1",
    ("terminal", "caisse-ap"): "methods=CARD,CHEQUE cheques=CHEQUE till=1 partial=no status=none",
    ("terminal", "zvt"): "methods=CARD password=000000 receipts=yes",
    ("terminal", "manual"): "methods=CARD",
    ("label", "zpl"): "width=50 height=30 dpi=300",
    ("label", "epl"): "width=50 height=30 dpi=300",
}


class DeviceForm(Form):
    """Gives `SetUpDevice`.

    Args:
        kind: of the device.
        driver: that speaks to it.
        device: as it is set up already; None: a new one.
        attempt: see `Dialog`.
    """

    DEFAULT_CSS: ClassVar[str] = """
    DeviceForm > #box { width: 78; }
    DeviceForm Labelled { margin-bottom: 0; }
    DeviceForm #hint { margin: 1 0; color: $dim; }
    """

    def __init__(
        self, kind: str, driver: str, device: DeviceConfig | None = None, *, attempt: Attempt | None = None
    ) -> None:
        super().__init__(attempt=attempt)
        self._kind = msgspec.convert(kind, Kind)
        self._driver = driver
        self._device = device
        self._allowed = ADDRESSES.get((self._kind, driver), ())

    def heading(self) -> str:
        """What is set up."""
        if self._device is not None:
            return self._device.name
        return _("New: {kind}, {driver}").format(kind=_(KINDS[self._kind]), driver=self._driver)

    def body(self) -> ComposeResult:
        """Name, address, options, and how they are written."""
        device = self._device
        if device is None:
            yield Labelled(n_("Name"), Field("name", max_length=32))
        if device is not None or self._examples:
            # an address may be pasted, which looks like a scan
            address = device.address if device else ""
            yield Labelled(n_("Address"), Field("address", address, max_length=200, scans=True))
        options = shlex.join(f"{name}={value}" for name, value in device.options.items()) if device else ""
        yield Labelled(n_("Options"), Field("options", options, max_length=400, scans=True))
        yield Words("\n".join(self._hints()), id="hint")

    @property
    def _examples(self) -> list[str]:
        usual = (EXAMPLES[kind] for kind in self._allowed if kind in EXAMPLES)
        return list(PLACES.get((self._kind, self._driver), usual))

    def _hints(self) -> list[str]:
        hints = []
        if self._examples:
            hints.append(_("Address, such as: {examples}").format(examples="   ".join(self._examples)))
        if told := OPTIONS.get((self._kind, self._driver)):
            hints.append(_("Options, where needed, such as: {options}").format(options=told))
        hints.append(_("A device is used from the moment it is set up: test it then."))
        return hints

    def on_mount(self) -> None:
        """The first field first."""
        self.query(Field).first().focus()

    def answer(self) -> Input | None:
        """The device, once it has a name; the register judges the rest."""
        name = self._device.name if self._device else self._typed("name")
        if not name:
            self.lack("name", _("A device needs a name."))
            return None
        options = _read(self._typed("options"))
        if options is None:
            self.lack("options", _("An option is NAME=VALUE, and there is a space between two."))
            return None
        return SetUpDevice(name, self._kind, self._driver, self._typed("address") or "virtual:", options)

    def _typed(self, field: str) -> str:
        found = self.query(f"#{field}")
        return found.first(Field).value.strip() if found else ""


def _read(text: str) -> dict[str, str] | None:
    """Options as they are typed, words with blanks between quotes; None: they are none."""
    try:
        pairs = [option.partition("=") for option in shlex.split(text)]
    except ValueError:  # a quote without its other
        return None
    if not all(name and equals and value for name, equals, value in pairs):
        return None
    return {name: value for name, _equals, value in pairs}
