"""What goes wrong on the way to a server, by a plan: `lost-reply=5, delay=10:2.5, offline=1:20`.

A plan gives, for each fault, how many exchanges of a hundred suffer it, and for some of them how many seconds it
lasts. It is one of the names below, a text, or a file of such lines with comments behind `#`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class Fault(StrEnum):
    """One thing that goes wrong in an exchange."""

    LOST_REQUEST = "lost-request"
    """The server never gets it."""
    LOST_REPLY = "lost-reply"
    """The server does it, and nobody is told."""
    DOUBLED = "doubled"
    """The server gets it twice."""
    CUT = "cut"
    """The answer ends in its middle."""
    DELAY = "delay"
    """It arrives so many seconds late."""
    BUSY = "503"
    """A proxy says 503 in the server's place."""
    OFFLINE = "offline"
    """The cable is out for so many seconds, for whatever this till sends."""


LASTING: Mapping[Fault, float] = {Fault.DELAY: 1.0, Fault.OFFLINE: 10.0}
"""The faults that last, and for how many seconds where the plan does not say."""

NAMED: Mapping[str, str] = {
    "rough": "lost-request=3, lost-reply=3, doubled=3, cut=3, delay=5:2, 503=2, offline=0.5:15",
    "terrible": "lost-request=10, lost-reply=10, doubled=10, cut=10, delay=10:3, 503=5, offline=2:20",
}
"""Plans that have a name."""


class BadPlan(ValueError):
    """A plan of faults cannot be read; the message says which part of it."""


class Trouble(Struct, frozen=True):
    """A fault, and how much of it."""

    fault: Fault
    percent: float
    """Of all exchanges."""
    seconds: float = 0.0


class Plan(Struct, frozen=True):
    """What goes wrong, and how often."""

    troubles: tuple[Trouble, ...] = ()

    def draw(self, chance: random.Random) -> Trouble | None:
        """What happens to the next exchange; None: nothing."""
        drawn = chance.uniform(0, 100)
        for trouble in self.troubles:
            drawn -= trouble.percent
            if drawn < 0:
                return trouble
        return None


def read_plan(text: str) -> Plan:
    """The plan of this name, in this file, or in these words.

    Raises:
        BadPlan: it is none.
    """
    if text in NAMED:
        text = NAMED[text]
    elif "=" not in text:
        try:
            text = Path(text).read_text("utf-8")
        except (OSError, ValueError) as error:
            names = ", ".join(NAMED)
            raise BadPlan(f"{text} is no plan: give {names}, a file, or lost-reply=5, delay=10:2") from error
    plan = Plan(tuple(_troubles(text)))
    if sum(trouble.percent for trouble in plan.troubles) > 100:
        raise BadPlan("more than a hundred exchanges of a hundred would go wrong")
    return plan


def _troubles(text: str) -> Iterator[Trouble]:
    for line in text.splitlines():
        for part in line.partition("#")[0].split(","):
            if part.strip():
                yield _trouble(part.strip())


def _trouble(part: str) -> Trouble:
    name, _, amount = part.partition("=")
    percent, colon, seconds = amount.partition(":")
    try:
        fault = Fault(name.strip())
        trouble = Trouble(fault, float(percent), float(seconds) if colon else LASTING.get(fault, 0.0))
    except ValueError:
        faults = ", ".join(Fault)
        raise BadPlan(f"{part} is no fault: NAME=PERCENT or NAME=PERCENT:SECONDS of {faults}") from None
    if not (0 <= trouble.percent <= 100 and 0 <= trouble.seconds < 86_400):
        raise BadPlan(f"{part} is out of bounds")
    return trouble
