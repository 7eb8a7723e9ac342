"""Codes as scanners and fingers give them: GTIN with its check digit, PLU, and the shop's own.

Check digits, the lengths of a GTIN and the UPC-E expansion are those of the GS1 General Specifications; the
symbology identifiers are those of ISO/IEC 15424.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from tui_pos.sale.errors import BadBarcode, SeveralLines, UnknownCode, WrongLength, shown

MAX_CODE = 48
"""The longest code that is looked up: a GS1-128 symbol holds no more."""

GTIN_LENGTHS = (8, 12, 13, 14)
MAX_PLU = 6
"""The most digits of a PLU."""

BLANKS = " \t\r\n"
"""What scanners put around a code. `str.strip` alone would also take the GS1 separators."""

# The top row of a French keyboard without Shift; with Caps Lock its letters are capitals.
_AZERTY = str.maketrans("&é\"'(-è_çàÉÈÇÀ", "12345678902790")
_AZERTY_DIGITS = frozenset(map(chr, _AZERTY))
# ISO/IEC 15424: a flag, the letter of the symbology (E: EAN and UPC, C: Code 128, Q: QR Code…), a modifier
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_ADD_ONS = ("]E1", "]E2")
"""The two or five digits beside the EAN of a periodical or a book, read alone."""
_WITH_ADD_ON = (15, 18)
_ZEROS_DROPPED = (7, 9, 10, 11)


class Kind(Enum):
    """What a code looks like."""

    GTIN = "gtin"
    PLU = "plu"
    OTHER = "other"
    """A card, or a code of the shop's own."""


class Code(Struct, frozen=True):
    """A code fit to be looked up."""

    text: str
    kind: Kind


def is_digits(text: str) -> bool:
    """Whether the text is ASCII digits, one at least."""
    # alone, `isdigit` takes those of every script, and superscripts
    return text.isascii() and text.isdigit()


def is_azerty_digits(text: str) -> bool:
    """Whether the text is digits typed on a French keyboard without Shift."""
    return bool(text) and _AZERTY_DIGITS.issuperset(text)


def check_digit(body: str) -> int:
    """The check digit of a GTIN without its own: weights 3 and 1 from the right.

    Raises:
        WrongLength: not ASCII digits, or more than 17.
    """
    if not is_digits(body) or len(body) > 17:
        raise WrongLength(code=shown(body), digits=len(body) + 1)
    odd = sum(map(int, body[::-2]))
    even = sum(map(int, body[-2::-2]))
    return -(3 * odd + even) % 10


def is_gtin(text: str) -> bool:
    """Whether the text is 8, 12, 13 or 14 ASCII digits of which the last checks the others."""
    return len(text) in GTIN_LENGTHS and is_digits(text) and check_digit(text[:-1]) == int(text[-1])


def recognise(text: str) -> Code:
    """The code in what a scanner or the keyboard gave.

    Blanks and line ends around it and a symbology identifier (`]E0`) before it are dropped; digits of an
    unshifted French keyboard are read as digits. 8, 12, 13 or 14 digits are a GTIN, and 8 that only hold as
    UPC-E become the GTIN-12 they stand for; 1 to 6 digits are a PLU; anything else that prints is a code of
    the shop's own. The two or five digits beside the EAN of a periodical (its issue or price) are dropped where the
    scanner says that they are there (`]E3`).

    Raises:
        BadBarcode: as long as a GTIN, with a wrong check digit.
        SeveralLines: a line end inside.
        UnknownCode: empty, unprintable, longer than `MAX_CODE`, or the digits beside an EAN without it.
    """
    if len(text) > 4 * MAX_CODE:
        raise UnknownCode(code=shown(text))
    bare = text.strip(BLANKS)
    code = without_symbology(bare)
    if bare.startswith(_ADD_ONS):
        raise UnknownCode(code=shown(bare))
    if bare.startswith("]E3") and len(code) in _WITH_ADD_ON:
        code = code[:13]
    if "\r" in code or "\n" in code:
        raise SeveralLines(code=shown(code))
    if not code or len(code) > MAX_CODE or not code.isprintable():
        raise UnknownCode(code=shown(code or text.strip(" \t")) or "—")
    if is_azerty_digits(code):
        code = code.translate(_AZERTY)
    if not is_digits(code):
        return Code(code, Kind.OTHER)
    if len(code) in GTIN_LENGTHS:
        return Code(_checked(code), Kind.GTIN)
    return Code(code, Kind.PLU if len(code) <= MAX_PLU else Kind.OTHER)


def without_symbology(text: str) -> str:
    """A scan without the identifier of its symbology, where it begins with one."""
    return _SYMBOLOGY.sub("", text, count=1)


def other_readings(text: str) -> Iterator[str]:
    """GTINs that a code may stand for which is none itself: where it is not known as it is, they are looked up.

    As it is printed under its bars, with blanks or hyphens; with the two or five digits of a periodical behind it; and
    without the zeros in front, which some scanners drop.
    """
    if is_gtin(plain := text.replace(" ", "").replace("-", "")):
        yield plain
    if not is_digits(text):
        return
    if len(text) in _WITH_ADD_ON and is_gtin(text[:13]):
        yield text[:13]
    if len(text) in _ZEROS_DROPPED and is_gtin(whole := text.rjust(8 if len(text) < 8 else 13, "0")):
        yield whole


def _checked(code: str) -> str:
    if is_gtin(code):
        return code
    if len(code) == 8 and code[0] in "01":
        return expand_upc_e(code)
    raise BadBarcode(code=code)


def expand_upc_e(text: str) -> str:
    """The GTIN-12 that a UPC-E stands for.

    Args:
        text: 6 digits (number system 0 understood), 7 (with the number system) or 8 (and the check digit).

    Raises:
        WrongLength: not 6, 7 or 8 digits, or a number system other than 0 and 1.
        BadBarcode: the check digit is wrong.
    """
    if not is_digits(text) or len(text) not in (6, 7, 8) or (len(text) > 6 and text[0] not in "01"):
        raise WrongLength(code=shown(text), digits=8)
    system = "0" if len(text) == 6 else text[0]
    digits = text if len(text) == 6 else text[1:7]
    last = digits[5]
    if last in "012":
        body = f"{system}{digits[:2]}{last}0000{digits[2:5]}"
    elif last == "3":
        body = f"{system}{digits[:3]}00000{digits[3:5]}"
    elif last == "4":
        body = f"{system}{digits[:4]}00000{digits[4]}"
    else:
        body = f"{system}{digits[:5]}0000{last}"
    check = str(check_digit(body))
    if len(text) == 8 and text[7] != check:
        raise BadBarcode(code=text)
    return body + check


def as_gtin14(code: str) -> str:
    """The GTIN with 14 digits: the one form in which two GTINs can be compared.

    Raises:
        WrongLength: not 8, 12, 13 or 14 digits.
        BadBarcode: the check digit is wrong.
    """
    return _of_length(code, 14)


def as_gtin13(code: str) -> str:
    """The GTIN with 13 digits.

    Raises:
        WrongLength: not a GTIN's length, or it has more digits than fit.
        BadBarcode: the check digit is wrong.
    """
    return _of_length(code, 13)


def as_gtin12(code: str) -> str:
    """The GTIN with 12 digits.

    Raises:
        WrongLength: not a GTIN's length, or it has more digits than fit.
        BadBarcode: the check digit is wrong.
    """
    return _of_length(code, 12)


def as_gtin8(code: str) -> str:
    """The GTIN with 8 digits.

    Raises:
        WrongLength: not a GTIN's length, or it has more digits than fit.
        BadBarcode: the check digit is wrong.
    """
    return _of_length(code, 8)


def _of_length(code: str, digits: int) -> str:
    if len(code) not in GTIN_LENGTHS or not is_digits(code):
        raise WrongLength(code=shown(code), digits=digits)
    if not is_gtin(code):
        raise BadBarcode(code=code)
    excess, kept = code[:-digits], code[-digits:]
    if excess.strip("0"):
        raise WrongLength(code=code, digits=digits)
    return kept.rjust(digits, "0")
