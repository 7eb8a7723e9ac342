"""What each action does: an input for the register, a question at the prompt, or a dialog that makes an input.

Dialogs are imported when they are first asked for; one is up at a time, and what comes meanwhile waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from tui_pos import screens
from tui_pos.actions import Action, Group, Place
from tui_pos.errors import refuse
from tui_pos.inputs import (
    Back,
    ClosePeriod,
    Enter,
    Hold,
    Input,
    Lock,
    OpenDrawer,
    Pay,
    Print,
    Select,
    SignIn,
    SignOut,
    VoidLine,
    VoidPayment,
    VoidTicket,
    XReport,
)
from tui_pos.l10n import _, n_
from tui_pos.rights import LABELS
from tui_pos.sale.prompt import Context
from tui_pos.screens import questions
from tui_pos.screens.items import Given, Wanted
from tui_pos.screens.stumbles import RESTART
from tui_pos.theme import next_theme

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui_pos.outcomes import Outcome
    from tui_pos.sale.ticket import Line
    from tui_pos.screens.conduct import Conduct

Result = TypeVar("Result")
Deed: TypeAlias = Callable[[str], Awaitable[None]]


class Doings:
    """Does actions by their ids."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._app = conduct.app
        self._waiting: list[Callable[[], None]] = []
        self._asked_who = False
        self._deeds: dict[str, Deed] = {
            "help": self._help,
            "menu": self._menu,
            "palette": self._palette,
            "back": self._back,
            "line.up": self._line_up,
            "line.down": self._line_down,
            "line.quantity": self._quantity,
            "line.price": self._price,
            "line.discount": self._discount,
            "ticket.discount": self._ticket_discount,
            "line.void": self._gives(VoidLine()),
            "ticket.customer": self._customer,
            "ticket.hold": self._gives(Hold()),
            "ticket.recall": self._recall,
            "ticket.pay": self._gives(Pay()),
            "ticket.void": self._void_ticket,
            "ticket.reprint": self._gives(Print("duplicate")),
            "ticket.return": self._tickets,
            "tickets.search": self._tickets,
            "products.search": self._products,
            "receipt.print": self._receipt,
            "payment.resolve": self._resolve,
            "payment.void": self._gives(VoidPayment()),
            "ticket.provisional": self._gives(Print("provisional")),
            "report.z": self._gives(Print("z")),
            "period.close": self._close_period,
            "cash.in": self._cash_in,
            "cash.out": self._cash_out,
            "drawer.open": self._drawer,
            "session.open": self._open_session,
            "session.x": self._gives(XReport()),
            "session.close": self._close_session,
            "devices.show": self._devices,
            "till.lock": self._gives(Lock()),
            "till.sign_out": self._gives(SignOut()),
            "till.theme": self._theme,
            "till.quit": self._quit,
        }

    async def do(self, action: str, text: str) -> None:
        """Do an action; `text` stood at the prompt. Raises Refused."""
        await self._deeds[action](text)

    def follow(self, outcome: Outcome, given: Input) -> None:
        """Show what an outcome brings that does not fit on the selling screen."""
        if outcome.found is not None:
            text = given.text.rpartition("*")[2] if isinstance(given, Enter) else ""
            self._ask(screens.ProductsScreen(self._conduct.register, text), self._give)
        if outcome.report is not None:
            self._ask(screens.ReportScreen(self._conduct.register, outcome.report), self._give)
        elif outcome.text is not None:
            self._conduct.say(_("It goes to the printer."))

    def _gives(self, given: Input) -> Deed:
        async def deed(_text: str) -> None:
            await self._conduct.accept(given)

        return deed

    # --- dialogs

    def _ask(self, screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
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

    def _give(self, given: Any) -> None:
        """Put what a dialog made on the queue. One that tried it itself has nothing left to give."""
        if isinstance(given, Input):
            self._conduct.items.put_nowait(Given(given))

    def ask_supervisor(self, message: str) -> None:
        """Something was refused for want of a right: somebody else may lend it."""
        self._ask(screens.SupervisorScreen(message, attempt=self._conduct.attempt))

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
                self._want("session.open")
            return
        question = _("Leave the till? What was sold is kept, and the open ticket too.")
        self._app.push_screen(screens.ConfirmScreen(question), self._left)

    def _left(self, yes: bool | None) -> None:
        if yes:
            self._app.exit(return_code=0)
        else:
            self.ask_who()

    def _want(self, action: str) -> None:
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
        self._ask(screens.CustomersScreen(self._conduct.register, text), self._give)

    async def _recall(self, _text: str) -> None:
        if not self._conduct.register.held_count:
            raise refuse("no_ticket", n_("No ticket is set aside."))
        self._ask(screens.HeldScreen(self._conduct.register), self._give)

    async def _void_ticket(self, _text: str) -> None:
        if self._conduct.register.ticket is None:
            raise refuse("no_ticket", n_("No ticket is open: there is nothing to void."))

        def answered(yes: bool | None) -> None:
            if yes:
                self._give(VoidTicket())

        self._ask(screens.ConfirmScreen(_("Void the whole ticket?")), answered)

    async def _tickets(self, _text: str) -> None:
        self._ask(screens.TicketsScreen(self._conduct.register), self._give)

    async def _products(self, text: str) -> None:
        self._ask(screens.ProductsScreen(self._conduct.register, text), self._give)

    async def _receipt(self, _text: str) -> None:
        await self._conduct.accept(Print("receipt"))

    # --- cash

    async def _resolve(self, _text: str) -> None:
        self._ask(screens.ResolvePaymentScreen(attempt=self._conduct.attempt))

    async def _cash_in(self, _text: str) -> None:
        self._ask(screens.CashMoveScreen(out=False, attempt=self._conduct.attempt))

    async def _cash_out(self, _text: str) -> None:
        self._ask(screens.CashMoveScreen(out=True, attempt=self._conduct.attempt))

    async def _drawer(self, _text: str) -> None:
        def answered(reason: str | None) -> None:
            if reason:
                self._give(OpenDrawer(reason))

        self._ask(screens.ReasonScreen(_("Open the drawer")), answered)

    async def _open_session(self, _text: str) -> None:
        self._ask(screens.OpenSessionScreen(self._conduct.register, attempt=self._conduct.attempt))

    async def _close_session(self, _text: str) -> None:
        if self._conduct.register.ticket is not None:
            raise refuse(
                "not_allowed", n_("A ticket is open: pay it, hold it or void it before the session closes.")
            )
        register = self._conduct.register
        used = await register.used_methods()
        self._ask(screens.CountingScreen(register, used=used, attempt=self._conduct.attempt))

    async def _close_period(self, _text: str) -> None:
        def chosen(period: str | None) -> None:
            if period is None:
                return

            def answered(yes: bool | None) -> None:
                if yes:
                    self._give(msgspec.convert({"period": period}, ClosePeriod))

            question = _("A closing is final: it is numbered, and nothing is added to it any more. Close?")
            self._ask(screens.ConfirmScreen(question), answered)

        periods = (("day", _("The day")), ("month", _("The month")), ("year", _("The year")))
        entries = [screens.Entry(period, label) for period, label in periods]
        self._ask(screens.MenuScreen(entries, heading=n_("Close the books of")), chosen)

    # --- the till itself

    async def _help(self, _text: str) -> None:
        self._ask(screens.HelpScreen(self._app.keyboard))

    async def _menu(self, _text: str) -> None:
        keyless = [entry for entry in self._entries() if self._app.keyboard[entry.id].place is Place.MENU]
        self._ask(screens.MenuScreen(keyless), self._chosen)

    def _chosen(self, action: str | None) -> None:
        if action is not None:
            self._want(action)

    def _entries(self) -> list[screens.Entry]:
        """What can be done now, by groups, with what the user would need a supervisor for."""
        context = self._conduct.context
        here = [action for action in self._app.keyboard.actions if context in action.contexts]
        listed = (action for group in Group for action in here if action.group == group and _listed(action))
        return [self._entry(action) for action in listed]

    def _entry(self, action: Action) -> screens.Entry:
        right = action.right
        note = "" if right is None or self._conduct.register.may(right) else _(LABELS[right])
        return screens.Entry(action.id, _(action.label), action.key, _(action.group.value), note)

    async def _palette(self, _text: str) -> None:
        from tui_pos.screens.palette import palette  # noqa: PLC0415 - only when it is asked for

        self._ask(palette(self._entries(), self._want))

    async def _devices(self, _text: str) -> None:
        self._app.selling.toggle_class("-devices")

    async def _theme(self, _text: str) -> None:
        self._app.theme = next_theme(self._app.theme)

    async def _quit(self, _text: str) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._app.exit(return_code=0)

        question = _("Leave the till? What was sold is kept, and the open ticket too.")
        self._ask(screens.ConfirmScreen(question), answered)


def _listed(action: Action) -> bool:
    """Keys that only make sense as keys are not listed."""
    return action.id not in ("menu", "palette", "line.up", "line.down", "back")
