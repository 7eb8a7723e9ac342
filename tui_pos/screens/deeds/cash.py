"""What the actions on the cash and the books do: the drawer, the session, its reports, the closings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui_pos import screens
from tui_pos.errors import refuse
from tui_pos.inputs import ClosePeriod, OpenDrawer, Print, VoidPayment, XReport
from tui_pos.l10n import _, n_
from tui_pos.screens.deeds.giving import gives

if TYPE_CHECKING:
    from tui_pos.screens.conduct import Conduct, Deed


class CashDeeds:
    """The deeds on the cash and the books, by the ids of their actions."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._dialogs = conduct.dialogs
        self.deeds: dict[str, Deed] = {
            "payment.resolve": self._resolve,
            "payment.void": gives(conduct, VoidPayment()),
            "cash.in": self._cash_in,
            "cash.out": self._cash_out,
            "drawer.open": self._drawer,
            "session.open": self._open_session,
            "session.x": gives(conduct, XReport()),
            "session.close": self._close_session,
            "report.z": gives(conduct, Print("z")),
            "period.close": self._close_period,
        }

    async def _resolve(self, _text: str) -> None:
        register = self._conduct.register
        if register.card_asked is not None:
            question = screens.ResolvePaymentScreen(
                register.card_asked, register.shop.currency, attempt=self._dialogs.attempt
            )
            self._dialogs.ask(question)

    async def _cash_in(self, _text: str) -> None:
        self._dialogs.ask(screens.CashMoveScreen(out=False, attempt=self._dialogs.attempt))

    async def _cash_out(self, _text: str) -> None:
        self._dialogs.ask(screens.CashMoveScreen(out=True, attempt=self._dialogs.attempt))

    async def _drawer(self, _text: str) -> None:
        def answered(reason: str | None) -> None:
            if reason:
                self._dialogs.give(OpenDrawer(reason))

        self._dialogs.ask(screens.ReasonScreen(_("Open the drawer")), answered)

    async def _open_session(self, _text: str) -> None:
        register = self._conduct.register
        self._dialogs.ask(screens.OpenSessionScreen(register, attempt=self._dialogs.attempt))

    async def _close_session(self, _text: str) -> None:
        register = self._conduct.register
        if register.ticket is not None:
            raise refuse(
                "not_allowed", n_("A ticket is open: pay it, hold it or void it before the session closes.")
            )
        used = await register.used_methods()
        self._dialogs.ask(screens.CountingScreen(register, used=used, attempt=self._dialogs.attempt))

    async def _close_period(self, _text: str) -> None:
        def chosen(period: str | None) -> None:
            if period is not None:
                question = _(
                    "A closing is final: it is numbered, and nothing is added to it any more. Close?"
                )
                closing = msgspec.convert({"period": period}, ClosePeriod)
                self._dialogs.confirm(question, lambda: self._dialogs.give(closing))

        periods = (("day", _("The day")), ("month", _("The month")), ("year", _("The year")))
        entries = [screens.Entry(period, label) for period, label in periods]
        self._dialogs.ask(screens.MenuScreen(entries, heading=_("Close the books of")), chosen)
