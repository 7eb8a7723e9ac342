"""Card payments, as the till orders them and as a terminal answers: records without behaviour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

Action: TypeAlias = Literal["pay", "refund", "cancel"]


class Approval(Struct, frozen=True):
    """A card payment that the terminal has made."""

    amount: int
    """Minor units; what was really paid; negative: given back."""
    authorisation: str
    masked_pan: str
    """Never the whole number: `************1234`."""
    at: datetime | None = None
    """When the terminal made it, UTC, where it says so."""
    application: str = ""
    """Of the card: `001`, `A0000000421010`…"""
    contract: str = ""
    """The merchant's, under which the payment was made."""
    receipt: tuple[str, ...] = ()
    """The card receipt as the terminal gives it, line by line."""

    @property
    def reference(self) -> str:
        """What a ticket keeps of it."""
        return f"{self.authorisation} {self.masked_pan}".strip()


class Order(Struct, frozen=True):
    """One payment, refund or cancel that the till asks for."""

    action: Action
    amount: int
    """Minor units, positive whatever the action."""
    reference: str
    """The till's own name for it, never used twice."""
    method: str = ""
    """The code of the payment method, where a terminal takes more than cards."""
    cancels: str = ""
    """The authorisation of the payment that a cancel takes back."""
    at: datetime | None = None
    """When it was asked, UTC; what an answer that was lost is compared with."""
    known: tuple[str, ...] = ()
    """Authorisations that the till has already kept: none of them is the answer to this."""
    unproven: tuple[int, ...] = ()
    """What the terminal may have moved last without the till knowing its authorisation, signed as `signed`."""

    @property
    def signed(self) -> int:
        """What it moves, seen from the till: negative when money is given back."""
        return self.amount if self.action == "pay" else -self.amount


class Stage(StrEnum):
    """How far an order got."""

    SENDING = "sending"
    """Its first byte is about to leave."""
    ACCEPTED = "accepted"
    """The terminal has taken it, and works."""


Progress: TypeAlias = Callable[[Stage], Awaitable[None]]
"""Is awaited before a driver goes on: when it returns, the stage is on disk."""


class TerminalTotals(Struct, frozen=True):
    """What a terminal has added up since its last end of day."""

    amount: int
    """Minor units; refunds are taken off."""
    count: int


async def nobody(_: Stage) -> None:
    """Nobody keeps how far it got."""
