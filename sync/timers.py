"""The delays of the engine, each with what it trades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct


class Timers(Struct, frozen=True, kw_only=True):
    """Delays in seconds."""

    ticket_interval: float = 10
    """Between two attempts to send what could not be sent. Longer: tickets arrive later after a cut, with less load on
    the server. A new ticket is sent at once while the link is up."""
    service_timeout: float = 60
    """How long an exchange may take. On a poor network a low value gives up on answers that were about to come."""
    ping_timeout: float = 2
    """How long ping may take before the crossed network shows. No keystroke waits for it."""
    retry_cooldown: float = 300
    """How long messages and offers are not asked for after a failure; a ping that is answered ends it. A load that the
    engine began by itself and somebody gave up rests as long."""
    ping_interval: float = 5
    """Between two pings while nothing else is exchanged."""
    feed_interval: float = 1
    """Between two looks for changes or messages. Longer: a price reaches the till later, with less load on the
    server."""
    message_wait: float = 25
    """How long the server may hold a question for changes or messages until there are some."""


BOUNDS: Mapping[str, tuple[float, float]] = {
    "ticket_interval": (1, 3600),
    "service_timeout": (1, 600),
    "ping_timeout": (0.2, 30),
    "retry_cooldown": (1, 86_400),
    "ping_interval": (1, 300),
    "feed_interval": (1, 86_400),
    "message_wait": (0, 300),
}
"""The least and the most of each."""


def timers(*given: Mapping[str, Any]) -> Timers:
    """The delays, each as the last of `given` that names it says; what is no number of seconds is passed over."""
    found = dict[str, float]()
    for values in given:
        for name, (least, most) in BOUNDS.items():
            seconds = _number(values.get(name))
            if seconds is not None:
                found[name] = min(max(seconds, least), most)
    return msgspec.convert(found, Timers)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
