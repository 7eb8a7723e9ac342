"""Dialog 06: records ↔ bytes.

The till sends a record after EOT, and the scale acknowledges it (ACK), or has a fault (NAK); EOT ENQ then asks for the
scale's own record, and can be answered with NAK too. Record 01 gives the price for a kilogram (03: and a tare), 08 asks
what is wrong; the scale answers 02 with its unit, the weight, the price and the amount, or 09 with a status. Each
answer of the scale is answered with EOT.

A scale that is set so answers 11 instead, after it was switched on, after an error and every fifty weighings: it wants
to know that the till is approved with it. Record 10 gives it 16-bit checksums CS of the till's program, each with a KW,
the rest of its division by a polynomial that only their makers know; both are rotated by the two halves of the number
that came with the demand.

What rests on what:

- Records, statuses, units, NAK and EOT, the demand and its verdict, the rotations, hexadecimal digits: service manuals
  of the scales Mettler Toledo Diva (section 6.1.8) and Ohaus Aviator 5000 and 7000 (section 6.1.3), which agree. The
  order of the bytes and record 08 without an acknowledgement: manual of the indicator Cely PI100 (section 7.5).
- That the pairs of record 10 follow one another without a sign between them: both service manuals leave it open, and a
  driver that shops use writes one pair so.
- How the division is done (the highest bit first, from zero, nothing inverted): the manuals say “the CRC-16 method” and
  no more. No vector was ever published, so no scale of a maker has confirmed record 10 as it is written here.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec import Struct

EOT, ENQ, ACK, NAK = b"\x04", b"\x05", b"\x06", b"\x15"
STX, ETX, ESC = b"\x02", b"\x03", b"\x1b"
POLL = EOT + ENQ
ASK_STATUS = EOT + STX + b"08" + ETX
MAX_PRICE = 999_999
MAX_TARE = 9_999

IN_MOTION, SAME_LOAD, NOT_AT_REST, TOO_LIGHT, UNDER_ZERO, OVERLOADED = "20", "21", "22", "30", "31", "32"
WEIGHED = "00"

_WEIGHT = re.compile(rb"\x0202\x1b([0-3])\x1b([0-9]{5})\x1b([0-9]{5,6})\x1b([0-9]{6})\x03")
_KILOGRAMS = b"3"
"""Its unit; the others are pounds."""
_STATUS = re.compile(rb"\x0209\x1b([0-9]{2})\x03")
_DEMAND = re.compile(rb"\x0211\x1b(?:([01])|2([0-9A-Fa-f]{2}))\x03")
_PROOF = re.compile(rb"10\x1b((?:[0-9A-F]{8}){1,5})\x03")


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


class OtherUnit(Struct, frozen=True):
    """Record 02 of a scale in pounds: its digits are no grams."""


class Status(Struct, frozen=True):
    """Record 09: `00` weighed, `01` to `19` an error of the line or of the till, `20` and more: no weight."""

    code: str


class Demand(Struct, frozen=True):
    """Record 11: the scale wants the maker's checksums."""

    number: int
    """Random, 0 to 255: its halves say how far the checksums are rotated."""


class Verdict(Struct, frozen=True):
    """Record 11: what the scale found the checksums to be."""

    valid: bool


Answer: TypeAlias = Weighed | OtherUnit | Status | Demand | Verdict


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


def proof_record(checksums: tuple[int, ...], polynomial: int, number: int) -> bytes:
    """Record 10: one to five checksums of 16 bits, each with its KW, as a demand with this number wants them."""
    pairs = (
        f"{rotated(checksum, number >> 4):04X}{rotated(division_rest(checksum, polynomial), -(number & 15)):04X}"
        for checksum in checksums
    )
    return EOT + STX + b"10" + ESC + "".join(pairs).encode("ascii") + ETX


def proven(record: bytes, polynomial: int, number: int) -> bool:
    """Whether a record 10, from its number to ETX, holds checksums that this polynomial confirms: the scale's side."""
    found = _PROOF.fullmatch(record)
    if found is None:
        return False
    pairs = (found[1][at : at + 8] for at in range(0, len(found[1]), 8))
    return all(
        division_rest(rotated(int(pair[:4], 16), -(number >> 4)), polynomial)
        == rotated(int(pair[4:], 16), number & 15)
        for pair in pairs
    )


def division_rest(checksum: int, polynomial: int) -> int:
    """KW: the rest of a polynomial division as CRC-16 does it; the polynomial without its highest bit."""
    rest = checksum
    for _ in range(16):
        rest = (rest << 1) ^ polynomial if rest & 0x8000 else rest << 1
        rest &= 0xFFFF
    return rest


def rotated(value: int, bits: int) -> int:
    """Sixteen bits, rotated to the left; a negative number of bits: to the right."""
    bits %= 16
    return (value << bits | value >> (16 - bits)) & 0xFFFF


def decode(record: bytes) -> Answer | None:
    """The scale's record, from STX to ETX; None: it is none. The parity bit is dropped."""
    plain = bytes(byte & 0x7F for byte in record)
    plain = plain[plain.rfind(STX) :] if STX in plain else b""
    if found := _WEIGHT.fullmatch(plain):
        return Weighed(*map(int, found.groups()[1:])) if found[1] == _KILOGRAMS else OtherUnit()
    if found := _STATUS.fullmatch(plain):
        return Status(found[1].decode("ascii"))
    if found := _DEMAND.fullmatch(plain):
        return Verdict(found[1] == b"1") if found[1] else Demand(int(found[2], 16))
    return None


def encode(record: Answer) -> bytes:
    """As the scale sends it."""
    match record:
        case Weighed(grams, price, amount):
            body = b"02\x1b3\x1b" + f"{grams:05d}\x1b{price:06d}\x1b{amount:06d}".encode("ascii")
        case OtherUnit():
            body = b"02\x1b1\x1b00000\x1b000000\x1b000000"
        case Status(code):
            body = b"09\x1b" + code.encode("ascii")
        case Demand(number):
            body = b"11\x1b2" + f"{number:02X}".encode("ascii")
        case Verdict(valid):
            body = b"11\x1b" + (b"1" if valid else b"0")
    return STX + body + ETX
