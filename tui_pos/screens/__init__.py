"""The screens. Each is imported when it is first asked for: the first frame needs none of the dialogs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_pos.screens.cash_move import CashMoveScreen
    from tui_pos.screens.confirm import ConfirmScreen
    from tui_pos.screens.counting import CountingScreen
    from tui_pos.screens.customer_form import CustomerForm
    from tui_pos.screens.customers import CustomersScreen
    from tui_pos.screens.exchange import ExchangeScreen
    from tui_pos.screens.held import HeldScreen
    from tui_pos.screens.help import HelpScreen
    from tui_pos.screens.load import LoadScreen
    from tui_pos.screens.menu import Entry, MenuScreen
    from tui_pos.screens.message import MessageScreen
    from tui_pos.screens.open_session import OpenSessionScreen
    from tui_pos.screens.products import ProductsScreen
    from tui_pos.screens.reason import ReasonScreen
    from tui_pos.screens.report import ReportScreen
    from tui_pos.screens.resolve_payment import ResolvePaymentScreen
    from tui_pos.screens.return_lines import ReturnLinesScreen
    from tui_pos.screens.sign_in import SignInScreen
    from tui_pos.screens.supervisor import SupervisorScreen
    from tui_pos.screens.tickets import TicketsScreen

_HOMES = {
    "CashMoveScreen": "cash_move",
    "ConfirmScreen": "confirm",
    "CustomerForm": "customer_form",
    "CountingScreen": "counting",
    "CustomersScreen": "customers",
    "ExchangeScreen": "exchange",
    "Entry": "menu",
    "HeldScreen": "held",
    "HelpScreen": "help",
    "LoadScreen": "load",
    "MenuScreen": "menu",
    "MessageScreen": "message",
    "OpenSessionScreen": "open_session",
    "ProductsScreen": "products",
    "ReasonScreen": "reason",
    "ReportScreen": "report",
    "ResolvePaymentScreen": "resolve_payment",
    "ReturnLinesScreen": "return_lines",
    "SignInScreen": "sign_in",
    "SupervisorScreen": "supervisor",
    "TicketsScreen": "tickets",
}

__all__ = [
    "CashMoveScreen",
    "ConfirmScreen",
    "CountingScreen",
    "CustomerForm",
    "CustomersScreen",
    "Entry",
    "ExchangeScreen",
    "HeldScreen",
    "HelpScreen",
    "LoadScreen",
    "MenuScreen",
    "MessageScreen",
    "OpenSessionScreen",
    "ProductsScreen",
    "ReasonScreen",
    "ReportScreen",
    "ResolvePaymentScreen",
    "ReturnLinesScreen",
    "SignInScreen",
    "SupervisorScreen",
    "TicketsScreen",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
