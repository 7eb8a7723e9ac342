"""Reading ESC/POS: bytes → commands, one at a time. Pure, and complete: no bytes make it raise.

Lengths are those of Epson's ESC/POS command reference. A command that nobody knows is taken to have no arguments,
as printers do.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

DLE, ESC, FS, GS = b"\x10", b"\x1b", b"\x1c", b"\x1d"

_FIXED = {
    ESC: {
        1: b" !%-3=?EGJKMRTUV{adertu",
        2: b"$\\c",
        3: b"p",
        8: b"W",
    },
    GS: {
        1: b"!#/BHITabcfhjrw",
        2: b"$LPW\\",
        3: b"^z",
        4: b"g",
    },
    FS: {1: b"!-CW", 2: b"?Sp", 74: b"2"},
    DLE: {1: b"\x05"},
}
FIXED = {
    prefix + bytes([letter]): size
    for prefix, sizes in _FIXED.items()
    for size, letters in sizes.items()
    for letter in letters
}
"""How many bytes of arguments a command has."""


class Command(Struct, frozen=True):
    """A command and its arguments; a run of text has no name, a lone control byte is its own name."""

    name: bytes
    arguments: bytes
    end: int
    """Where the next command begins."""


def read(data: bytes, at: int) -> Command | None:
    """The command that begins at `at`; None when its end has not come yet."""
    first = data[at : at + 1]
    if first >= b" ":
        return _text(data, at)
    if first not in (DLE, ESC, FS, GS):
        return Command(first, b"", at + 1)
    name = data[at : at + 2]
    if len(name) < 2:
        return None
    start = at + 2
    measure = VARIABLE.get(name)
    size = FIXED.get(name, 0) if measure is None else measure(data, start)
    if size is None or start + size > len(data):
        return None
    return Command(name, data[start : start + size], start + size)


def _text(data: bytes, at: int) -> Command:
    end = at
    while end < len(data) and data[end] >= 0x20:
        end += 1
    return Command(b"", data[at:end], end)


def _word(data: bytes, at: int) -> int | None:
    """A little-endian number of two bytes."""
    return int.from_bytes(data[at : at + 2], "little") if at + 2 <= len(data) else None


def _byte(data: bytes, at: int) -> int | None:
    return data[at] if at < len(data) else None


def _by_first_byte(sizes: dict[int, int], otherwise: int) -> Callable[[bytes, int], int | None]:
    def measure(data: bytes, at: int) -> int | None:
        first = _byte(data, at)
        return None if first is None else sizes.get(first, otherwise)

    return measure


def _up_to_nul(data: bytes, at: int, most: int) -> int | None:
    end = data.find(b"\0", at, at + most)
    if end >= 0:
        return end + 1 - at
    return most if len(data) >= at + most else None


def _block(data: bytes, at: int) -> int | None:
    """`( X pL pH` and so many bytes."""
    size = _word(data, at + 1)
    return None if size is None else 3 + size


def _large_block(data: bytes, at: int) -> int | None:
    """`8 L p1 p2 p3 p4` and so many bytes."""
    return 5 + int.from_bytes(data[at + 1 : at + 5], "little") if at + 5 <= len(data) else None


def _column_image(data: bytes, at: int) -> int | None:
    mode, width = _byte(data, at), _word(data, at + 1)
    if mode is None or width is None:
        return None
    return 3 + width * (3 if mode in (32, 33) else 1)


def _raster_image(data: bytes, at: int) -> int | None:
    if _byte(data, at) not in (None, 0x30):
        return 1
    width, height = _word(data, at + 2), _word(data, at + 4)
    return None if width is None or height is None else 6 + width * height


def _stored_image(data: bytes, at: int) -> int | None:
    """`GS *`: x, y, and x × y × 8 bytes."""
    return 2 + data[at] * data[at + 1] * 8 if at + 2 <= len(data) else None


def _flash_images(data: bytes, at: int) -> int | None:
    """`FS q n`, then each image with its size."""
    count = _byte(data, at)
    size = 1
    for _ in range(count or 0):
        width, height = _word(data, at + size), _word(data, at + size + 2)
        if width is None or height is None:
            return None
        size += 4 + width * height * 8
    return None if count is None else size


def _glyphs(data: bytes, at: int) -> int | None:
    """`ESC & y c1 c2`, then each glyph with its width."""
    if at + 3 > len(data):
        return None
    height, first, last = data[at], data[at + 1], data[at + 2]
    size = 3
    for _ in range(first, last + 1):
        width = _byte(data, at + size)
        if width is None:
            return None
        size += 1 + width * height
    return size


def _barcode(data: bytes, at: int) -> int | None:
    """Form A ends with NUL, form B (65 and above) begins with its length."""
    form = _byte(data, at)
    if form is None or form > 79:
        return None if form is None else 1
    if form < 65:
        rest = _up_to_nul(data, at + 1, 256)
        return None if rest is None else 1 + rest
    length = _byte(data, at + 1)
    return None if length is None else 2 + length


def _memory(data: bytes, at: int) -> int | None:
    """`FS g`: 1 writes bytes of the user's memory, 2 reads them."""
    kind, size = _byte(data, at), _word(data, at + 6)
    if kind not in (0x31, 0x32):
        return None if kind is None else 1
    return None if size is None else 8 + (size if kind == 0x31 else 0)


VARIABLE: dict[bytes, Callable[[bytes, int], int | None]] = {
    DLE + b"\x04": _by_first_byte({7: 2, 8: 2, 18: 2}, 1),
    DLE + b"\x14": _by_first_byte({1: 3, 2: 3, 3: 8, 7: 2, 8: 8}, 1),
    ESC + b"D": lambda data, at: _up_to_nul(data, at, 33),
    ESC + b"&": _glyphs,
    ESC + b"*": _column_image,
    ESC + b"(": _block,
    FS + b"(": _block,
    FS + b"g": _memory,
    FS + b"q": _flash_images,
    GS + b"(": _block,
    GS + b"*": _stored_image,
    GS + b"8": _large_block,
    GS + b"C": _by_first_byte({0x30: 3, 0x31: 7, 0x32: 3}, 1),
    GS + b"Q": _raster_image,
    GS + b"V": _by_first_byte(dict.fromkeys((65, 66, 97, 98, 103, 104), 2), 1),
    GS + b"k": _barcode,
    GS + b"v": _raster_image,
}
"""Commands whose arguments say themselves how long they are."""
