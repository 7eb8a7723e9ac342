"""The screens of the devices and of their prints, in English and French, at both sizes and on a console."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from devices.configuration import CounterConfig, DeviceConfig
from devices.document import Columns, Document, Rule, Text
from devices.errors import CONFIRMATION_LOST, NO_ANSWER, PAPER_OUT, DeviceDown, PaperOut
from devices.jobs import Job, JobState
from devices.registry import build_counter
from sync.protocol import UserRecord
from tests.register_double import NOON, Register
from tests.selling import Till
from tui_pos.app import TillApp
from tui_pos.l10n import use_language
from tui_pos.settings import Settings

if TYPE_CHECKING:
    from devices.counter import Counter
    from tests.snapshots.conftest import Look, Picture

RECEIPT = Document(
    (Text("Épicerie du Pont", "center"), Rule(), Columns("Lentilles vertes 500 g", "2,49 €"), Rule())
)
CONFIG = CounterConfig(
    (
        DeviceConfig("comptoir", "printer", "escpos", "tcp://192.168.1.50:9100", {"columns": "48"}),
        DeviceConfig("cuisine", "printer", "escpos", "usb:04b8:0202"),
        DeviceConfig("tiroir", "drawer", "escpos", "via:comptoir"),
        DeviceConfig("tpe", "terminal", "caisse-ap", "tcp://192.168.1.60:8888"),
        DeviceConfig("balance", "scale", "toledo-8217", "serial:/dev/ttyS0?baud=9600&mode=7e1"),
    ),
    {"receipt": "comptoir", "kitchen": "cuisine"},
)

STATES: dict[str, tuple[str, ...]] = {
    "devices": ("ctrl+d",),
    "devices_drawer": ("ctrl+d", "down", "down"),
    "devices_kind": ("ctrl+d", "f3", "down"),
    "devices_form": ("ctrl+d", "f3", "enter", "enter", "b", "a", "r"),
    "devices_edit": ("ctrl+d", "f6"),
    "devices_documents": ("ctrl+d", "f5", "down"),
    "devices_remove": ("ctrl+d", "down", "f8"),
    "prints": ("ctrl+d", "f4"),
    "prints_read": ("ctrl+d", "f4", "f6"),
    "prints_again": ("ctrl+d", "f4", "f2", "g", "o", "n", "e"),
    "prints_elsewhere": ("ctrl+d", "f4", "down", "f4"),
    "prints_announced": (),
}


def counter() -> Counter:
    """Printers of which one has no paper, a drawer, a terminal that does not answer, a scale that works."""
    made = build_counter(CONFIG)
    times = iter(NOON - timedelta(minutes=minutes) for minutes in (50, 12, 40, 20, 3, 1) * 5)
    for owner in made.owners:
        owner.clock = lambda: next(times)
        owner.found(None)
    by_name = {owner.name: owner for owner in made.owners}
    by_name["comptoir"].found(PaperOut(device="comptoir"))
    by_name["tpe"].found(DeviceDown(device="tpe", reason=NO_ANSWER))
    made.spool.submit(Job("c", "comptoir", RECEIPT, "receipt", "1-000044", reason=PAPER_OUT))
    doubtful = Job("a", "comptoir", RECEIPT, "receipt", "1-000043", JobState.UNKNOWN, 1, CONFIRMATION_LOST)
    made.spool._settled(doubtful)
    made.spool._settled(replace(doubtful, id="b", document="kitchen", device="cuisine"))
    return made


def app_in(look: Look) -> TillApp:
    register = Register()
    register.user = UserRecord("9", "Maud", "manager", "")
    register.settings = Settings()
    register.sold("9520000000004", "9520000000011")

    async def open_till() -> Till:
        till = Till(register)
        till.counter = counter()
        till.demo = None
        return till

    app = TillApp(open_till, now=lambda: NOON)
    app.theme = look.theme
    return app


@pytest.fixture(autouse=True)
def one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_pos.screens.painter.__version__", "1.2.3")


@pytest.mark.parametrize("state", STATES)
def test_devices(state: str, look: Look, same_picture: Picture) -> None:
    assert same_picture(app_in(look), look, *STATES[state])


@pytest.mark.parametrize("state", ["devices", "devices_form", "prints"])
def test_devices_in_french(state: str, look: Look, same_picture: Picture) -> None:
    use_language("fr")
    assert same_picture(app_in(look), look, *STATES[state])
