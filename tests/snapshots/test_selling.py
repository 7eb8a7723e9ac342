"""What the selling screen looks like in each of its states, at both sizes and on a console of sixteen colours."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.register_double import NOON, Register
from tests.selling import Till
from tui_pos.app import TillApp
from tui_pos.errors import refuse
from tui_pos.sale import basket
from tui_pos.sale.ticket import Customer, Reduction

if TYPE_CHECKING:
    from tests.snapshots.conftest import Look, Picture

LENTILS, COFFEE, SPONGE, CREAM = "9520000000004", "9520000000011", "9520000000028", "9520000000035"
BASKET = (LENTILS, COFFEE, SPONGE, CREAM)

STATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "empty": ((), ()),
    "basket": (BASKET, ("3", "f2", "up")),
    "scrolled": (BASKET * 8, ()),
    "refused": ((LENTILS,), ("4", "0", "4", "enter")),
    "question": (BASKET, ("f2",)),
    "voided": (BASKET, ("f8",)),
    "paying": (BASKET, ("f10", "5", "f2")),
    "paid": (BASKET, ("f10", "2", "0", "enter")),
    "devices": (BASKET, ("ctrl+k",)),
    "palette": ((LENTILS,), ("ctrl+p",)),
    "menu": ((LENTILS,), ("f12",)),
}
"""What is on the ticket already, and the keys that are pressed then."""


def till_with(register: Register, look: Look) -> TillApp:
    async def open_till() -> Till:
        return Till(register)

    app = TillApp(open_till, now=lambda: NOON)
    app.theme = look.theme
    return app


@pytest.fixture(autouse=True)
def one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_pos.screens.painter.__version__", "1.2.3")


@pytest.mark.parametrize("state", STATES)
def test_selling(state: str, look: Look, same_picture: Picture) -> None:
    codes, keys = STATES[state]
    register = Register()
    if codes:
        register.sold(*codes)

    assert same_picture(till_with(register, look), look, *keys)


def test_a_customer_and_a_discount(look: Look, same_picture: Picture) -> None:
    register = Register()
    ticket = basket.set_customer(register.sold(LENTILS), Customer("C00042", "Mme Anaïs Lefèvre", "B"))
    register.ticket = basket.discount_ticket(ticket, Reduction(percent=Decimal(10)), "1")

    assert same_picture(till_with(register, look), look)


def test_a_till_that_cannot_open(look: Look, same_picture: Picture) -> None:
    async def open_till() -> Any:
        raise refuse(
            "wrong_key",
            "The key does not open this till's data. Nothing was changed: restore the right key, "
            "or ask the server for the recovery key, then start again.",
        )

    app = TillApp(open_till, now=lambda: NOON)
    app.theme = look.theme

    assert same_picture(app, look)
