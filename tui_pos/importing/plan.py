"""What an import is going to do: made and checked before anything is written."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from sync.protocol import ProductRecord


class Problem(Struct, frozen=True):
    """Something to say about one cell of the file, or about a whole line."""

    line: int
    """Where the line begins in the file; the line of the column names is usually 1."""
    column: str
    """As the file names it; empty: the whole line."""
    what: str
    """An English sentence without values: the message's key in the catalogues of translations."""
    value: str
    """What the cell holds, shortened and safe to print."""


class ImportPlan(Struct, frozen=True):
    """The products of a file, and what is to be said about it."""

    records: tuple[ProductRecord, ...]
    """Those of the good lines, in the order of the file."""
    problems: tuple[Problem, ...]
    """What makes a line bad: no product comes from it."""
    notes: tuple[Problem, ...]
    """What was changed or left aside; its line is good."""
    lines: int
    """How many lines hold something, without that of the column names."""
    default_vat: Decimal
    """In percent: what lines without a rate were given."""
    without_vat: int
    """How many good lines give no rate."""
    without_price: int
    """How many products will have their price asked at the till."""
    encoding: str
    """`utf-8`, `utf-16` or `cp1252`."""

    @property
    def bad_lines(self) -> int:
        """How many lines give no product."""
        return len({problem.line for problem in self.problems})


class ImportReport(Struct, frozen=True):
    """What an import has changed."""

    added: int
    updated: int
