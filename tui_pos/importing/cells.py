"""What one cell says: each function reads one field, and raises `BadCell` with what is wrong in words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from tui_pos.l10n import n_
from tui_pos.sale.barcode import Code, Kind, is_gtin, recognise
from tui_pos.sale.errors import BadBarcode, BadPrice, UnknownCode
from tui_pos.sale.money import parse_price

MAX_LABEL = 60
"""The longest label that is kept: what a till's screen and its paper can show of it."""
MAX_WORD = 60
"""The longest family, unit or quantity."""

_AS_FORMULA = re.compile(r'="(.*)"')
_AS_NUMBER = re.compile(r"([0-9]+)[.,]0+")
_ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_RATE = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?) ?%?")
_YES = frozenset({"1", "x", "oui", "o", "yes", "y", "true", "vrai"})
_NO = frozenset({"", "0", "non", "n", "no", "false", "faux"})
_PRICE_UNITS = {
    **dict.fromkeys(("piece", "pieces", "pce", "u", "unite", "unit", "each"), "piece"),
    **dict.fromkeys(("kg", "kilo", "kilogramme", "kilogram"), "kg"),
    **dict.fromkeys(("l", "litre", "liter"), "l"),
}


class BadCell(Exception):
    """A cell that cannot be taken.

    Args:
        what: the sentence that says why: an untranslated message.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def text_of(cell: str) -> str:
    """The text of a cell, without blanks around it and with one space for each run of blanks and line ends."""
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def read_code(text: str) -> Code:
    """A code, as a scanner would give it; spaces between the groups of a barcode's digits are dropped.

    Raises:
        BadCell: there is none, or none that can ever be scanned.
    """
    formula = _AS_FORMULA.fullmatch(text)  # how spreadsheets are told to keep leading zeros
    code = formula[1] if formula else text.removeprefix("'")
    number = _AS_NUMBER.fullmatch(code)  # how programs write a code that they took for a number
    code = number[1] if number else code
    closed = code.replace(" ", "")
    if closed.isascii() and closed.isdigit():
        code = closed
    if not code:
        raise BadCell(n_("The code is missing."))
    if _ROUNDED.fullmatch(code):
        raise BadCell(n_("A spreadsheet has rounded the code: make its column text, and export again."))
    try:
        return recognise(code)
    except BadBarcode:
        raise BadCell(n_("The check digit of the code is wrong.")) from None
    except UnknownCode:
        raise BadCell(n_("It cannot be a code.")) from None


def with_lost_zeros(code: Code) -> Code:
    """A barcode with the leading zeros that spreadsheets drop: 9 to 11 digits that check as a GTIN-12."""
    whole = code.text.zfill(12)
    lost = code.kind is Kind.OTHER and len(code.text) > 8 and is_gtin(whole)
    return Code(whole, Kind.GTIN) if lost else code


def read_label(text: str) -> str:
    """A label of any length.

    Raises:
        BadCell: it is missing, or holds characters that do not print.
    """
    if not text:
        raise BadCell(n_("The label is missing."))
    return _printable(text)


def read_price(text: str) -> int | None:
    """A price in minor units, tax included, or None where it is to be asked at the till.

    Raises:
        BadCell: not an amount with at most two decimals, or a negative one.
    """
    bare = re.sub(r"€|EUR| ", "", text, flags=re.IGNORECASE)
    if not bare:
        return None
    if bare.startswith("-"):
        raise BadCell(n_("The price is negative."))
    try:
        return parse_price(bare)
    except BadPrice:
        raise BadCell(n_("It is not a price such as 2.50.")) from None


def read_vat(text: str) -> Decimal | None:
    """A VAT rate in percent, or None where none is given.

    Raises:
        BadCell: not a rate from 0 to 100, or between 0 and 1: a share is not a percentage.
    """
    if not text:
        return None
    found = _RATE.fullmatch(text)
    rate = Decimal(found[1].replace(",", ".")) if found else Decimal(-1)
    if not (rate == 0 or 1 <= rate <= 100):
        raise BadCell(n_("It is not a VAT rate in percent such as 5.5."))
    return rate


def read_weighed(text: str) -> bool:
    """Whether the product is weighed: `oui`, `1`, `x`…

    Raises:
        BadCell: neither a yes nor a no.
    """
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell(n_("It is neither yes nor no."))


def read_words(text: str) -> str:
    """A family, a unit or a quantity.

    Raises:
        BadCell: too long, or with characters that do not print.
    """
    if len(text) > MAX_WORD:
        raise BadCell(n_("It is too long."))
    return _printable(text)


def price_unit(text: str) -> str | None:
    """The unit that a price is for: `piece`, `kg` or `l`; None: not a unit that this till knows."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace(".", ""))
    return _PRICE_UNITS.get(
        "".join(character for character in letters if not unicodedata.combining(character))
    )


def _printable(text: str) -> str:
    if not text.isprintable():
        raise BadCell(n_("It holds characters that do not print."))
    return text
