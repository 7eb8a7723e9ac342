"""Values of a command line as they are typed: each function gives the value, or says what is wanted instead."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tui_pos.l10n import _


def whole(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from `least`, which is no negative one, to `most`.

    What it gives raises `argparse.ArgumentTypeError` for anything else.
    """

    def read(text: str) -> int:
        # the length is looked at first: nobody's thousands of digits are made a number
        digits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        if not (digits and least <= int(text) <= most):
            said = _("{text} is no number from {least} to {most}")
            raise argparse.ArgumentTypeError(said.format(text=text, least=least, most=most))
        return int(text)

    return read


def positive(text: str) -> float:
    """A number above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1_000_000:
        raise argparse.ArgumentTypeError(_("{text} is no number above 0").format(text=text))
    return number


products = whole(0, 5_000_000)
"""To how many products a catalogue is filled up."""
position = whole(0, 10**18)
"""A position in the journal."""
