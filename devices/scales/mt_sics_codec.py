"""MT-SICS, level 0, and the lines of scales that take its commands and answer in a format of their own.

`S` asks for the next stable weight, `SI` for the weight now. An answer of MT-SICS is `S S     1.250 kg`: the command, a
status and, with the statuses S (stable) and D (moving), a number and its unit. A&D answers `ST,+0001.250 kg`, CAS
`ST,GS,   1.250kg`: ST stable, US moving, OL out of range (output formats in the makers' manuals).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

ASK = b"SI\r\n"
ASK_STABLE = b"S\r\n"
"""What a scale is asked that does not know `SI`."""
END = b"\n"
Status: TypeAlias = Literal["S", "D", "I", "+", "-", "ES", "ET", "EL"]

_NUMBER = r"([+-]? *[0-9]{1,7}(?:\.[0-9]{1,6})?) *([a-z]+) *"
_LINE = re.compile(r"S ([SD]) +" + _NUMBER)
_OTHER = re.compile(r"S ([I+-]) *|(E[STL]) *")
_COPY = re.compile(r"(ST|US|OL)(?:,(?:G|N|GS|NT)? *)?,(?:" + _NUMBER + r"|[-+ 0-9.]*[a-z]* *)")
_STATUSES = {"ST": "S", "US": "D"}
_KILOGRAMS = {"kg": Decimal(1), "g": Decimal("0.001"), "mg": Decimal("0.000001")}


class Reading(Struct, frozen=True):
    """One answer."""

    status: str
    """`S` stable, `D` moving, `I` cannot be done now, `+` and `-` out of range, `E…` not understood."""
    kilograms: Decimal | None = None
    """None with `S` and `D`: it weighs in another unit."""


def encode(reading: Reading) -> bytes:
    """As a scale in kilograms sends it."""
    if reading.kilograms is None:
        return f"{'' if reading.status.startswith('E') else 'S '}{reading.status}\r\n".encode("ascii")
    return f"S {reading.status} {reading.kilograms:10.3f} kg\r\n".encode("ascii")


def decode(line: bytes) -> Reading | None:
    """The reading in a line; None: it is none. A number without a unit is none."""
    text = bytes(byte & 0x7F for byte in line).decode("ascii").rstrip("\r\n")
    if found := _LINE.fullmatch(text):
        return _weight(*found.groups())
    if found := _OTHER.fullmatch(text):
        return Reading(found[1] or found[2])
    if found := _COPY.fullmatch(text):
        if found[1] == "OL":
            return Reading("-" if "-" in text else "+")
        return _weight(_STATUSES[found[1]], found[2], found[3]) if found[2] else None
    return None


def _weight(status: str, number: str, unit: str) -> Reading:
    share = _KILOGRAMS.get(unit)
    return Reading(status, None if share is None else Decimal(number.replace(" ", "")) * share)
