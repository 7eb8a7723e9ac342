"""Pole displays of two lines of twenty: text → bytes, in ESC/POS mode and in CD5220 mode."""

from __future__ import annotations

import re
import unicodedata

from devices.cells import clean, plain_spaces

WIDTH = 20
_NEAREST = {
    "€": "E",
    "œ": "oe",
    "Œ": "OE",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "…": ".",
}
_AMOUNT = re.compile(r" -?\D?\d{1,3}(?:[ ,.]\d{3})*(?:[.,]\d\d)?(?: \S{1,3})?$")
"""An amount at the end of a line, whatever its language, and the space before it."""


def fitted(text: str, codec: str) -> bytes:
    """Exactly twenty characters of the display; what its code page lacks becomes what looks like it.

    That may be longer, as `oe` is: then what stands before an amount at the end is cut, and never the amount.
    """
    plain = plain_spaces(clean(unicodedata.normalize("NFC", text)))
    data = _bytes(plain, codec)
    if len(data) > WIDTH and (found := _AMOUNT.search(plain)):
        amount = _bytes(found[0], codec)
        data = _bytes(plain[: found.start()], codec)[: max(0, WIDTH - len(amount))] + amount
    return data[:WIDTH].ljust(WIDTH)


def _bytes(text: str, codec: str) -> bytes:
    return b"".join(_byte(character, codec) for character in text)


def _byte(character: str, codec: str) -> bytes:
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    for candidate in (character, _NEAREST.get(character, bare), bare):
        try:
            return candidate.encode(codec)
        except UnicodeEncodeError:
            continue
    return b"?"


START = b"\x1b@"
"""Initialised."""
CLEAR = b"\x0c"


def escpos_mode(page: int) -> bytes:
    """With a code page (16: CP1252, 19: CP858), overwriting instead of scrolling, without a cursor."""
    return b"\x1bt" + bytes([page]) + b"\x1f\x01" + b"\x1fC\x00"


def escpos(upper: bytes, lower: bytes) -> bytes:
    """Both lines over what was there: without a clear in between nothing flickers."""
    return b"\x1f$\x01\x01" + upper + b"\x1f$\x01\x02" + lower


def cd5220(upper: bytes, lower: bytes) -> bytes:
    """Both lines over what was there."""
    return b"\x1bQA" + upper + b"\r" + b"\x1bQB" + lower + b"\r"
