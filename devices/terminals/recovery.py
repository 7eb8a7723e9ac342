"""How a payment is written down before it leaves, and how one whose answer was lost is recognised."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from devices.errors import DeviceDown, DeviceError, n_
from devices.payments import Approval, Order, Progress, Stage

logger = logging.getLogger(__name__)

NOT_KEPT = n_("the payment could not be written down first")

_BEFORE = timedelta(minutes=2)
_AFTER = timedelta(minutes=15)
_NUMBER = re.compile(r"\d(?:[ .-]?\d){11,18}")
_LEGIBLE = 4
_LENGTH_OF_A_SHOPS = 14
"""Digits of a SIRET; card numbers of that length begin with 3."""


async def written_down(progress: Progress, stage: Stage, device: str) -> None:
    """Have a stage written down before a byte leaves.

    Raises:
        DeviceDown: it could not be, and so nothing may leave.
        DeviceError: what else keeps it from leaving.
    """
    try:
        await progress(stage)
    except DeviceError:
        raise
    except Exception as error:
        raise DeviceDown(device=device, reason=NOT_KEPT) from error


async def taken(progress: Progress) -> None:
    """Say that the terminal works on it. That this could not be written down changes nothing: it was sent anyway."""
    try:
        await progress(Stage.ACCEPTED)
    except Exception:
        logger.exception("that the terminal has taken the payment could not be written down")


def is_this(order: Order, found: Approval, echoed: str = "") -> bool:
    """Whether a payment that a terminal remembers is the one that was ordered.

    A duplicate may show an older payment of the same amount: never is the amount alone enough. Either the terminal
    gives back the till's own reference, or the amount, the time and an authorisation that is new all hold. New to the
    till is also that of a payment whose end the cashier has told: while it may be the last, the amount says nothing.

    Args:
        found: what the terminal remembers.
        echoed: the till's reference as the terminal has kept it; empty where it keeps none.
    """
    if found.amount != order.signed:
        return False
    if echoed:
        return echoed == order.reference
    if order.at is None or found.at is None or not found.authorisation:
        return False
    if found.amount in order.unproven:
        return False
    recent = order.at - _BEFORE <= found.at <= order.at + _AFTER
    return recent and found.authorisation not in order.known


def masked(number: str) -> str:
    """A card number of which only the last four digits can be read: `************1234`; empty when there is none."""
    kept = [character for character in number if character.isdigit() or character in "#*Xx"]
    if len(kept) < _LEGIBLE:
        return ""
    return "*" * 12 + "".join(character if character.isdigit() else "*" for character in kept[-_LEGIBLE:])


def scrubbed(line: str) -> str:
    """A line of a card receipt without any whole card number.

    The card's application (`A0000000421010`) and a shop's number of fourteen digits, which no card begins with, stay as
    they are: the receipt has to show them.
    """

    def shown(found: re.Match[str]) -> str:
        application = found[0].startswith("000") and line[: found.start()].endswith("A")
        digits = "".join(filter(str.isdigit, found[0]))
        no_card = len(digits) == _LENGTH_OF_A_SHOPS and not digits.startswith("3")
        return found[0] if application or no_card else masked(digits)

    return _NUMBER.sub(shown, line)
