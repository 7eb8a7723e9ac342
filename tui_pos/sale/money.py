"""Money: integers of minor units, the one place where anything is rounded, sums shared out to the cent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from tui_pos.sale.errors import BadAmount, BadPrice, shown

MAX_AMOUNT = 99_999_999
"""The largest amount of a tender, or of all lines of a ticket: what a receipt's columns can hold."""

_AMOUNT = re.compile(r"([0-9]{1,8})(?:[.,]([0-9]{1,2}))?")


def half_up(value: Decimal) -> int:
    """The nearest integer; a half goes away from zero, so that a refund mirrors its sale."""
    return int(value.to_integral_value(ROUND_HALF_UP))


def percent_of(amount: int, percent: Decimal) -> int:
    """half up(amount × percent / 100), in the units of `amount`."""
    return half_up(amount * percent / 100)


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share `total` out in proportion to `weights`, by largest remainder; ties go to the earlier weight.

    The shares add up to `total`, and none exceeds its weight in magnitude when `|total| <= |Σ weights|`. The
    other sign of the total turns the sign of the shares, and that of all weights changes nothing: a refund
    mirrors its sale. A weight of the other sign than their sum takes a share of the other sign; where weights
    cancel out, their magnitudes count.

    Raises:
        ValueError: something to share, and every weight is zero.
    """
    if total == 0:
        return (0,) * len(weights)
    base = sum(weights)
    if base == 0:
        weights = [abs(weight) for weight in weights]
        base = sum(weights)
        if base == 0:
            raise ValueError("an amount cannot be spread over nothing")
    toward, divisor = (1, base) if base > 0 else (-1, -base)
    parts = [divmod(abs(total) * weight * toward, divisor) for weight in weights]
    shares = [whole for whole, _ in parts]
    # each remainder is below one unit, so the units left over are fewer than the remainders that are not zero
    left = abs(total) - sum(shares)
    for index in sorted(range(len(parts)), key=lambda index: -parts[index][1])[:left]:
        shares[index] += 1
    return tuple(shares) if total > 0 else tuple(-share for share in shares)


def _minor_units(text: str) -> int | None:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    units, decimals = match.groups("")
    amount = int(units) * 100 + int(decimals.ljust(2, "0"))
    return amount if amount <= MAX_AMOUNT else None


def parse_amount(text: str) -> int:
    """Minor units of an amount as it is typed (`2`, `2.5`, `2,50`): ASCII digits, no sign, two decimals.

    Raises:
        BadAmount: anything else, or above `MAX_AMOUNT`.
    """
    amount = _minor_units(text)
    if amount is None:
        raise BadAmount(given=shown(text))
    return amount


def parse_price(text: str) -> int:
    """Minor units of a price as it is typed, in the form of `parse_amount`.

    Raises:
        BadPrice: anything else, or above `MAX_AMOUNT`.
    """
    price = _minor_units(text)
    if price is None:
        raise BadPrice(given=shown(text))
    return price
