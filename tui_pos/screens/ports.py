"""What the screen asks of the till: its register, its devices as they look, and the codes of a demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui_pos.screens.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devices.counter import Counter
    from sync.engine import Engine
    from sync.enrol import Invitation
    from sync.membership import Membership
    from sync.store import Store
    from tui_pos.events import Events
    from tui_pos.inputs import Input
    from tui_pos.outcomes import CardAsked, MessageView, Outcome, PromptView, SessionView, State
    from tui_pos.rights import Right
    from tui_pos.sale.ticket import Ticket, Totals
    from tui_pos.settings import Settings


class RegisterPort(Queries, Protocol):
    """The register, as the selling screen uses it."""

    events: Events

    async def accept(self, given: Input) -> Outcome:
        """Take one input to its end; it is on disk then."""

    async def card_payment(self) -> Outcome:
        """The end of the card payment under way."""

    @property
    def ticket(self) -> Ticket | None:
        """The open ticket."""

    @property
    def totals(self) -> Totals | None:
        """Its sums."""

    @property
    def session(self) -> SessionView | None:
        """The open session."""

    @property
    def left(self) -> str:
        """Why the one who worked here was signed out, where somebody else did that."""

    @property
    def settings(self) -> Settings:
        """What this till is set to."""

    @property
    def till_id(self) -> str:
        """The till's number."""

    @property
    def card_asked(self) -> CardAsked | None:
        """What a card terminal was asked for that is under way, or in doubt."""

    @property
    def held_count(self) -> int:
        """How many tickets are set aside."""

    @property
    def link(self) -> str:
        """Whether the server answers."""

    @property
    def unsent(self) -> int:
        """How many entries are unsent."""

    @property
    def messages(self) -> Sequence[MessageView]:
        """The server's messages that nobody has read."""

    async def used_methods(self) -> frozenset[str]:
        """The payment methods that took something in the session."""

    def may(self, right: Right) -> bool:
        """Whether the user may."""

    def prompt(self) -> PromptView:
        """What is expected."""

    def state(self) -> State:
        """Where the till stands, whole."""


class DemoCode(Protocol):
    """Somebody of the demo shop who can sign in."""

    @property
    def user(self) -> str:
        """The code."""

    @property
    def pin(self) -> str:
        """The PIN."""

    @property
    def name(self) -> str:
        """The name."""


class DemoPort(Protocol):
    """A demo."""

    @property
    def codes(self) -> Sequence[DemoCode]:
        """Who can sign in."""


class ServerPort(Protocol):
    """The till's side of its server."""

    async def engine(self) -> Engine:
        """What exchanges with the server; raises `SyncError` where there is none."""

    async def plug(self, *, plugged: bool) -> None:
        """Pull the simulated cable out, or put it back."""

    async def enrol(self, invitation: Invitation) -> Membership:
        """Give the till a server; raises `SyncError`."""


class TillPort(Protocol):
    """A till that is open."""

    @property
    def register(self) -> RegisterPort:
        """Its register."""

    @property
    def counter(self) -> Counter:
        """Its devices."""

    @property
    def server(self) -> ServerPort:
        """Its server."""

    @property
    def store(self) -> Store:
        """Its database."""

    @property
    def demo(self) -> DemoPort | None:
        """The demo that it is, if it is one."""

    async def close(self) -> None:
        """Let go of everything."""
