"""Toledo 8217: bytes ↔ a reading.

The till sends `W`; the scale answers STX, `01.250` in kilograms (and an `N` when it is a net weight) and CR, or STX,
`?`, a status byte and CR. The parity bit of a line at 7E1 that is read at 8N1 is dropped.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import IntFlag

from msgspec import Struct

ASK = b"W"
STX, CR = b"\x02", b"\r"
_FRAME = re.compile(rb"\x02(?:([0-9]{2,3}\.[0-9]{3})N?|\?(.?))\r", re.DOTALL)
"""Every digit of a weight, and its point: one that has lost any is none."""


class Status(IntFlag):
    """Why there is no weight."""

    MOTION = 0x01
    OVER = 0x02
    UNDER = 0x04
    CENTRE = 0x10
    """Of zero: the scale is empty."""
    NET = 0x20
    BAD_COMMAND = 0x40


class Reading(Struct, frozen=True):
    """One answer: a weight, or a status."""

    kilograms: Decimal | None = None
    status: Status = Status(0)


def encode(reading: Reading) -> bytes:
    """As the scale sends it."""
    if reading.kilograms is None:
        return STX + b"?" + bytes([reading.status]) + CR
    return STX + f"{reading.kilograms:06.3f}".encode("ascii") + CR


def decode(frame: bytes) -> Reading | None:
    """The reading in what came up to a CR; None: it is none."""
    found = _FRAME.search(bytes(byte & 0x7F for byte in frame))
    if found is None or found.end() != len(frame):
        return None
    if found[1] is None:
        # a status can itself be the byte that ends the frame
        return Reading(status=Status((found[2] or CR)[0]))
    return Reading(Decimal(found[1].decode("ascii")))
