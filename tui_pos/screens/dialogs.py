"""The dialogs above the selling screen: one is up at a time, and what comes meanwhile waits for it.

What a dialog makes goes on the one queue, as what is typed does. Those that cannot wait their turn (who is there, a
supervisor's yes, a restart) come above whatever is up.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from tui_pos import screens
from tui_pos.errors import Refused, translated
from tui_pos.inputs import Input, PermitSettings, SignIn
from tui_pos.l10n import _, n_
from tui_pos.rights import Right
from tui_pos.sale.prompt import Context
from tui_pos.screens.items import Given, Item, Wanted
from tui_pos.screens.stumbles import RESTART

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.screen import Screen

    from tui_pos.screens.ports import TillPort
    from tui_pos.screens.stage import Stage

Result = TypeVar("Result")


class Dialogs:
    """Shows dialogs, and puts what they make on the queue.

    Args:
        stage: where they are shown.
        till: the open till.
        items: the one queue.
    """

    def __init__(self, stage: Stage, till: TillPort, items: asyncio.Queue[Item]) -> None:
        self._stage = stage
        self._till = till
        self._items = items
        self._waiting: list[Callable[[], None]] = []
        self._asked_who = False
        self._permitted: Callable[[], Awaitable[None]] | None = None
        """What is done once a supervisor has allowed it."""

    # --- one after the other

    def ask(self, screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
        """Show a dialog when there is none, and do `then` with its answer."""

        def answered(result: Result | None) -> None:
            if then is not None:
                then(result)
            self._stage.call_later(self._next)

        def show() -> None:
            self._stage.push_screen(screen, answered)

        self._waiting.append(show)
        self._next()

    def confirm(self, question: str, then: Callable[[], None]) -> None:
        """Ask for a yes, and do `then` when it is given."""

        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self.ask(screens.ConfirmScreen(question), answered)

    def _next(self) -> None:
        if self._waiting and self._stage.screen is self._stage.selling:
            self._waiting.pop(0)()

    def closed(self) -> None:
        """A dialog was closed without an answer, because it failed: the next one may come."""
        self._asked_who = False
        self._supervised(None)
        self._stage.call_later(self._next)

    def settled(self) -> None:
        """A card payment has ended by itself: nobody needs to say any more how it did."""
        shown = self._stage.screen
        if isinstance(shown, screens.ResolvePaymentScreen):
            shown.action_leave()

    # --- what they make

    def give(self, given: Any) -> None:
        """Put what a dialog made on the queue. One that tried it itself has nothing left to give."""
        if isinstance(given, Input):
            self._items.put_nowait(Given(given))

    async def attempt(self, given: Input) -> str | None:
        """Take an input that a dialog made; gives the text of its refusal, or None."""
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._items.put_nowait(Given(given, answer))
        return await answer

    def want(self, action: str) -> None:
        """Put an action on the queue."""
        self._items.put_nowait(Wanted(action))

    # --- above whatever is up

    def ask_supervisor(self, message: str) -> None:
        """Something was refused for want of a right: somebody else may lend it."""
        screen = screens.SupervisorScreen(message, attempt=self.attempt)
        # a form above a screen that stays is left once the supervisor has answered
        if any(getattr(shown, "STAYS", False) for shown in self._stage.screen_stack):
            self._stage.push_screen(screen, self._supervised)
        else:
            self.ask(screen, self._supervised)

    async def permit(self, settings: Sequence[str], work: Callable[[], Awaitable[None]]) -> None:
        """Do what sets these, if the user may; else once somebody who may has lent him the right.

        Raises:
            Refused: it is not taken now, or the work refuses.
        """
        refusal = await self.attempt(PermitSettings(tuple(settings)))
        if refusal is not None:
            raise Refused("not_allowed", refusal)
        if self._till.register.may(Right.SETTINGS):
            await work()
        else:
            self._permitted = work

    def _supervised(self, given: Input | None) -> None:
        """The supervisor's dialog was left, with a yes or without."""
        work, self._permitted = self._permitted, None
        if given is not None and work is not None:
            self._stage.run_worker(self._do(work), group="settings", name="what was allowed")

    async def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            with translated():
                await work()
        except Refused as refused:
            self._stage.complain(refused.message)

    def ask_who(self) -> None:
        """Nobody is signed in, or the till is locked: over everything, so that nothing of the ticket is seen."""
        if self._asked_who or self._context is not Context.SIGN_IN:
            return
        self._asked_who = True
        codes = self._till.demo.codes if self._till.demo is not None else ()
        lines = [_("{user} / {pin}  {name}").format(user=c.user, pin=c.pin, name=c.name) for c in codes]
        register = self._till.register
        screen = screens.SignInScreen(register, demo=lines, message=register.left, attempt=self.attempt)
        self._stage.push_screen(screen, self._signed_in)

    def _signed_in(self, given: Input | None) -> None:
        self._asked_who = False
        if isinstance(given, SignIn):
            self._stage.call_later(self._next)
            if self._context is Context.SESSION:
                self.want("session.open")
            return
        self._stage.push_screen(screens.ConfirmScreen(_(LEAVE)), self._left)

    def _left(self, yes: bool | None) -> None:
        if yes:
            self._stage.exit(return_code=0)
        else:
            self.ask_who()

    @property
    def _context(self) -> Context:
        return Context(self._till.register.prompt().context)

    def offer_restart(self) -> None:
        """The till stumbles again and again: over everything, whatever is up."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._stage.exit(return_code=RESTART)

        question = _(
            "The till has stumbled several times. Start it anew? What was sold is kept, the open ticket too."
        )
        self._stage.push_screen(screens.ConfirmScreen(question), answered)


LEAVE = n_("Leave the till? What was sold is kept, and the open ticket too.")
