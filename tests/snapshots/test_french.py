"""What the till looks like in French: nothing cut, nothing left in English."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual.screen import Screen

from devices.document import as_text
from tests.dialogs import REPORT, FakeRegister, Host
from tests.register_double import NOON, Register
from tests.selling import Till
from tui_pos.app import TillApp
from tui_pos.errors import RightNeeded
from tui_pos.l10n import _, use_language
from tui_pos.outcomes import PromptView
from tui_pos.receipts import PaperContext, report
from tui_pos.rights import Right
from tui_pos.sale.prompt import Context
from tui_pos.screens import (
    CountingScreen,
    HelpScreen,
    ProductsScreen,
    ReportScreen,
    SignInScreen,
    SupervisorScreen,
)

if TYPE_CHECKING:
    from tests.snapshots.conftest import Look, Picture

pytestmark = pytest.mark.parametrize("look", ["80x24"], indirect=True)

BASKET = ("9520000000004", "9520000000011", "9520000000028", "9520000000035")
STATES: dict[str, tuple[str, ...]] = {
    "basket": ("3", "f2", "up"),
    "refused": ("4", "0", "4", "enter"),
    "paying": ("f10", "5", "f2"),
    "paid": ("f10", "2", "0", "enter"),
    "palette": ("ctrl+p",),
}


@pytest.fixture(autouse=True)
def french(english_in_paris: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_pos.screens.painter.__version__", "1.2.3")
    use_language("fr")


class FrenchRegister(Register):
    """Names what it expects as the register does: in the language of the till."""

    def prompt(self) -> PromptView:
        view = super().prompt()
        if view.context is not Context.PAYMENT:
            return replace(view, label=_(view.label))
        text = _("Amount paid by {method}; Enter alone: all that is due")
        return replace(view, label=text.format(method=_("Cash")))


class Books(FakeRegister):
    """Gives the paper of a report as the register makes it."""

    async def document(self, what: str, number: str | None = None) -> tuple[str, ...]:
        context = PaperContext(till="1", cashier="Camille", version="1.2.3", methods={"CASH": "Espèces"})
        return tuple(as_text(report(REPORT, self.shop, context), 42))


@pytest.mark.parametrize("state", STATES)
def test_selling_in_french(state: str, look: Look, same_picture: Picture) -> None:
    register = FrenchRegister()
    register.sold(*BASKET)

    async def open_till() -> Till:
        return Till(register)

    assert same_picture(TillApp(open_till, now=lambda: NOON), look, *STATES[state])


DIALOGS: dict[str, tuple[Callable[[], Screen[Any]], tuple[str, ...]]] = {
    "sign_in": (lambda: SignInScreen(FakeRegister(), demo=("1 / 1111  Camille",)), ("1", "enter")),
    "locked": (lambda: SignInScreen(FakeRegister(locked=True)), ()),
    "supervisor": (lambda: SupervisorScreen(RightNeeded(Right.DISCOUNT).message), ("2",)),
    "products": (lambda: ProductsScreen(FakeRegister()), ("c", "o", "down")),
    "counting": (lambda: CountingScreen(FakeRegister()), ("1", "5", "0")),
    "z_report": (lambda: ReportScreen(Books(), REPORT), ()),
    "help": (HelpScreen, ()),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_in_french(name: str, look: Look, same_picture: Picture) -> None:
    dialog, keys = DIALOGS[name]

    assert same_picture(Host(dialog(), theme=look.theme), look, *keys)
