"""The journal of technical events (JET): the numbers by which NF525 calls what has to be traced.

The numbers are those that implementers of certified software publish; an event without one is traced all the same,
by its code alone (BOI-TVA-DECLA-30-10-30: corrections, duplicates and interventions are part of the data).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Jet(IntEnum):
    """The event types that this till traces; those of archives, 20 and 30, are `sync.archiving`'s."""

    TERMINAL_STOP = 40
    PERIOD_CLOSED = 50
    """A session, a day or a month."""
    YEAR_CLOSED = 60
    OFFLINE = 70
    """The till went on without its server, or has it back."""
    SIGN_IN = 80
    INTEGRITY_DEFECT = 90
    """The journal does not verify."""
    EXPORT = 110
    """The journal was given out."""
    RIGHTS = 130
    """Somebody lent a right."""
    CANCELLATION = 190
    """A ticket was given up before it was paid."""
    NEW_VERSION = 250
    COMPLIANCE_SETTING = 270
    """A setting on which the law counts was changed: see `of_settings`."""
    TAX_AUDIT = 280
    """Somebody checks or takes away the journal for the tax office."""
    CLOSING_START = 330


_COMPLIANCE = frozenset({"idle_after", "keep_years", "till"})
"""When an idle till asks who is there, how long it keeps what was sold; and all settings at once, these among them."""


def of_settings(names: Iterable[str]) -> Jet | None:
    """The number of a change of these settings; None: the law counts on none of them."""
    return None if _COMPLIANCE.isdisjoint(names) else Jet.COMPLIANCE_SETTING
