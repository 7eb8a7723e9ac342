"""Orders for the kitchen: what it was told of a ticket, and what it has to be told now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace


class Dish(Struct, frozen=True):
    """A line of an order."""

    n: int
    """Of the ticket's line."""
    label: str
    quantity: Decimal
    """Pieces or kilograms, more than zero."""
    weighed: bool = False
    family: str = ""


class Order(Struct, frozen=True):
    """What the kitchen was told of a ticket."""

    number: int
    """By which the kitchen knows it."""
    dishes: tuple[Dish, ...]


class Changes(NamedTuple):
    """What the kitchen has to be told of an order."""

    added: tuple[Dish, ...]
    cancelled: tuple[Dish, ...]


def changes(before: Iterable[Dish], after: Iterable[Dish]) -> Changes:
    """From the dishes that the kitchen knows to those that are wanted; of the same line, only the difference."""
    known = {dish.n: dish for dish in before}
    added: list[Dish] = []
    cancelled: list[Dish] = []
    for dish in after:
        old = known.pop(dish.n, None)
        if old is None or old.label != dish.label:
            added.append(dish)
            cancelled += [] if old is None else [old]
        elif dish.quantity > old.quantity:
            added.append(replace(dish, quantity=dish.quantity - old.quantity))
        elif dish.quantity < old.quantity:
            cancelled.append(replace(old, quantity=old.quantity - dish.quantity))
    return Changes(tuple(added), (*cancelled, *known.values()))
