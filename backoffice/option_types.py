"""Values as they are typed: amounts, days, moments."""

from __future__ import annotations

import argparse
from datetime import date, datetime

from sync.protocol.journal import stamp
from tui_pos.l10n import _
from tui_pos.sale.errors import SaleError
from tui_pos.sale.money import parse_price


def minor_units(text: str) -> int:
    """An amount as it is typed: `2.50`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return parse_price(text)
    except SaleError as error:
        raise argparse.ArgumentTypeError(_("{text} is no amount such as 2.50").format(text=text)) from error


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
