"""MT-SICS, level 0: lines ↔ a reading.

`S` asks for the next stable weight, `SI` for the weight now. An answer is `S S     1.250 kg`: the command, a status
and, with the statuses S (stable) and D (moving), a number and its unit. CAS and Adam scales that copy it answer alike.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

ASK = b"SI\r\n"
END = b"\n"
Status: TypeAlias = Literal["S", "D", "I", "+", "-", "ES", "ET", "EL"]
_LINE = re.compile(r"S ([SD])\s+(-?[0-9]{1,7}(?:\.[0-9]{1,6})?) (kg|g|mg)\s*")
_OTHER = re.compile(r"S ([I+-])\s*|(E[STL])\s*")
_KILOGRAMS = {"kg": Decimal(1), "g": Decimal("0.001"), "mg": Decimal("0.000001")}


class Reading(Struct, frozen=True):
    """One answer."""

    status: str
    """`S` stable, `D` moving, `I` cannot be done now, `+` and `-` out of range, `E…` not understood."""
    kilograms: Decimal | None = None


def encode(reading: Reading) -> bytes:
    """As a scale in kilograms sends it."""
    if reading.kilograms is None:
        return f"{'' if reading.status.startswith('E') else 'S '}{reading.status}\r\n".encode("ascii")
    return f"S {reading.status} {reading.kilograms:10.3f} kg\r\n".encode("ascii")


def decode(line: bytes) -> Reading | None:
    """The reading in a line; None: it is none. A number without a unit, or in pounds, is none."""
    text = bytes(byte & 0x7F for byte in line).decode("ascii").rstrip("\r\n")
    if found := _LINE.fullmatch(text):
        return Reading(found[1], Decimal(found[2]) * _KILOGRAMS[found[3]])
    if found := _OTHER.fullmatch(text):
        return Reading(found[1] or found[2])
    return None
