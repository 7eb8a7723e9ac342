"""The journal of technical events (JET): the numbers by which NF525 calls what has to be traced.

The numbers are those that implementers of certified software publish; an event without one is traced all the same,
by its code alone (BOI-TVA-DECLA-30-10-30: corrections, duplicates and interventions are part of the data).
"""

from __future__ import annotations

from enum import IntEnum


class Jet(IntEnum):
    """The event types that this till traces."""

    TERMINAL_STOP = 40
    PERIOD_CLOSED = 50
    """A session, a day or a month."""
    YEAR_CLOSED = 60
    SIGN_IN = 80
    RIGHTS = 130
    """Somebody lent a right."""
    CANCELLATION = 190
    """A ticket was given up before it was paid."""
    NEW_VERSION = 250
    CLOSING_START = 330
