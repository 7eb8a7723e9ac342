"""The grammar of the prompt: what a typed text means, where the context says what is expected.

In `item`:

    item     = quantity "*" [ thing ] | thing
    thing    = code | name

- The first `*` ends a quantity, always: what stands before it must be one, and there is no second `*`.
- A thing is a *name* to search when it holds a letter and either no digit or a space (`pain`, `huile 1 l`),
  unless it is digits of an unshifted French keyboard (`&é"`). Anything else is a *code*: all digits, digits
  and letters together (`C00042`), signs. The register falls back to a search when a code with letters is
  unknown.

`price`, `payment` and `session` (its float) take an amount; `sign_in` takes the code of a user. Enter on
nothing is `Nothing` everywhere. Several lines are refused as a whole: whoever takes a paste gives its lines
one by one.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from tui_pos.sale.barcode import (
    BLANKS,
    MAX_CODE,
    Code,
    Kind,
    is_azerty_digits,
    recognise,
)
from tui_pos.sale.errors import BadQuantity, NotAllowed, SeveralLines, UnknownCode, n_, shown
from tui_pos.sale.money import parse_amount, parse_price
from tui_pos.sale.quantity import parse_quantity

MAX_TEXT = 2 * MAX_CODE
"""Longer texts are not read at all."""

PAYMENT_UNKNOWN = n_("say first whether the terminal took the payment.")


class Context(StrEnum):
    """What the prompt expects."""

    SIGN_IN = "sign_in"
    SESSION = "session"
    ITEM = "item"
    PRICE = "price"
    PAYMENT = "payment"
    PAYMENT_UNKNOWN = "payment_unknown"


class Nothing(Struct, frozen=True):
    """Enter on an empty prompt."""


class CodeTyped(Struct, frozen=True):
    """A code to look up."""

    code: Code


class NameTyped(Struct, frozen=True):
    """A text to search by name."""

    text: str


class PriceTyped(Struct, frozen=True):
    """A price in minor units, never negative."""

    amount: int


class AmountTyped(Struct, frozen=True):
    """An amount in minor units, never negative: on a refund, what is given back."""

    amount: int


class QuantityThen(Struct, frozen=True):
    """A quantity, and what it is of; without it the next code takes it."""

    quantity: Decimal
    rest: CodeTyped | NameTyped | None


Prompted = Nothing | CodeTyped | NameTyped | PriceTyped | AmountTyped | QuantityThen


def read(text: str, context: Context) -> Prompted:
    """What a text means in a context.

    Raises:
        UnknownCode: too long, unprintable, or (`SeveralLines`) several lines.
        BadBarcode: as long as a GTIN, with a wrong check digit.
        BadQuantity, BadPrice, BadAmount: not one, where one is expected.
        NotAllowed: nothing can be typed while a card payment's end is unknown.
    """
    typed = _one_line(text)
    if not typed:
        return Nothing()
    match context:
        case Context.ITEM:
            return _item(typed)
        case Context.PRICE:
            return PriceTyped(parse_price(typed))
        case Context.PAYMENT | Context.SESSION:
            return AmountTyped(parse_amount(typed))
        case Context.SIGN_IN:
            # a badge may be as long as a GTIN without being one: no check digit is asked
            return CodeTyped(Code(_short(typed), Kind.OTHER))
        case Context.PAYMENT_UNKNOWN:
            raise NotAllowed(reason=PAYMENT_UNKNOWN)


def _one_line(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise UnknownCode(code=shown(text))
    typed = text.strip(BLANKS)
    if "\r" in typed or "\n" in typed:
        raise SeveralLines(code=shown(typed))
    if not typed.isprintable():
        raise UnknownCode(code=shown(typed))
    return typed


def _item(typed: str) -> Prompted:
    before, star, after = typed.partition("*")
    if not star:
        return _thing(typed)
    if "*" in after:
        raise BadQuantity(given=shown(typed[: typed.rindex("*")]))
    if not before:
        raise BadQuantity(given="*")
    quantity = parse_quantity(before.rstrip(BLANKS))
    rest = after.lstrip(BLANKS)
    return QuantityThen(quantity, _thing(rest) if rest else None)


def _short(typed: str) -> str:
    if len(typed) > MAX_CODE:
        raise UnknownCode(code=shown(typed))
    return typed


def _thing(typed: str) -> CodeTyped | NameTyped:
    _short(typed)
    return NameTyped(typed) if is_name(typed) else CodeTyped(recognise(typed))


def is_name(typed: str) -> bool:
    """Whether a text is searched by name rather than looked up: see the rule above."""
    if is_azerty_digits(typed) or not any(character.isalpha() for character in typed):
        return False
    return " " in typed or not any(character.isdigit() for character in typed)
