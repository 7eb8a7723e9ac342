"""Values of the server's commands as they are typed: amounts, days, moments, numbers."""

from __future__ import annotations

import argparse
from datetime import date, datetime

from sync.protocol.journal import stamp
from tui_pos.l10n import _
from tui_pos.option_types import whole
from tui_pos.sale.errors import SaleError
from tui_pos.sale.money import parse_price

_LONGEST_NAME = 80


def readable_name(text: str) -> str:
    """What people call a shop or a till.

    Raises:
        argparse.ArgumentTypeError: nobody can read it.
    """
    if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
        said = _("a name of 1 to {most} printable signs is wanted")
        raise argparse.ArgumentTypeError(said.format(most=_LONGEST_NAME))
    return text.strip()


def decimal_point(text: str) -> str:
    """What is typed for a number, also with the comma of the French, `5,5`; whether it is one is seen later."""
    whole, comma, rest = text.partition(",")
    return f"{whole}.{rest}" if comma and whole.isdecimal() and rest.isdecimal() else text


def minor_units(text: str) -> int:
    """An amount as it is typed: `2.50`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return parse_price(text)
    except SaleError as error:
        raise argparse.ArgumentTypeError(_("{text} is no amount such as 2.50").format(text=text)) from error


def price(text: str) -> int:
    """A product's price as it is typed; below zero where it is given back, as a deposit is: `-0.25`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    return -minor_units(text[1:]) if text.startswith("-") else minor_units(text)


def moment(text: str) -> str:
    """A day (`2026-11-30`, to be counted from its beginning at the shop) or a time with its zone, as a stamp.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        if len(text) == len("2026-11-30"):
            return day(text)
        return stamp(datetime.fromisoformat(text))
    except (ValueError, argparse.ArgumentTypeError) as error:
        said = _("{text} is no day such as 2026-11-30, nor a time with its zone")
        raise argparse.ArgumentTypeError(said.format(text=text)) from error


def day(text: str) -> str:
    """A day: `2026-11-30`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        said = _("{text} is no day such as 2026-11-30")
        raise argparse.ArgumentTypeError(said.format(text=text)) from error


def minutes(text: str) -> float:
    """Minutes, a second at least.

    Raises:
        argparse.ArgumentTypeError: it is no number, or too small or large.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 / 60 <= value <= 527_040:
        raise argparse.ArgumentTypeError(_("{text} is no number of minutes").format(text=text))
    return value


port = whole(0, 65_535)
"""A port of this machine; 0: any free one."""
products = whole(0, 5_000_000)
"""To how many products a catalogue is filled up."""
tills = whole(1, 10_000)
"""How many tills are made at once."""
