"""What a till is doing now, and how a step of it is kept: on disk first, then in memory, then told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from devices.counter import Counter
from sync.ports import Clock, Randomness
from sync.protocol import ShopRecord, UserRecord
from sync.store import SessionRow, Store, Transaction
from tui_pos.errors import NO_SESSION, NOT_SIGNED_IN, RightNeeded, refuse
from tui_pos.events import DrawerOpened, Event, Events, HeldChanged, TicketChanged
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome, TicketView
from tui_pos.register.identity import uuid7
from tui_pos.rights import Right, rights_of
from tui_pos.sale.basket import new_ticket
from tui_pos.sale.errors import NoTicket
from tui_pos.sale.pricing import totals
from tui_pos.sale.ticket import Line, Method, Ticket, Totals

ATTEMPT = "payment_attempt"


class Attempt(Struct, frozen=True):
    """A card payment that was asked of the terminal: written down before a byte leaves."""

    method: str
    amount: int
    state: str
    """`sending` until the terminal answers; `unknown` when it never did."""
    at: str
    reference: str
    """The till's own name for it, which the terminal gives back."""


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

    def __init__(
        self, store: Store, counter: Counter, clock: Clock, randomness: Randomness, events: Events
    ) -> None:
        self.store = store
        self.counter = counter
        self.clock = clock
        self.randomness = randomness
        self.events = events
        self.shop = ShopRecord(name="")
        self.methods: dict[str, Method] = {}
        self.user: UserRecord | None = None
        self.locked = False
        self.lender: UserRecord | None = None
        """Whoever lends a right for the input being taken."""
        self.session: SessionRow | None = None
        self.ticket: Ticket | None = None
        self.totals: Totals | None = None
        self.held = 0
        self.attempt: Attempt | None = None
        self.turn = asyncio.Lock()
        """Held while one input is taken: inputs are taken one at a time, in order."""
        self.card: asyncio.Task[Outcome] | None = None
        """The card payment under way."""
        self.last_closed: TicketView | None = None
        self._rights: frozenset[Right] = frozenset()

    # --- who

    def sit(self, user: UserRecord | None) -> None:
        """Somebody works here now, with the rights of the role; None: nobody."""
        self.user = user
        self._rights = rights_of(user.role, user.rights) if user else frozenset()

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
            raise refuse(*NOT_SIGNED_IN)
        return self.user.code

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

    async def keep(self, ticket: Ticket, also: Callable[[Transaction], Any] | None = None) -> None:
        """Make this the open ticket: durable, then current, then told.

        Args:
            ticket: the open ticket from now on.
            also: what else belongs to the same transaction.
        """
        changed, dropped = _difference(self.ticket, ticket)
        sums = totals(ticket)
        async with self.store.transaction() as transaction:
            await transaction.keep_open(ticket.uuid, encode_ticket(ticket), changed, dropped)
            if also is not None:
                await also(transaction)
        self.ticket, self.totals = ticket, sums
        self.events.tell(TicketChanged(ticket, sums))

    def take_up(self, ticket: Ticket) -> None:
        """This ticket, which is on disk as it is, becomes the open one."""
        self.ticket, self.totals = ticket, totals(ticket)
        self.events.tell(TicketChanged(self.ticket, self.totals))

    def leave_ticket(self, held: int | None = None) -> None:
        """There is no open ticket any more: its last step is on disk. `held`: how many are set aside now."""
        self.ticket = self.totals = None
        self.events.tell(TicketChanged(None, None))
        if held is not None:
            self.held = held
            self.events.tell(HeldChanged(held))

    # --- what is written down

    def now(self) -> datetime:
        """The time in UTC."""
        return self.clock.now()

    def tell(self, event: Event) -> None:
        """Tell the listeners what happened."""
        self.events.tell(event)

    async def note(
        self, transaction: Transaction, code: str, jet: int | None = None, **details: object
    ) -> None:
        """Write a technical event to the journal (NF525's JET; its number where it has one)."""
        body: dict[str, object] = {"code": code, "user": self.user.code if self.user else None, **details}
        if jet is not None:
            body["jet"] = jet
        if self.lender is not None:
            body["allowed_by"] = self.lender.code
        await transaction.append("event", body, at=self.now())

    def kick_drawer(self, reason: str) -> None:
        """Open the drawer: after its reason is in the journal, never awaited."""
        self.counter.kick()
        self.tell(DrawerOpened(reason))

    async def settle_attempt(self, transaction: Transaction, attempt: Attempt | None) -> None:
        """Write down where the card payment stands; None: there is none under way."""
        await transaction.put_setting(ATTEMPT, msgspec.json.encode(attempt))


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
