"""What a till is doing now, and how a step of it is kept: on disk first, then in memory, then told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from devices.counter import Counter
from devices.payments import Action
from sync.ports import Clock, Randomness
from sync.protocol import ShopRecord, UserRecord
from sync.store import SessionRow, Store, Transaction
from tui_pos.errors import NO_SESSION, NOT_SIGNED_IN, Refused, RightNeeded, refuse
from tui_pos.events import (
    ClockSetBack,
    CustomerChanged,
    DrawerOpened,
    Event,
    Events,
    HeldChanged,
    TicketChanged,
)
from tui_pos.l10n import n_
from tui_pos.outcomes import MessageView, Outcome, Report, TicketView
from tui_pos.register.identity import uuid7
from tui_pos.register.jet import Jet
from tui_pos.register.terms import Buyer, Terms
from tui_pos.register.traces import Traces
from tui_pos.rights import Right, rights_of
from tui_pos.sale.basket import new_ticket
from tui_pos.sale.errors import NoTicket
from tui_pos.sale.offers import with_offers
from tui_pos.sale.pricing import totals
from tui_pos.sale.ticket import Line, Method, Payment, Ticket, Totals
from tui_pos.settings import Settings


class Attempt(Struct, frozen=True):
    """A card payment that is asked of a terminal: each stage is written down before the next begins."""

    payment: Payment
    """What the ticket will keep of it; the reference comes with the terminal's answer."""
    state: Literal["created", "sending", "accepted", "unknown"]
    """`created`: no byte has left; `sending`: some may have; `accepted`: the terminal works on it; `unknown`: its
    answer never came. The others are its end, and the end is not kept here."""
    at: str
    reference: str
    """The till's own name for it, which the terminal gives back."""
    user: str
    """Who asked for it: nobody may be signed in any more when the answer comes."""
    terminal: str | None = None
    """The device that was asked."""
    known: tuple[str, ...] = ()
    """Authorisations of earlier payments: none of them is the answer to this one."""
    cancels: str | None = None
    """The authorisation of the payment that the terminal is to take back, as far as it is known; None: none."""
    unproven: tuple[int, ...] = ()
    """What the terminal may have moved last without telling this till an authorisation: minor units, signed."""

    @property
    def action(self) -> Action:
        """What the terminal is asked to do."""
        if self.cancels is not None:
            return "cancel"
        return "refund" if self.payment.amount < 0 else "pay"

    @property
    def moves(self) -> int:
        """What it moves if it is done, minor units; negative: back to the customer."""
        amount = abs(self.payment.amount)
        return amount if self.action == "pay" else -amount

    @property
    def undoes(self) -> bool:
        """Whether it takes back a payment of the open ticket, and not one of a sale that has come back."""
        return self.cancels is not None and self.payment.amount > 0


class Leaving(StrEnum):
    """Why somebody is signed out by what the server says."""

    REMOVED = "removed"
    PIN = "pin_changed"


class Beside(NamedTuple):
    """What belongs to the same step as a change of the ticket."""

    write: Callable[[Transaction], Awaitable[None]]
    """Writes it, in the step's transaction."""
    done: Callable[[], None]
    """Called once the step is on disk, before anybody is told."""


def encode_ticket(ticket: Ticket) -> bytes:
    """The ticket without its lines, which are kept one by one."""
    return msgspec.json.encode(msgspec.structs.replace(ticket, lines=()))


def decode_ticket(header: bytes, lines: Mapping[int, bytes]) -> Ticket:
    """The ticket as `encode_ticket` and its lines gave it."""
    ticket = msgspec.json.decode(header, type=Ticket)
    decoder = msgspec.json.Decoder(Line)
    return msgspec.structs.replace(ticket, lines=tuple(decoder.decode(lines[n]) for n in sorted(lines)))


def _difference(old: Ticket | None, new: Ticket) -> tuple[dict[int, bytes], list[int]]:
    """The lines to write and the numbers of those to drop: what is the same object was not touched."""
    if old is None or old.uuid != new.uuid:
        return {line.n: msgspec.json.encode(line) for line in new.lines}, []
    known = {line.n: line for line in old.lines}
    changed = {line.n: msgspec.json.encode(line) for line in new.lines if known.pop(line.n, None) is not line}
    return changed, list(known)


class Desk:
    """The state of one till between two inputs. Handlers read it and change it through `keep` and its kin only."""

    user: UserRecord | None
    leaving: Leaving | None
    """Why the user is signed out once no ticket is open."""
    of_server: bool
    """The user was there when the till had its data from a server: its word counts for the user."""
    left: str
    """Why the one before was signed out, in words; empty: it was nobody else's doing."""

    def __init__(
        self, store: Store, counter: Counter, clock: Clock, randomness: Randomness, events: Events
    ) -> None:
        self.store = store
        self.counter = counter
        self.clock = clock
        self.randomness = randomness
        self.events = events
        self.shop = ShopRecord(name="")
        self.settings = Settings()
        """What this till is set to."""
        self.link = "unknown"
        """Whether the server answers."""
        self.traces = Traces()
        self.messages: tuple[MessageView, ...] = ()
        """The server's messages that nobody here has read."""
        self.methods: dict[str, Method] = {}
        self.terms = Terms()
        self.till_uuid = ""
        """How the server names this till; empty: there is no server."""
        self.anybody = Buyer()
        self.buyer = self.anybody
        """Whom the open ticket is for."""
        self.sit(None)
        self.locked = False
        self.lender: UserRecord | None = None
        """Whoever lends a right for the input being taken."""
        self.lent: Right | None = None
        """The right that is lent, until it is written down."""
        self.session: SessionRow | None = None
        self.ticket: Ticket | None = None
        self.totals: Totals | None = None
        self.held = 0
        self.attempt: Attempt | None = None
        self.given_up = ""
        """The reference of a card payment that is not to be sent any more."""
        self.settled_by_hand: tuple[str, bool] = ("", False)
        """The reference of the payment that the cashier settled last, and whether the terminal had made it."""
        self.turn = asyncio.Lock()
        """Held while one input is taken: inputs are taken one at a time, in order."""
        self.card: asyncio.Task[Outcome | Refused] | None = None
        """The last card payment, under way or settled."""
        self.recovery: asyncio.Task[None] | None = None
        """Asks the terminal how a payment ended that the last power cut left unknown."""
        self.errands: set[asyncio.Task[None]] = set()
        """What is done beside the inputs."""
        self.last_closed: TicketView | None = None
        self.last_x: Report | None = None
        """The X report that was asked for last, with what was counted and what the terminals told."""

    # --- who

    def sit(self, user: UserRecord | None, leaving: Leaving | None = None, left: str = "") -> None:
        """Somebody works here now, with the rights of the role; None: nobody.

        Args:
            leaving: why not for long.
            left: why nobody does, where it was not the user who left.
        """
        self.user, self.leaving, self.left = user, leaving, left
        self.of_server = self.store.feed.cursor is not None
        self._rights: frozenset[Right] = rights_of(user.role, user.rights) if user else frozenset()
        if leaving is Leaving.REMOVED:
            # the ticket that is open is finished: what is more than that is somebody else's
            self._rights &= {Right.SELL}

    def may(self, right: Right) -> bool:
        """Whether the user, or whoever lends a right just now, may do it."""
        lent = rights_of(self.lender.role, self.lender.rights) if self.lender else frozenset()
        return right in self._rights or right in lent

    def demand(self, right: Right) -> None:
        """Refuse unless the right is there.

        Raises:
            RightNeeded: it is not; a supervisor can lend it.
        """
        if not self.may(right):
            raise RightNeeded(right)

    @property
    def who(self) -> str:
        """The code of the user.

        Raises:
            Refused: `not_signed_in`.
        """
        if self.user is None or self.locked:
            raise self.not_signed_in()
        return self.user.code

    def not_signed_in(self) -> Refused:
        """That somebody has to sign in first; and why, where somebody was signed out."""
        return Refused(NOT_SIGNED_IN[0], self.left) if self.left else refuse(*NOT_SIGNED_IN)

    @property
    def cash_session(self) -> SessionRow:
        """The open session.

        Raises:
            Refused: `no_session`.
        """
        if self.session is None:
            raise refuse(*NO_SESSION)
        return self.session

    # --- what is being sold

    def open_ticket(self) -> Ticket:
        """The open ticket, or a new one that is not kept until it has something on it."""
        if self.ticket is not None:
            return self.ticket
        return new_ticket(uuid7(self.clock, self.randomness), self.clock.now(), self.who)

    def current_ticket(self) -> Ticket:
        """The open ticket.

        Raises:
            NoTicket: there is none.
        """
        if self.ticket is None:
            raise NoTicket
        return self.ticket

    async def keep(self, ticket: Ticket, beside: Beside | None = None) -> None:
        """Make this the open ticket: durable, then current, then told. The same ticket again costs nothing.

        Args:
            ticket: the open ticket from now on.
            beside: what else belongs to the same step.
        """
        ticket = self._with_offers(ticket)
        before = self.ticket
        if ticket is before and beside is None and self.lent is None:
            return
        changed, dropped = _difference(before, ticket)
        sums = totals(ticket)
        async with self.transaction() as transaction:
            await transaction.keep_open(ticket.uuid, encode_ticket(ticket), changed, dropped)
            if beside is not None:
                await beside.write(transaction)
        self.ticket, self.totals = ticket, sums
        if beside is not None:
            beside.done()
        self.tell(TicketChanged(ticket, sums))

    def _with_offers(self, ticket: Ticket) -> Ticket:
        """The ticket with what the shop grants on it now; a card payment under way is for the amount it was."""
        if self.attempt is not None:
            return ticket
        offers = self.buyer.offers
        if offers:
            now = self.now()
            offers = tuple(offer for offer in offers if offer.is_on(now))
        return with_offers(ticket, offers)

    def tell_buyer(self, before: Buyer) -> None:
        """Tell that the customer, or what is known of him, is not what it was before."""
        if self.buyer != before:
            self.tell(CustomerChanged(self.buyer.code))

    def take_up(self, ticket: Ticket | None, held: int | None = None, buyer: Buyer | None = None) -> None:
        """This ticket, which is on disk as it is, is the open one now; None: there is none.

        Args:
            held: how many are set aside now, where that has changed.
            buyer: whom it is for; None: nobody known.
        """
        before, self.buyer = self.buyer, buyer or self.anybody
        self.ticket, self.totals = ticket, totals(ticket) if ticket else None
        news: list[Event] = [TicketChanged(self.ticket, self.totals)]
        if held is not None and held != self.held:
            self.held = held
            news.append(HeldChanged(held))
        for event in news:
            self.tell(event)
        self.tell_buyer(before)

    # --- what is written down

    def now(self) -> datetime:
        """The time in UTC."""
        return self.clock.now()

    def tell(self, event: Event) -> None:
        """Tell the listeners what happened."""
        self.events.tell(event)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Writes that belong together; a right that is lent for them is written down with them."""
        lent, now = self.lent, self.now()
        set_back = self.traces.set_back(now)
        async with self.store.transaction() as transaction:
            for trace in self.traces.due(now):
                await self.note(transaction, trace.code, trace.jet, **trace.details)
            if lent is not None and self.lender is not None:
                await self.note(transaction, "right_lent", Jet.RIGHTS, right=lent.value, by=self.lender.code)
            yield transaction
        if lent is not None:
            self.lent = None
        self.traces.written(now)
        if set_back is not None:
            self.tell(ClockSetBack(set_back, now))

    async def note(
        self, transaction: Transaction, code: str, jet: Jet | None = None, **details: object
    ) -> None:
        """Write a technical event to the journal, with whoever is signed in where `details` names no `user`."""
        body: dict[str, object] = {"code": code, "user": self.user.code if self.user else None, **details}
        if jet is not None:
            body["jet"] = jet.value
        await transaction.append("event", body, at=self.now())

    def kick_drawer(self, reason: str, drawer: str | None = None) -> None:
        """Open the drawer named, or the first: after its reason is in the journal, never awaited."""
        self.counter.kick(drawer)
        self.tell(DrawerOpened(reason))


def in_doubt(attempt: Attempt) -> tuple[str, str]:
    """The slug and the words of a refusal while the end of a payment, or of its cancel, is not known."""
    return UNKNOWN_PAYMENT if attempt.cancels is None else UNKNOWN_CANCEL


BUSY_PAYING = (
    "not_allowed",
    n_("A card payment is under way: wait for the terminal's answer. The ticket is kept."),
)
UNKNOWN_PAYMENT = (
    "payment_unknown",
    n_(
        "The end of the card payment is not known. Nothing is sent again: read the terminal, "
        "then say whether it was paid."
    ),
)
UNKNOWN_CANCEL = (
    "payment_unknown",
    n_(
        "Nobody knows if the terminal took the card payment back. Nothing is sent again: read the terminal, "
        "then say whether it did."
    ),
)
