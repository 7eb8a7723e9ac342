"""ZVT over TCP: commands ↔ bytes.

A command (APDU) is two control bytes, a length (one byte, or FF and two bytes, the low one first) and its data. The
data of a status are fields (BMP): a number, then a value of fixed length, or one whose length comes before it as two or
three bytes `F0` to `F9`, or a container of BER-TLV.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

REGISTER, PAY, REFUND, REVERSE, REPEAT, TOTALS = 0x0600, 0x0601, 0x0631, 0x0630, 0x0620, 0x0610
ENQUIRE, GIVE_UP = 0x0501, 0x06B0
"""What the terminal is doing; and that it should stop."""
STATUS, INTERMEDIATE, COMPLETION, ABORT, LINE, BLOCK = 0x040F, 0x04FF, 0x060F, 0x061E, 0x06D1, 0x06D3
TAKEN, REFUSED = 0x80, 0x84
"""First control byte of an acknowledgement; the second is 0, or an error."""

AMOUNT, TLV, TRACE, TIME, DATE, PAN, RESULT, CURRENCY, SUMS, RECEIPT, CARD = (
    0x04, 0x06, 0x0B, 0x0C, 0x0D, 0x22, 0x27, 0x49, 0x60, 0x87, 0x8B,
)  # fmt: skip
LARGEST = 999_999_999_999

_FIXED: Mapping[int, int] = {
    0x01: 1, 0x02: 1, 0x03: 1, AMOUNT: 6, 0x05: 1, TRACE: 3, TIME: 3, DATE: 2, 0x0E: 2, 0x17: 2, 0x19: 1, RESULT: 1,
    0x29: 4, 0x2A: 15, 0x37: 3, 0x3A: 2, 0x3B: 8, 0x3D: 3, CURRENCY: 2, RECEIPT: 2, 0x88: 3, 0x8A: 1, 0x8C: 1,
    0xA0: 1, 0xAA: 3, 0xBA: 5,
}  # fmt: skip
_TWO_DIGITS = frozenset({PAN, 0x23, 0x2D, CARD, 0xA7, 0xD1, 0xD2, 0xD3})
_THREE_DIGITS = frozenset({0x24, 0x2E, 0x3C, SUMS, 0x92, 0x9A, 0xAF})
_LINES_OF_TEXT = 0x25
_LINE_OF_TEXT = 0x07


class BadField(ValueError):
    """Data that are no run of fields."""


class Command(Struct, frozen=True):
    """One APDU."""

    control: int
    """Both control bytes."""
    data: bytes = b""


TAKEN_WELL = Command(TAKEN << 8)


def encode(command: Command) -> bytes:
    """The command as bytes."""
    size = len(command.data)
    length = bytes([size]) if size < 0xFF else b"\xff" + size.to_bytes(2, "little")
    return command.control.to_bytes(2, "big") + length + command.data


def decode(data: bytes) -> tuple[Command | None, bytes]:
    """The first command in `data`, once it is whole, and what follows it."""
    if len(data) < 3:
        return None, data
    begin, size = (3, data[2]) if data[2] != 0xFF else (5, int.from_bytes(data[3:5], "little"))
    if len(data) < begin or len(data) < begin + size:
        return None, data
    return Command(int.from_bytes(data[:2], "big"), data[begin : begin + size]), data[begin + size :]


def bcd(number: int, size: int) -> bytes:
    """A number as packed decimal digits.

    Raises:
        ValueError: it does not fit.
    """
    digits = f"{number:0{2 * size}d}"
    if len(digits) > 2 * size:
        raise ValueError(f"{number} has more than {2 * size} digits")
    return bytes.fromhex(digits)


def number(value: bytes) -> int | None:
    """The number in packed decimal digits; None: they are none."""
    digits = value.hex()
    return int(digits) if digits.isdecimal() else None


def fields(data: bytes) -> dict[int, bytes]:
    """The fields of a status, by number; a field that is not known ends the reading, since its length is not.

    Raises:
        BadField: a field is cut short, or its length is none.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        key, at = data[at], at + 1
        if key in _FIXED:
            size = _FIXED[key]
        elif key in _TWO_DIGITS or key in _THREE_DIGITS:
            digits = 2 if key in _TWO_DIGITS else 3
            size, at = _digits(data[at : at + digits], digits), at + digits
        elif key == TLV:
            size, at = _length(data, at)
        else:
            break
        if at + size > len(data):
            raise BadField(f"field {key:02X} is cut short")
        found.setdefault(key, data[at : at + size])
        at += size
    return found


def _digits(data: bytes, count: int) -> int:
    if len(data) < count or any(not 0xF0 <= byte <= 0xF9 for byte in data):
        raise BadField(f"{data.hex()} is no length")
    return int("".join(str(byte & 0x0F) for byte in data))


def _length(data: bytes, at: int) -> tuple[int, int]:
    """A BER length, and where the value begins."""
    if at >= len(data):
        raise BadField("a length is missing")
    first, at = data[at], at + 1
    if first < 0x80:
        return first, at
    count = first & 0x7F
    if count not in (1, 2) or at + count > len(data):
        raise BadField(f"a length cannot begin with {first:02X}")
    return int.from_bytes(data[at : at + count], "big"), at + count


def values(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The values of a BER-TLV container with their tags, one level deep.

    Raises:
        BadField: a value is cut short.
    """
    at = 0
    while at < len(data):
        tag, at = data[at], at + 1
        if tag & 0x1F == 0x1F:
            if at >= len(data):
                raise BadField("a tag is cut short")
            tag, at = tag << 8 | data[at], at + 1
        size, at = _length(data, at)
        if at + size > len(data):
            raise BadField(f"value {tag:02X} is cut short")
        yield tag, data[at : at + size]
        at += size


def state(data: bytes) -> int | None:
    """The terminal's state in the completion of an enquiry, 0 when it has nothing to do; None: it says none.

    The version of its software may come first, as a field F0 of variable length.
    """
    at = 0
    if data[:1] == b"\xf0":
        try:
            at = 3 + _digits(data[1:3], 2)
        except BadField:
            return None
    return data[at] if at < len(data) else None


def printed(command: Command) -> tuple[str, ...]:
    """The lines that a print command carries. What cannot be read is left out."""
    try:
        if command.control == LINE:
            return (_text(command.data[1:]),) if command.data else ()
        container = fields(command.data).get(TLV, b"")
        blocks = [value for tag, value in values(container) if tag == _LINES_OF_TEXT]
        return tuple(_text(line) for block in blocks for tag, line in values(block) if tag == _LINE_OF_TEXT)
    except BadField:
        return ()


def _text(line: bytes) -> str:
    # the ZVT character set is that of the first IBM PC
    return "".join(filter(str.isprintable, line.decode("cp437"))).rstrip()
