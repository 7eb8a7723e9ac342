"""What the screen shows of the server, and its settings, at both sizes and on a console of sixteen colours."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from sync.events import Progress
from sync.protocol import UserRecord
from sync.store.archives import Archived, LetGo
from tests.engine_double import CUT, HEALTHY, EngineDouble
from tests.register_double import NOON, Register
from tests.selling import Till
from tui_pos.app import TillApp
from tui_pos.outcomes import MessageView
from tui_pos.settings import Settings

if TYPE_CHECKING:
    from tests.snapshots.conftest import Look, Picture

LENTILS, COFFEE = "9520000000004", "9520000000011"
KEYS = {
    "settings.show": "ctrl+g",
    "exchange.show": "ctrl+y",
    "data.load": "ctrl+f",
    "customer.new": "ctrl+o",
}
"""Actions of the menu on keys, so that a picture is a few keys away."""

STATES: dict[str, tuple[str, ...]] = {
    "crossed": (),
    "message": (),
    "loading": (),
    "load": ("ctrl+f",),
    "exchange": ("ctrl+y",),
    "settings_till": ("ctrl+g", "down", "down"),
    "settings_server": ("ctrl+g", "right", "down", "down"),
    "settings_timers": ("ctrl+g", "right", "right"),
    "settings_data": ("ctrl+g", "right", "right", "right", *["down"] * 8),
    "settings_devices": ("ctrl+g", "right", "right", "right", "right"),
    "settings_security": ("ctrl+g", "left"),
    "settings_value": ("ctrl+g", "right", "right", "down", "enter"),
    "settings_choice": ("ctrl+g", "down", "down", "down", "enter"),
    "settings_keys": ("ctrl+g", *["down"] * 5, "enter", "down", "enter"),
    "enrol": ("ctrl+g", "right", *["down"] * 20, "enter", "1"),
    "new_customer": ("ctrl+o", "Z", "o", "e"),
}


class _Catalogue:
    async def counts(self) -> Any:
        return SimpleNamespace(products=1915, customers=60)


class _Archives:
    async def all(self) -> list[Archived]:
        folder, file = "/media/stick/archives", "archive-1-20260101-20261031-89-120.zip"
        return [Archived(120, 89, file, folder, "9f" * 32, "2026-11-01T09:00:00.000Z", "", 60, 0, 0)]

    async def let_go(self) -> LetGo:
        return LetGo(88, "2026-11-02T07:30:00.000Z")


STORE = SimpleNamespace(
    profile=Path("/var/lib/tui-pos/till"),
    key_source=SimpleNamespace(value="credential"),
    schema_version="0005",
    public_key=b"a key",
    journal=SimpleNamespace(head=SimpleNamespace(seq=132)),
    feed=SimpleNamespace(at="2026-11-22T11:59:50Z"),
    catalogue=_Catalogue(),
    archives=_Archives(),
)


def till_in(state: str, look: Look) -> TillApp:
    register = Register()
    register.user = UserRecord("9", "Maud", "manager", "")
    register.settings = Settings(keys=KEYS)
    register.sold(LENTILS, COFFEE)
    engine = EngineDouble(CUT if state in ("crossed", "exchange") else HEALTHY)
    register.link = str(engine.link)
    if state == "crossed":
        register.unsent = 12
    if state in ("message", "loading"):
        register.messages = (
            MessageView("1", "Fresh bread at eleven: put the price board out, tell customers."),
        )

    async def open_till() -> Till:
        till = Till(register)
        till.server.made = engine
        till.store = STORE
        return till

    app = TillApp(open_till, now=lambda: NOON)
    app.theme = look.theme
    if state in ("loading", "load"):
        engine.on_status = lambda: engine.events.tell(Progress("write", 430_000, 1_000_000, 12.0))
    return app


@pytest.fixture(autouse=True)
def one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    for screen in ("painter", "exchange"):
        monkeypatch.setattr(f"tui_pos.screens.{screen}.__version__", "1.2.3")


@pytest.mark.parametrize("state", STATES)
def test_server(state: str, look: Look, same_picture: Picture) -> None:
    assert same_picture(till_in(state, look), look, *STATES[state])
