"""The register: the till without a screen. One input in, one outcome and typed events out.

The screen and headless call `accept` and the queries below, and nothing else. When `accept` returns, the step is
on disk; inputs are taken one at a time, in the order in which they were given.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime

from devices.counter import Counter
from sync.ports import Clock, Randomness, SystemClock, SystemRandomness
from sync.protocol import ShopRecord
from sync.protocol.terms import OfferRecord
from sync.store import Store, StoreError
from tui_pos import __version__
from tui_pos.errors import NO_SESSION, Refused, RightNeeded, refuse, translated
from tui_pos.events import Events, ShopChanged
from tui_pos.inputs import Authorize, Input
from tui_pos.l10n import n_
from tui_pos.outcomes import MessageView, Outcome
from tui_pos.register import (  # noqa: F401 - each fills the table of handlers
    buyers,
    card,
    card_end,
    cash,
    customers,
    device_setup,
    inbox,
    jobs,
    labels,
    late,
    lines,
    papers,
    paying,
    people,
    periods,
    returns,
    selling,
    settings,
    taring,
    tickets,
)
from tui_pos.register.desk import BUSY_PAYING, Desk, decode_ticket, in_doubt
from tui_pos.register.handlers import HANDLERS, Handler
from tui_pos.register.jet import Jet
from tui_pos.register.kitchen import watch_orders
from tui_pos.register.standing import Standing
from tui_pos.register.views import method_of
from tui_pos.rights import Right, rights_of
from tui_pos.settings import read_settings

_VERSION = "version"
_log = logging.getLogger(__name__)


class Register(Standing):
    """One till's register."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._refused: tuple[Input, Right] | None = None
        """The last input that was refused for want of a right; nothing has been taken since."""
        self.events = desk.events

    @classmethod
    async def open(
        cls,
        store: Store,
        counter: Counter,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
    ) -> Register:
        """A register on this store, as it was left: session, open ticket and a payment in doubt are taken up again."""
        desk = Desk(store, counter, clock or SystemClock(), randomness or SystemRandomness(), Events())
        register = cls(desk)
        await register.read_reference()
        desk.settings = await read_settings(store)
        desk.session = await store.sessions.current()
        last = await store.journal.entry(store.journal.head.seq)
        if last is not None:
            desk.traces.resume(datetime.fromisoformat(last.at))
        kept = await store.tickets.open()
        if kept is not None:
            ticket = decode_ticket(kept.header, kept.lines)
            desk.take_up(ticket, buyer=await buyers.buyer_of_ticket(desk, ticket))
        desk.held = len(await store.tickets.held())
        await card.recover_attempt(desk)
        watch_orders(desk)
        await register._note_version()
        return register

    async def _note_version(self) -> None:
        """Trace that a new version of this program runs here; a full disk must not keep the till from starting."""
        desk = self._desk
        before = await desk.store.setting(_VERSION)
        if before == __version__.encode():
            return
        try:
            async with desk.transaction() as transaction:
                await transaction.put_setting(_VERSION, __version__.encode())
                await desk.note(
                    transaction,
                    "new_version",
                    Jet.NEW_VERSION,
                    version=__version__,
                    before=before.decode() if before else None,
                )
        except StoreError as error:
            _log.error("the new version was not traced: %s", error)

    async def close(self) -> None:
        """Stop taking inputs: a card payment under way is left to the next start, and the stop is traced.

        The store stays open. That the stop could not be traced ends nothing: it is logged.
        """
        desk = self._desk
        for task in (desk.card, desk.recovery, *desk.errands):
            if task is not None and not task.done():
                task.cancel()
                await asyncio.wait([task])
        try:
            async with desk.turn, desk.transaction() as transaction:
                await desk.note(transaction, "stopped", Jet.TERMINAL_STOP)
        except StoreError as error:
            _log.error("the stop was not traced: %s", error)

    async def read_reference(self) -> None:
        """Read again what the feed may have changed: the shop, its payment methods and its terms."""
        desk = self._desk
        desk.shop = await desk.store.catalogue.shop() or ShopRecord(name="")
        methods = map(method_of, await desk.store.catalogue.methods())
        desk.methods = {method.code: method for method in sorted(methods, key=lambda method: method.order)}
        await late.read_desk_terms(desk)

    # --- inputs

    async def accept(self, given: Input) -> Outcome:
        """Take one input to its end. The step is on disk when this returns; what changed is told to `events`.

        A step that has been given is taken, also if whoever gave it no longer waits.

        A payment that a card terminal has to make gives an outcome that is `pending`: see `card_payment`.

        Raises:
            Refused: nothing was done; the message says why, and what to do.
            RightNeeded: `Authorize` by somebody who has the right does it.
        """
        step = asyncio.ensure_future(self._accept(given))
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            # cut in the middle, a step could be on disk and not in memory: a ticket that is closed would be sold again
            await asyncio.wait([step])
            if not step.cancelled() and step.exception() is not None:
                _log.info("%s was refused after its giver had gone", type(given).__name__)
            raise

    async def _accept(self, given: Input) -> Outcome:
        async with self._desk.turn:
            with translated():
                if isinstance(given, Authorize):
                    return await self._authorize(given)
                return await self._take(given)

    async def _take(self, given: Input) -> Outcome:
        handler = HANDLERS[type(given)]
        try:
            self._check(handler)
            outcome = await handler.handle(self._desk, given)
        except RightNeeded as error:
            self._refused = (given, error.right)
            raise
        # what a supervisor is asked for is meant here and now: never on another ticket, later
        self._refused = None
        await people.leave_when_free(self._desk)
        return outcome

    def _check(self, handler: Handler) -> None:
        desk = self._desk
        if handler.user and (desk.user is None or desk.locked):
            raise desk.not_signed_in()
        if handler.session and desk.session is None:
            raise refuse(*NO_SESSION)
        if desk.attempt is not None and not handler.while_paying:
            raise refuse(*(in_doubt(desk.attempt) if desk.attempt.state == "unknown" else BUSY_PAYING))
        if handler.right is not None:
            desk.demand(handler.right)

    async def _authorize(self, given: Authorize) -> Outcome:
        desk = self._desk
        if self._refused is None:
            raise refuse("not_allowed", n_("Nothing waits for a supervisor."))
        refused, wanted = self._refused
        lender = await people.identify(desk, given.user, given.pin)
        if wanted not in rights_of(lender.role, lender.rights):
            raise RightNeeded(wanted)
        desk.lender, desk.lent = lender, wanted
        try:
            outcome = await self._take(refused)
            if desk.lent is not None:
                # the input wrote nothing, and so not that its right was lent either
                async with desk.transaction():
                    pass
        finally:
            desk.lender = desk.lent = None
        return outcome

    async def card_payment(self) -> Outcome:
        """Wait for the end of the card payment under way; what comes of it is as from `accept`.

        Raises:
            Refused: `declined`; `payment_unknown` when the terminal's answer was lost.
        """
        if self._desk.card is None:
            return Outcome()
        # shielded: whoever no longer waits does not end a payment
        outcome = await asyncio.shield(self._desk.card)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def idle(self) -> None:
        """Wait until no input is being taken and no card payment is under way."""
        while self._desk.card is not None and not self._desk.card.done():
            await asyncio.wait([self._desk.card])
        async with self._desk.turn:
            return

    # --- what comes from elsewhere, between two inputs

    def exchange_stands(self, link: str, messages: tuple[MessageView, ...]) -> None:
        """Take where the exchange with the server stands; nothing of the sale depends on it."""
        self._desk.link = link
        self._desk.traces.link_is(link, self._desk.now())
        inbox.show_messages(self._desk, messages)

    async def take_offers(self, ticket: str, customer: str | None, records: Iterable[OfferRecord]) -> None:
        """Take the server's offers for a ticket and its customer, between two inputs; see `OffersWanted`."""
        async with self._desk.turn:
            await late.take_offers(self._desk, ticket, customer, records)

    async def refresh(self) -> None:
        """Read again what is on disk, between two inputs: the feed has changed it, or it came back from the server."""
        desk = self._desk
        async with desk.turn:
            before = desk.shop, desk.methods
            await self.read_reference()
            if before != (desk.shop, desk.methods):
                desk.tell(ShopChanged())
            desk.session = await desk.store.sessions.current()
            kept = await desk.store.tickets.open()
            if desk.ticket is not None and kept is None:
                desk.take_up(None)
            desk.held = len(await desk.store.tickets.held())
            await late.price_anew(desk)
            await people.read_user(desk)
