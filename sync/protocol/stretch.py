"""How a journal is cut into archives: by years, and by positions that follow one another; and what each comes to."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from sync.protocol.journal import Entry


class Totals(Struct, frozen=True, kw_only=True):
    """What the tickets through an entry come to since the till was made; minor units."""

    last_number: int = 0
    """Of the last ticket."""
    grand_total: int = 0
    grand_total_absolute: int = 0

    def with_ticket(self, entry: Entry) -> Totals:
        """And those of one more ticket.

        Raises:
            msgspec.MsgspecError, ValueError: it is none.
        """
        ticket = msgspec.json.decode(entry.body, type=_Ticket)
        return Totals(
            last_number=int(ticket.number.rpartition("-")[2]),
            grand_total=self.grand_total + ticket.total,
            grand_total_absolute=self.grand_total_absolute + abs(ticket.total),
        )


class _Ticket(Struct):
    number: str
    total: int


class _Closing(Struct):
    kind: str = ""


def ends_year(entry: Entry) -> bool:
    """Whether this entry closes a year.

    Raises:
        msgspec.MsgspecError: its content is not that of a closing.
    """
    return entry.kind == "closing" and msgspec.json.decode(entry.body, type=_Closing).kind == "year"


def a_year_after(at: str) -> str:
    """The same moment of the next year, as times of the journal compare."""
    return years_after(at, 1)


def years_after(at: str, years: int) -> str:
    """The same moment some years later; of 29 February it sorts behind the 28th, which is what it is for."""
    return f"{int(at[:4]) + years:04d}{at[4:]}"


class Stretch:
    """Entries that follow one another, as far as one archive may hold them.

    Args:
        after: position and hash of the entry before the first.
        before: the totals there.
    """

    def __init__(self, after: tuple[int, bytes], before: Totals) -> None:
        self.first_seq, self.prev_hash = after[0] + 1, after[1]
        self.last = after
        self.before = self.after = before
        self.tickets = 0
        self.oldest_at = self.newest_at = ""
        self.year_ended = False

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is of this stretch: nothing follows a year's closing, nor what is a year away."""
        if not self.oldest_at:
            return True
        oldest, newest = min(self.oldest_at, entry.at), max(self.newest_at, entry.at)
        return not self.year_ended and newest < a_year_after(oldest)

    def add(self, entry: Entry) -> None:
        """Go on by one entry.

        Raises:
            msgspec.MsgspecError, ValueError: its content is not that of its kind.
        """
        if entry.kind == "ticket":
            self.after = self.after.with_ticket(entry)
            self.tickets += 1
        self.oldest_at = min(self.oldest_at or entry.at, entry.at)
        self.newest_at = max(self.newest_at, entry.at)
        self.year_ended = ends_year(entry)
        self.last = (entry.seq, entry.hash)
