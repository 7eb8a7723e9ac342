"""What would mend the way in which a scanner sends its codes: guessed from what came of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from devices.scanners.framing import GROUP_SEPARATOR
from devices.scanners.keymap import as_qwerty
from tui_pos.l10n import _, n_
from tui_pos.sale import gs1
from tui_pos.sale.barcode import is_azerty_digits, is_gtin, without_symbology
from tui_pos.sale.errors import SaleError

ENDS = "\r\n\t\x03"
"""What ends a code."""
_BEFORE = "\x02 "
_LONGEST_PREFIX = 4
_FOR_FNC1 = ("|", "<GS>", "{GS}", "^]", "~1", "\\F", "#", "~")
"""What scanners send instead of the group separator, the longest first where one begins as another does."""
_SHIFTED_DIGITS = re.compile(r"[!@#$%^&*()]{6,}")

_FRENCH_DIGITS = n_(
    "Its digits come as a French keyboard types them without Shift. They are understood; where codes have letters too, "
    "set the option layout=azerty."
)
_AMERICAN = n_(
    "It types as an American keyboard, and the computer has a French one: set the option layout=azerty."
)
_FRENCH = n_(
    "It types as a French keyboard, and the computer has another one: set it to the computer's in its manual."
)
_PREFIX = n_("“{sign}” stands before the code: set the option prefix={sign}, or take it off in its manual.")
_SUFFIX = n_("“{sign}” stands behind the code: take it off in its manual.")
_FNC1 = n_("It sends “{sign}” for FNC1: set the option fnc1={sign}.")
_NO_END = n_("Nothing ends its codes: have it send Enter behind them, or set the option suffix=none.")
_UNREADABLE = n_("There are bytes in it that are no text: check speed, parity and bits of its line.")
_SLOW = n_("Its keys come {pause} ms apart: set the option gap={gap}, or give it a prefix.")


def advice(verbatim: str, *, pause: float | None = None, patience: float = 0.0) -> Iterator[str]:
    """What a person could set otherwise, in the language of the till.

    Args:
        verbatim: all that came with a code.
        pause: seconds between two keys of it, where it came as keys.
        patience: seconds that there may be between two.
    """
    text = verbatim.strip(ENDS + _BEFORE)
    if any("\udc80" <= character <= "\udcff" or character == "\x00" for character in text):
        yield _(_UNREADABLE)
        return
    yield from _layout(text)
    yield from _around(text)
    yield from _fnc1(text)
    if verbatim and verbatim[-1] not in ENDS:
        yield _(_NO_END)
    if pause is not None and pause > patience:
        yield _(_SLOW).format(pause=round(pause * 1000), gap=round(pause * 1500))


def _layout(text: str) -> Iterator[str]:
    meant = as_qwerty(text)
    if is_azerty_digits(text):
        yield _(_FRENCH_DIGITS)
    elif meant != text and _means_something(meant):
        yield _(_AMERICAN)
    elif _SHIFTED_DIGITS.fullmatch(text):
        yield _(_FRENCH)


def _around(text: str) -> Iterator[str]:
    bare = without_symbology(text)
    if _means_something(text):
        return
    for length in range(1, _LONGEST_PREFIX + 1):
        if _means_something(bare[length:]) and not bare[:length].isdigit():
            yield _(_PREFIX).format(sign=bare[:length])
            return
        if is_gtin(bare[:-length]) and not bare[-length:].isdigit():
            yield _(_SUFFIX).format(sign=bare[-length:])
            return


def _fnc1(text: str) -> Iterator[str]:
    for sign in _FOR_FNC1:
        if sign in text:
            meant = text.replace(sign, GROUP_SEPARATOR)
            if _names_goods(meant) and meant.strip(GROUP_SEPARATOR) != text:
                yield _(_FNC1).format(sign=sign)
                return


def _means_something(text: str) -> bool:
    return is_gtin(without_symbology(text)) or _names_goods(text)


def _names_goods(text: str) -> bool:
    try:
        return gs1.is_element_string(text) and bool(gs1.read(text))
    except SaleError:
        return False
