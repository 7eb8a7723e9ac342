"""The conduct of the selling screen: takes what was typed, scanned or asked for, one thing at a time and in order.

Everything comes over one queue, so that an action asked for after a scan happens after it. Each thing becomes an
input of the register; only when the register has taken it, and it is on disk, is anything painted.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui_pos import screens
from tui_pos.errors import Refused, RightNeeded, refuse
from tui_pos.events import (
    ClockSetBack,
    DeviceNews,
    PaymentContradicted,
    PaymentSettled,
    SettingsChanged,
    ShopChanged,
    TicketClosed,
    TicketRepriced,
    UserChanged,
    UserLeaves,
)
from tui_pos.inputs import (
    Authorize,
    Back,
    CreateCustomer,
    Enter,
    Input,
    Lock,
    Scan,
    SetCustomer,
    Tender,
    VoidLine,
    VoidTicket,
)
from tui_pos.l10n import _, amount, moment, n_
from tui_pos.sale.prompt import Context
from tui_pos.screens.dialogs import Dialogs
from tui_pos.screens.items import Ended, Given, Item, Pressed, Scanned, Wanted
from tui_pos.screens.painter import Painter
from tui_pos.screens.recovery import words
from tui_pos.screens.server_watch import ServerWatch
from tui_pos.widgets.router import SHORTEST_BARCODE, SHORTEST_SCAN, Typed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from typing import TypeAlias

    from tui_pos.events import Event
    from tui_pos.outcomes import Outcome, TicketView
    from tui_pos.sale.ticket import Method
    from tui_pos.screens.ports import RegisterPort, TillPort
    from tui_pos.screens.questions import Question
    from tui_pos.screens.stage import Stage
    from tui_pos.settings import Settings

    Deed: TypeAlias = Callable[[str], Awaitable[None]]
    """Does an action; the text stood at the prompt. It may raise `Refused`."""


class Conduct:
    """What the till does with what it is given.

    Args:
        stage: rings the bell and shows what is painted.
        till: the open till.
        items: the one queue.
    """

    def __init__(self, stage: Stage, till: TillPort, items: asyncio.Queue[Item]) -> None:
        self.stage = stage
        self.till = till
        self.items = items
        self.watch = ServerWatch(till.server, self._news)
        self.painter = Painter(stage, till, self.watch)
        self.dialogs = Dialogs(stage, till, items)
        self.deeds: dict[str, Deed] = {}
        """What each action does, by its id."""
        self.question: Question | None = None
        """What the prompt asks in place."""
        self._card: asyncio.Task[None] | None = None
        till.register.events.subscribe(self._heard)
        self._taking = False
        self._stale = False
        self._besides = ""
        """What is to be said besides what was done."""

    @property
    def register(self) -> RegisterPort:
        """The register of the till."""
        return self.till.register

    @property
    def context(self) -> Context:
        """What the prompt expects."""
        return Context(self.register.prompt().context)

    async def serve(self) -> None:
        """Take things as they come, for ever. What goes wrong with one is said, and the next one is taken."""
        self.stage.run_worker(self.watch.follow(), group="server", name="follow the exchange")
        with self._sturdy():
            self.painter.everything()
            self.dialogs.ask_who()
        while True:
            item = await self.items.get()
            try:
                await self._one(item)
            finally:
                self.items.task_done()

    @contextmanager
    def _sturdy(self) -> Iterator[None]:
        """Whatever goes wrong in here, the next thing is taken."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - logged with its trace, and told in words
            self.stage.recovery.stumbled(error)

    async def _one(self, item: Item) -> None:
        self._taking = True
        try:
            with self._sturdy():
                await self._take_or_refuse(item)
        finally:
            self._taking = False
        with self._sturdy():
            self._say_besides()
            self.painter.paint(self.question)
            self.dialogs.ask_who()

    async def _take_or_refuse(self, item: Item) -> None:
        try:
            await self._take(item)
        except RightNeeded as needed:
            self.dialogs.ask_supervisor(needed.message)
        except Refused as refused:
            self.refuse(refused.message)

    async def _take(self, item: Item) -> None:
        match item:
            case Typed():
                await self._typed(item)
            case Scanned(code=code):
                await self._scanned(code)
            case Pressed(key=key, text=text):
                await self._pressed(key, text)
            case Wanted(action=action):
                await self.deeds[action]("")
            case Given():
                await self._given(item)
            case Ended(outcome=outcome, refused=refused):
                await self._ended(outcome, refused)

    # --- what was typed or scanned

    async def _typed(self, typed: Typed) -> None:
        if typed.overlong:
            raise refuse("unknown_code", _TOO_LONG)
        context = self.context
        waits_for_code = self.question is None and context is Context.ITEM
        if typed.is_scan(SHORTEST_SCAN if waits_for_code else SHORTEST_BARCODE):
            await self._scanned(typed.text)
            return
        if self.question is not None:
            await self._answered(self.question, typed.text)
        elif context is Context.SESSION:
            await self.deeds["session.open"](typed.text)
        else:
            await self.accept(Enter(typed.text))

    async def _scanned(self, code: str) -> None:
        """A code is for the register, whatever the prompt asks: it never answers a question."""
        question, self.question = self.question, None
        await self.accept(Scan(code))
        if question is not None:
            self.say(_("The scan was taken; the question was left: {label}.").format(label=question.label))

    async def _answered(self, question: Question, text: str) -> None:
        if not text.strip():
            self.question = None
            self.say("")
            return
        given = question.read(text)
        try:
            await self.accept(given)
        except RightNeeded:
            self.question = None
            raise
        self.question = None

    # --- what was asked for

    async def _pressed(self, key: str, text: str) -> None:
        context = self.context
        if context is Context.PAYMENT:
            method = self.painter.methods.get(key)
            if method is not None:
                await self.tender(method, text)
                return
        action = self.stage.keyboard.pressed(key, context)
        if action is None:
            raise refuse("not_allowed", _NOT_NOW)
        await self.deeds[action.id](text)

    async def tender(self, method: Method, text: str) -> None:
        """Pay with a method: the amount typed, or all that is due."""
        from tui_pos.screens.questions import amount_of, reference_for  # noqa: PLC0415

        paid = amount_of(text) if text.strip() else None
        if method.reference_required:
            self.question = reference_for(method, paid)
            return
        await self.accept(Tender(method.code, paid))

    async def _given(self, given: Given) -> None:
        refusal: str | None = None
        try:
            await self.accept(given.input)
        except Refused as refused:
            # A supervisor's dialog says itself that its own answer was not good enough.
            if given.answer is None or (
                isinstance(refused, RightNeeded) and not isinstance(given.input, Authorize)
            ):
                raise
            refusal = refused.message
        except Exception as error:
            refusal = words(error)
            raise
        finally:
            if given.answer is not None and not given.answer.done():
                given.answer.set_result(refusal)

    # --- what the register made of it

    async def accept(self, given: Input) -> Outcome:
        """Give one input to the register, and show what came of it."""
        outcome = await self.register.accept(given)
        notice = outcome.notice
        if notice is not None and notice.aloud:
            self.refuse(notice.text)
        else:
            self.say(notice.text if notice else self._remains(given))
        self._show(outcome, given)
        return outcome

    def _show(self, outcome: Outcome, given: Input) -> None:
        if outcome.closed is not None:
            self.painter.closed(outcome.closed)
            self.say(self._paid(outcome.closed))
        if outcome.pending:
            asked = self.register.card_asked
            self.say(
                _("The card terminal is asked to take the payment back. It has the last word.")
                if asked is not None and asked.action == "cancel"
                else _("The card terminal asks for the card. The ticket is kept.")
            )
            self._card = asyncio.create_task(self._await_card(), name="end of the card payment")
        self._open_up(outcome, given)

    def _open_up(self, outcome: Outcome, given: Input) -> None:
        """Show what an outcome brings that does not fit on the selling screen."""
        if outcome.found is not None:
            text = given.text.rpartition("*")[2] if isinstance(given, Enter) else ""
            screen = screens.ProductsScreen(self.register, text, labels=self.dialogs.attempt)
            self.dialogs.ask(screen, self.dialogs.give)
        if outcome.customer is not None and isinstance(given, CreateCustomer):
            self.dialogs.give(SetCustomer(outcome.customer.code))
        if outcome.report is not None:
            self.dialogs.ask(screens.ReportScreen(self.register, outcome.report), self.dialogs.give)
        elif outcome.text is not None:
            self.say(_("It goes to the printer."))

    def _paid(self, ticket: TicketView) -> str:
        key = self.stage.key_of("receipt.print")
        # The law on waste (AGEC, article 49): a receipt is printed when the customer asks for it.
        text = _("Ticket {number} is paid: {total}. Does the customer want a receipt? {key} prints it.")
        return text.format(number=ticket.number, total=amount(ticket.total), key=key)

    def _remains(self, given: Input) -> str:
        """After a void: what remains to be done."""
        if isinstance(given, VoidTicket):
            return _("The ticket was voided: nothing remains to be paid.")
        if not isinstance(given, VoidLine):
            return ""
        ticket, totals = self.register.ticket, self.register.totals
        if ticket is None or totals is None or not ticket.lines:
            return _("The line was voided. The ticket is empty: scan a product, or void the ticket.")
        text = _("The line was voided. {count} remain, {due} is due: go on, or pay.")
        return text.format(count=len(ticket.lines), due=amount(totals.due))

    async def _await_card(self) -> None:
        try:
            self.items.put_nowait(Ended(await self.register.card_payment(), None))
        except Refused as refused:
            self.items.put_nowait(Ended(None, refused))
        except Exception as error:  # noqa: BLE001 - logged with its trace, and told in words
            self.stage.recovery.stumbled(error)

    async def _ended(self, outcome: Outcome | None, refused: Refused | None) -> None:
        if refused is not None:
            raise refused
        if outcome is not None:
            self.say(outcome.notice.text if outcome.notice else "")
            self._show(outcome, Back())

    def _heard(self, event: Event) -> None:
        """Something changed beside an input of ours: paint it when the loop is free."""
        if isinstance(event, SettingsChanged):
            self.stage.call_later(self._set_up, event.settings)
        if isinstance(event, ShopChanged):
            self.stage.call_later(self.painter.everything)
        if isinstance(event, DeviceNews) and event.message:
            self.stage.call_later(self._warn, event)
        if isinstance(event, TicketClosed | PaymentSettled) and self._is_beside:
            self.stage.call_later(self._settled, event)
        if isinstance(event, PaymentContradicted | TicketRepriced | UserLeaves):
            self._besides = event.message
        if isinstance(event, ClockSetBack):
            self._besides = _(_CLOCK).format(before=moment(event.before), now=moment(event.now))
        if isinstance(event, UserChanged) and event.name is None:
            self.stage.call_later(self.dialogs.ask_who)
        self._news()

    @property
    def _is_beside(self) -> bool:
        """Whether nothing of ours is under way: a terminal has told by itself how a payment in doubt ended."""
        return not self._taking and (self._card is None or self._card.done())

    def _settled(self, event: TicketClosed | PaymentSettled) -> None:
        self.dialogs.settled()
        if isinstance(event, TicketClosed):
            self.painter.closed(event.ticket)
            self.say(self._paid(event.ticket))
        elif not event.approved:
            self.refuse(event.message)

    def _news(self) -> None:
        if not self._taking and not self._stale:
            self._stale = True
            self.stage.call_later(self._refresh)

    def _set_up(self, settings: Settings) -> None:
        self.stage.set_up(settings)
        self.painter.everything()

    def _warn(self, news: DeviceNews) -> None:
        message = news.message
        if not news.well:
            text = _("{message} {key}: what can be done.")
            message = text.format(message=message, key=self.stage.key_of("devices.show"))
        self.stage.selling.prompt.say(message, refused=not news.well)

    def _refresh(self) -> None:
        self._stale = False
        self._say_besides()
        self.painter.header()
        self.painter.paint(self.question)

    # --- what it says

    def say(self, message: str) -> None:
        """Show a message until the next input; an empty one takes a refusal away."""
        self.stage.selling.prompt.say(message)

    def _say_besides(self) -> None:
        """Show what came up while something was done, once that has had its say."""
        if self._besides:
            self.say(self._besides)
            self._besides = ""

    def refuse(self, message: str) -> None:
        """Say aloud and in sight that something was not taken."""
        self.stage.bell()
        self.stage.selling.prompt.say(message, refused=True)

    def beside(self, work: Coroutine[None, None, None]) -> None:
        """Do something that takes its time; the sale goes on, and a refusal is said."""
        self.stage.run_worker(self._beside(work), group="beside", name="beside the sale")

    async def _beside(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Refused as refused:
            self.refuse(refused.message)

    def lock(self) -> None:
        """The till has been idle: hide it."""
        if self.register.user is not None and not self.register.locked:
            self.items.put_nowait(Given(Lock()))


_TOO_LONG = n_("This is too long for a code or a name. Nothing was added: scan again, one code at a time.")
_CLOCK = n_(
    "The clock of this machine was set back, from {before} to {now}: tickets bear its time. The journal tells of it."
)
_NOT_NOW = n_("This key does nothing here. Nothing changed.")
