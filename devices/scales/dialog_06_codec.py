"""Dialog 06: records ↔ bytes.

The till sends a record after EOT, and the scale acknowledges it; EOT ENQ then asks for the scale's own record. Record
01 gives the price for a kilogram (03: and a tare), 08 asks what is wrong; the scale answers 02 with the weight, the
price and the amount, or 09 with a status, or 11 with a demand for the maker's checksums.
"""

from __future__ import annotations

import re

from msgspec import Struct

EOT, ENQ, ACK, NAK = b"\x04", b"\x05", b"\x06", b"\x15"
STX, ETX, ESC = b"\x02", b"\x03", b"\x1b"
POLL = EOT + ENQ
ASK_STATUS = EOT + STX + b"08" + ETX
MAX_PRICE = 999_999
MAX_TARE = 9_999

IN_MOTION, SAME_LOAD, NOT_AT_REST, TOO_LIGHT, UNDER_ZERO, OVERLOADED = "20", "21", "22", "30", "31", "32"
WEIGHED = "00"

_WEIGHT = re.compile(rb"\x0202\x1b.\x1b([0-9]{5})\x1b([0-9]{6})\x1b([0-9]{6})\x03")
_STATUS = re.compile(rb"\x0209\x1b([0-9]{2})\x03")
_CHECKSUM = re.compile(rb"\x0211\x1b([0-9]).*\x03", re.DOTALL)


class Weighed(Struct, frozen=True):
    """Record 02."""

    grams: int
    price: int
    """Minor units for a kilogram, as the till gave it."""
    amount: int
    """Minor units: the scale has multiplied."""

    @property
    def holds(self) -> bool:
        """Whether weight, price and amount belong together, to the cent: the only check that the record has."""
        return abs(self.grams * self.price - 1000 * self.amount) <= 1000


class Status(Struct, frozen=True):
    """Record 09: `00` weighed, `01` to `19` an error of the line or of the till, `20` and more: no weight."""

    code: str


class Challenge(Struct, frozen=True):
    """Record 11: the scale wants to know that the till is approved with it."""

    state: str


def price_record(price: int, tare: int = 0) -> bytes:
    """Record 01, or 03 with a tare in grams.

    Raises:
        ValueError: more than fits.
    """
    if not 0 <= price <= MAX_PRICE or not 0 <= tare <= MAX_TARE:
        raise ValueError(f"a price of {price} and a tare of {tare} do not fit a record")
    if tare:
        return EOT + STX + b"03" + ESC + f"{price:06d}".encode() + ESC + f"{tare:04d}".encode() + ETX
    return EOT + STX + b"01" + ESC + f"{price:06d}".encode() + ESC + ETX


def decode(record: bytes) -> Weighed | Status | Challenge | None:
    """The scale's record, from STX to ETX; None: it is none. The parity bit is dropped."""
    plain = bytes(byte & 0x7F for byte in record)
    plain = plain[plain.rfind(STX) :] if STX in plain else b""
    if found := _WEIGHT.fullmatch(plain):
        return Weighed(*map(int, found.groups()))
    if found := _STATUS.fullmatch(plain):
        return Status(found[1].decode("ascii"))
    if found := _CHECKSUM.fullmatch(plain):
        return Challenge(found[1].decode("ascii"))
    return None


def encode(record: Weighed | Status | Challenge) -> bytes:
    """As the scale sends it."""
    match record:
        case Weighed(grams, price, amount):
            body = b"02\x1b3\x1b" + f"{grams:05d}\x1b{price:06d}\x1b{amount:06d}".encode("ascii")
        case Status(code):
            body = b"09\x1b" + code.encode("ascii")
        case Challenge(state):
            body = b"11\x1b" + state.encode("ascii") + b"0000"
    return STX + body + ETX
