"""What each dialog looks like at both sizes and on a console of sixteen colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.dialogs import LINES, REPORT, FakeRegister, Host
from tui_pos.outcomes import CardAsked, TicketView
from tui_pos.screens import (
    CashMoveScreen,
    ConfirmScreen,
    CountingScreen,
    CustomersScreen,
    Entry,
    HeldScreen,
    HelpScreen,
    MenuScreen,
    MessageScreen,
    OpenSessionScreen,
    ProductsScreen,
    ReasonScreen,
    ReportScreen,
    ResolvePaymentScreen,
    ReturnLinesScreen,
    SignInScreen,
    SupervisorScreen,
    TicketsScreen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

DEMO = ("Cashier 1, PIN 1111", "Supervisor 2, PIN 2222")
ENTRIES = (
    Entry("ticket.void", "Void the ticket", group="Ticket"),
    Entry("ticket.return", "Take goods back", group="Ticket", note="supervisor"),
    Entry("cash.in", "Cash in", group="Cash"),
    Entry("cash.out", "Cash out", group="Cash"),
    Entry("session.close", "Close the session (Z)", group="Cash"),
    Entry("till.lock", "Lock the till", "ctrl+l", "Till"),
    Entry("till.quit", "Leave the till", group="Till"),
)
CLOSED = TicketView("1-000042", "u", None, LINES, 3, 750, 0, 750, 750, 0, 0, (), (), "2026-11-22T09:12:44Z")

DIALOGS: dict[str, tuple[Callable[[], Screen[Any]], tuple[str, ...]]] = {
    "sign_in": (lambda: SignInScreen(FakeRegister(), demo=DEMO), ("1", "enter", "1", "1")),
    "locked": (lambda: SignInScreen(FakeRegister(locked=True), message="This PIN is wrong."), ()),
    "supervisor": (lambda: SupervisorScreen("This needs the right to give discounts."), ("2", "enter")),
    "open_session": (lambda: OpenSessionScreen(FakeRegister()), ("down", "down", "3", "right", "1", "2")),
    "counting": (lambda: CountingScreen(FakeRegister()), ("1", "5", "0", "enter", "9", "8", ",", "5")),
    "products": (lambda: ProductsScreen(FakeRegister()), ("c", "o", "down")),
    "products_none": (lambda: ProductsScreen(FakeRegister(), "xyz"), ("enter",)),
    "customers": (lambda: CustomersScreen(FakeRegister()), ("down",)),
    "held": (lambda: HeldScreen(FakeRegister()), ()),
    "tickets": (lambda: TicketsScreen(FakeRegister()), ("down",)),
    "receipt": (lambda: TicketsScreen(FakeRegister()), ("down", "enter")),
    "return_lines": (lambda: ReturnLinesScreen(CLOSED), ("right", "down")),
    "cash_out": (lambda: CashMoveScreen(out=True), ("2", "0", "enter", "enter")),
    "report": (lambda: ReportScreen(FakeRegister(), REPORT), ()),
    "resolve": (lambda: ResolvePaymentScreen(CardAsked("pay", 268), "EUR"), ("right",)),
    "confirm": (lambda: ConfirmScreen("Not counted: Cheque. Close the session without it?"), ()),
    "reason": (lambda: ReasonScreen("Open the drawer"), ()),
    "menu": (lambda: MenuScreen(ENTRIES), ("down",)),
    "message": (lambda: MessageScreen("Back on line", "All 12 tickets were sent."), ()),
    "help": (HelpScreen, ()),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_the_dialog_looks_as_it_did(name: str, look: Any, same_picture: Callable[..., bool]) -> None:
    dialog, keys = DIALOGS[name]
    assert same_picture(Host(dialog(), theme=look.theme), look, *keys)
