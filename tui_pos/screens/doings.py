"""What each action does: an input for the register, a question at the prompt, or a dialog that makes an input.

Dialogs are imported when they are first asked for; one is up at a time, and what comes meanwhile waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from tui_pos import screens
from tui_pos.errors import refuse
from tui_pos.inputs import (
    Back,
    ClosePeriod,
    CreateCustomer,
    Enter,
    Hold,
    Input,
    OpenDrawer,
    Pay,
    Print,
    Select,
    SetCustomer,
    SignIn,
    VoidLine,
    VoidPayment,
    VoidTicket,
    XReport,
)
from tui_pos.l10n import _, n_
from tui_pos.sale.prompt import Context
from tui_pos.screens import questions
from tui_pos.screens.items import Given, Wanted
from tui_pos.screens.server_deeds import ServerDeeds
from tui_pos.screens.stumbles import RESTART
from tui_pos.screens.till_deeds import TillDeeds

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui_pos.outcomes import Outcome
    from tui_pos.sale.ticket import Line
    from tui_pos.screens.conduct import Conduct

Result = TypeVar("Result")
Deed: TypeAlias = Callable[[str], Awaitable[None]]
"""Does an action; the text stood at the prompt."""


class Doings:
    """Does actions by their ids."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._app = conduct.app
        self._waiting: list[Callable[[], None]] = []
        self._asked_who = False
        self._deeds: dict[str, Deed] = {
            "back": self._back,
            "line.up": self._line_up,
            "line.down": self._line_down,
            "line.quantity": self._quantity,
            "line.price": self._price,
            "line.discount": self._discount,
            "ticket.discount": self._ticket_discount,
            "line.void": self.gives(VoidLine()),
            "ticket.customer": self._customer,
            "customer.new": self._new_customer,
            "ticket.hold": self.gives(Hold()),
            "ticket.recall": self._recall,
            "ticket.pay": self.gives(Pay()),
            "ticket.void": self._void_ticket,
            "ticket.reprint": self.gives(Print("duplicate")),
            "ticket.return": self._tickets,
            "tickets.search": self._tickets,
            "products.search": self._products,
            "receipt.print": self._receipt,
            "payment.resolve": self._resolve,
            "payment.void": self.gives(VoidPayment()),
            "ticket.provisional": self.gives(Print("provisional")),
            "report.z": self.gives(Print("z")),
            "period.close": self._close_period,
            "cash.in": self._cash_in,
            "cash.out": self._cash_out,
            "drawer.open": self._drawer,
            "session.open": self._open_session,
            "session.x": self.gives(XReport()),
            "session.close": self._close_session,
        }
        self._deeds |= TillDeeds(conduct, self).deeds
        self._deeds |= ServerDeeds(conduct, self).deeds

    async def do(self, action: str, text: str) -> None:
        """Do an action; `text` stood at the prompt. Raises Refused."""
        await self._deeds[action](text)

    def follow(self, outcome: Outcome, given: Input) -> None:
        """Show what an outcome brings that does not fit on the selling screen."""
        if outcome.found is not None:
            text = given.text.rpartition("*")[2] if isinstance(given, Enter) else ""
            self.ask(screens.ProductsScreen(self._conduct.register, text), self.give)
        if outcome.customer is not None and isinstance(given, CreateCustomer):
            self.give(SetCustomer(outcome.customer.code))
        if outcome.report is not None:
            self.ask(screens.ReportScreen(self._conduct.register, outcome.report), self.give)
        elif outcome.text is not None:
            self._conduct.say(_("It goes to the printer."))

    def gives(self, given: Input) -> Deed:
        """The deed that gives an input."""

        async def deed(_text: str) -> None:
            await self._conduct.accept(given)

        return deed

    # --- dialogs

    def ask(self, screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
        """Show a dialog when there is none, and do `then` with its answer."""

        def answered(result: Result | None) -> None:
            if then is not None:
                then(result)
            self._app.call_later(self._next)

        def show() -> None:
            self._app.push_screen(screen, answered)

        self._waiting.append(show)
        self._next()

    def _next(self) -> None:
        if self._waiting and self._app.screen is self._app.selling:
            self._waiting.pop(0)()

    def give(self, given: Any) -> None:
        """Put what a dialog made on the queue. One that tried it itself has nothing left to give."""
        if isinstance(given, Input):
            self._conduct.items.put_nowait(Given(given))

    def ask_supervisor(self, message: str) -> None:
        """Something was refused for want of a right: somebody else may lend it."""
        if getattr(self._app.screen, "STAYS", False):
            self._app.push_screen(screens.SupervisorScreen(message, attempt=self._conduct.attempt))
            return
        self.ask(screens.SupervisorScreen(message, attempt=self._conduct.attempt))

    def ask_who(self) -> None:
        """Nobody is signed in, or the till is locked: over everything, so that nothing of the ticket is seen."""
        if self._asked_who:
            return
        self._asked_who = True
        till = self._conduct.till
        codes = till.demo.codes if till.demo is not None else ()
        lines = [_("{user} / {pin}  {name}").format(user=c.user, pin=c.pin, name=c.name) for c in codes]
        screen = screens.SignInScreen(self._conduct.register, demo=lines, attempt=self._conduct.attempt)
        self._app.push_screen(screen, self._signed_in)

    def closed(self) -> None:
        """A dialog was closed without an answer, because it failed: the next one may come."""
        self._asked_who = False
        self._app.call_later(self._next)

    def offer_restart(self) -> None:
        """The till stumbles again and again: over everything, whatever is up."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.exit(return_code=RESTART)

        question = _(
            "The till has stumbled several times. Start it anew? What was sold is kept, the open ticket too."
        )
        self._app.push_screen(screens.ConfirmScreen(question), answered)

    def _signed_in(self, given: Input | None) -> None:
        self._asked_who = False
        if isinstance(given, SignIn):
            self._app.call_later(self._next)
            if self._conduct.context is Context.SESSION:
                self.want("session.open")
            return
        question = _("Leave the till? What was sold is kept, and the open ticket too.")
        self._app.push_screen(screens.ConfirmScreen(question), self._left)

    def _left(self, yes: bool | None) -> None:
        if yes:
            self._app.exit(return_code=0)
        else:
            self.ask_who()

    def want(self, action: str) -> None:
        """Put an action on the queue."""
        self._conduct.items.put_nowait(Wanted(action))

    # --- lines

    def _line(self) -> Line:
        line = self._app.selling.basket.selected
        if line is None:
            raise refuse("empty_ticket", n_("There is no line yet: scan a product first."))
        return line

    async def _line_up(self, _text: str) -> None:
        await self._select(-1)

    async def _line_down(self, _text: str) -> None:
        await self._select(1)

    async def _select(self, step: int) -> None:
        line = self._app.selling.basket.neighbour(step)
        if line is not None:
            await self._conduct.accept(Select(line.n))

    async def _question(self, question: questions.Question, text: str) -> None:
        """Ask in place; what was typed before the key is the answer already."""
        if text.strip():
            await self._conduct.accept(question.read(text))
        else:
            self._conduct.question = question
            self._conduct.say("")

    async def _quantity(self, text: str) -> None:
        await self._question(questions.quantity_of(self._line()), text)

    async def _price(self, text: str) -> None:
        await self._question(questions.price_of(self._line()), text)

    async def _discount(self, text: str) -> None:
        await self._question(questions.discount_on(self._line()), text)

    async def _ticket_discount(self, text: str) -> None:
        self._line()
        await self._question(questions.discount_on(None), text)

    # --- tickets

    async def _back(self, text: str) -> None:
        """One step back: what was typed, then the question, then what the register asks."""
        if text:
            return
        self._conduct.say("")
        if self._conduct.question is not None:
            self._conduct.question = None
            return
        if self._conduct.context in (Context.PAYMENT, Context.PRICE, Context.ITEM):
            await self._conduct.accept(Back())

    async def _customer(self, text: str) -> None:
        screen = screens.CustomersScreen(self._conduct.register, text, attempt=self._conduct.attempt)
        self.ask(screen, self.give)

    async def _new_customer(self, _text: str) -> None:
        self.ask(screens.CustomerForm(attempt=self._conduct.attempt))

    async def _recall(self, _text: str) -> None:
        if not self._conduct.register.held_count:
            raise refuse("no_ticket", n_("No ticket is set aside."))
        self.ask(screens.HeldScreen(self._conduct.register), self.give)

    async def _void_ticket(self, _text: str) -> None:
        if self._conduct.register.ticket is None:
            raise refuse("no_ticket", n_("No ticket is open: there is nothing to void."))

        def answered(yes: bool | None) -> None:
            if yes:
                self.give(VoidTicket())

        self.ask(screens.ConfirmScreen(_("Void the whole ticket?")), answered)

    async def _tickets(self, _text: str) -> None:
        self.ask(screens.TicketsScreen(self._conduct.register), self.give)

    async def _products(self, text: str) -> None:
        self.ask(screens.ProductsScreen(self._conduct.register, text), self.give)

    async def _receipt(self, _text: str) -> None:
        await self._conduct.accept(Print("receipt"))

    # --- cash

    async def _resolve(self, _text: str) -> None:
        self.ask(screens.ResolvePaymentScreen(attempt=self._conduct.attempt))

    async def _cash_in(self, _text: str) -> None:
        self.ask(screens.CashMoveScreen(out=False, attempt=self._conduct.attempt))

    async def _cash_out(self, _text: str) -> None:
        self.ask(screens.CashMoveScreen(out=True, attempt=self._conduct.attempt))

    async def _drawer(self, _text: str) -> None:
        def answered(reason: str | None) -> None:
            if reason:
                self.give(OpenDrawer(reason))

        self.ask(screens.ReasonScreen(_("Open the drawer")), answered)

    async def _open_session(self, _text: str) -> None:
        self.ask(screens.OpenSessionScreen(self._conduct.register, attempt=self._conduct.attempt))

    async def _close_session(self, _text: str) -> None:
        if self._conduct.register.ticket is not None:
            raise refuse(
                "not_allowed", n_("A ticket is open: pay it, hold it or void it before the session closes.")
            )
        register = self._conduct.register
        used = await register.used_methods()
        self.ask(screens.CountingScreen(register, used=used, attempt=self._conduct.attempt))

    async def _close_period(self, _text: str) -> None:
        def chosen(period: str | None) -> None:
            if period is None:
                return

            def answered(yes: bool | None) -> None:
                if yes:
                    self.give(msgspec.convert({"period": period}, ClosePeriod))

            question = _("A closing is final: it is numbered, and nothing is added to it any more. Close?")
            self.ask(screens.ConfirmScreen(question), answered)

        periods = (("day", _("The day")), ("month", _("The month")), ("year", _("The year")))
        entries = [screens.Entry(period, label) for period, label in periods]
        self.ask(screens.MenuScreen(entries, heading=n_("Close the books of")), chosen)
