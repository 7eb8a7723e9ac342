"""What the status and the headers of an answer say, whoever sent it: nothing in them is taken at its word."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from sync import errors
from sync.protocol.reasons import heard
from sync.protocol.wire import PROTOCOL_MAX, PROTOCOL_MIN, ErrorReply, Problem

LONGEST_REST = 3600.0
"""Seconds that a server may ask to be left alone, at the most."""
_DIGITS = 15
"""Of a number in a header, at the most."""
_REJECTIONS: Mapping[int, type[errors.Rejected]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Unauthorized,
    409: errors.EpochPassed,
    410: errors.Gone,
    413: errors.TooLarge,
    426: errors.UpgradeNeeded,
    429: errors.Busy,
    503: errors.Busy,
}


def speaks_ours(versions: str) -> bool:
    """Whether a server that speaks these versions of the protocol can be spoken to.

    Raises:
        NotOurs: these are none.
    """
    least, most = map(number, versions.partition("-")[::2])
    if least is None or most is None:
        raise errors.NotOurs(reason=errors.n_("its answers are not those of a tui-pos server"))
    return least <= PROTOCOL_MAX and most >= PROTOCOL_MIN


def number(text: str) -> int | None:
    """What a header says that is a number; None: it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def rejection(status: int, headers: Mapping[str, str], body: bytes) -> errors.Rejected:
    """What a refusal says, as the error that it is."""
    problem = Problem(f"http_{status}", f"status {status}")
    with suppress(msgspec.MsgspecError):
        problem = msgspec.json.decode(body, type=ErrorReply).error
    details: dict[str, Any] = {"code": problem.code, "reason": heard(problem.message, problem.cause)}
    kind = _REJECTIONS.get(status, errors.Rejected)
    if kind is errors.Gone and problem.snapshot:
        details["snapshot"] = problem.snapshot
    if kind is errors.Busy:
        details["after"] = _wished(headers.get("retry-after", ""), headers.get("date", ""))
    return kind(**details)


def _wished(after: str, date: str) -> float | None:
    """The seconds of a `Retry-After` (RFC 9110, 10.2.3), which may be a time by the clock of `Date`; None: none."""
    seconds: float | None = number(after)
    if seconds is None:
        with suppress(ValueError, TypeError):
            seconds = (parsedate_to_datetime(after) - parsedate_to_datetime(date)).total_seconds()
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_REST)
