"""The records that the store gives and takes, beside those of the feed.

Amounts are minor units; times are RFC 3339 in UTC, all of one form, so that their texts sort as they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

TICKET = "ticket"
"""The series of ticket numbers, and the kind of the journal entries that hold tickets."""
CUSTOMER = "customer"
"""The series of the codes of customers made here, and the kind of the entries that hold customers."""
GRAND_TOTAL = "grand_total"
"""The counter of the perpetual total, from which refunds are taken (CGI art. 286, BOI-TVA-DECLA-30-10-30)."""
GRAND_TOTAL_ABSOLUTE = "grand_total_absolute"
"""The counter of the perpetual total to which refunds are added."""


class VatSum(NamedTuple):
    """VAT of one rate; `net + vat == gross`."""

    rate: str
    net: int
    vat: int
    gross: int


class MethodSum(NamedTuple):
    """What one method took, before change, and how many times."""

    method: str
    amount: int
    times: int


class OpenRow(Struct, frozen=True):
    """The ticket that is being made."""

    uuid: str
    header: bytes
    lines: Mapping[int, bytes]
    """By number, in their order."""


class HeldRow(Struct, frozen=True):
    """A ticket that was set aside."""

    uuid: str
    header: bytes
    lines: Mapping[int, bytes]
    held_at: str


class ClosedRow(Struct, frozen=True):
    """A closed ticket as searches and reports need it. What was signed is the journal's entry at `seq`."""

    number: str
    """It ends in the number that was taken from its series: `1-000418`."""
    uuid: str
    seq: int
    session: int
    closed_at: str
    total: int
    change: int
    lines: int
    """How many."""
    user: str
    customer: str | None = None
    refund_of: str | None = None
    """Number of the ticket whose goods came back."""
    vat: tuple[tuple[str, int, int, int], ...] = ()
    """As in `VatSum`."""
    payments: tuple[tuple[str, int, int], ...] = ()
    """As in `MethodSum`: once for each method."""


class SessionRow(Struct, frozen=True):
    """A cash session."""

    id: int
    """Gap-free."""
    opened_at: str
    seq: int
    """Position of the journal entry that opened it."""
    float_: int
    user: str
    closed_seq: int | None = None
    closed_at: str | None = None


class ClosingRow(Struct, frozen=True):
    """A closing: of a session (`z`) or of a period. It holds the entries between its positions, both included."""

    kind: str
    number: int
    """Gap-free for each kind."""
    first_seq: int
    last_seq: int
    body: bytes


class Sums(Struct, frozen=True):
    """What a session or a stretch of the journal comes to."""

    tickets: int
    total: int
    change: int
    vat: tuple[VatSum, ...]
    payments: tuple[MethodSum, ...]
    cash_in: int
    cash_out: int
    """Positive."""


class Problem(Struct, frozen=True):
    """Something that is not as it should be."""

    position: int
    """Of the journal entry; 0: no single one."""
    reason: str


class VerifyReport(Struct, frozen=True):
    """What a walk through the whole journal has found."""

    entries: int
    tickets: int
    first_seq: int
    last_seq: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether all is as it was written."""
        return not self.problems
