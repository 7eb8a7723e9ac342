"""Offers: reductions that the shop grants by itself, shown with their reason on the line.

An offer is for a product, a family or the ticket; for all customers, one, or a group; between two moments; from a
quantity or an amount on. Each line gets the one that saves most, the ticket likewise; a discount that somebody gave by
hand is never replaced. Offers are worked out anew after each step from the whole ticket, so they may come late, change
or end at any time. A new kind of offer is a new case of `_saving`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui_pos.sale.money import half_up
from tui_pos.sale.pricing import discount_of, gross
from tui_pos.sale.ticket import Granted, Line, Reduction, Ticket


class Offer(Struct, frozen=True):
    """A reduction and for whom, for what and when it is."""

    code: str
    label: str
    kind: Literal["percent", "amount", "price"]
    value: Decimal
    """Percent off; minor units off each piece or kilogram, or off the ticket; or the price of a piece or kilogram, or
    of the whole ticket."""
    scope: Literal["product", "family", "ticket"]
    target: str = ""
    """Code of the product or family."""
    within: frozenset[str] = frozenset()
    """The families nested in the target."""
    customer: str | None = None
    group: str | None = None
    minimum: Decimal = Decimal(0)
    """From this quantity of its goods on the ticket on; for a ticket, from this amount of minor units on."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """It goes until just before."""

    def is_on(self, at: datetime) -> bool:
        """Whether its time has come, and is not over."""
        return (self.starts_at is None or self.starts_at <= at) and (
            self.ends_at is None or at < self.ends_at
        )

    def is_for(self, customer: str | None, groups: Iterable[str]) -> bool:
        """Whether it is for this customer; None: nobody known."""
        return self.customer in (None, customer) and (self.group is None or self.group in groups)

    def goes(self, at: datetime, customer: str | None, groups: Iterable[str]) -> bool:
        """Whether it is for this customer, now."""
        return self.is_on(at) and self.is_for(customer, groups)


def with_offers(ticket: Ticket, offers: Iterable[Offer]) -> Ticket:
    """The ticket with the best of these offers on each line and on itself, and no others.

    Once something has been paid, and on a refund, what was granted stays.

    Args:
        ticket: any open ticket.
        offers: those that go for its customer now (`Offer.goes`).
    """
    if ticket.payments or ticket.refund_of is not None:
        return ticket
    offers = tuple(offers)
    if not offers and ticket.granted is None and not any(line.granted for line in ticket.lines):
        return ticket
    of_product, of_family = _by_goods(offer for offer in offers if _reached(offer, ticket))
    lines = tuple(
        _line(line, (*of_product.get(line.code, ()), *of_family.get(line.family, ())))
        for line in ticket.lines
    )
    changed = any(new is not old for new, old in zip(lines, ticket.lines, strict=True))
    return _whole(replace(ticket, lines=lines) if changed else ticket, offers)


def _by_goods(offers: Iterable[Offer]) -> tuple[dict[str, list[Offer]], dict[str, list[Offer]]]:
    """Offers by the code of a product and by that of a family: a line looks at its own only, however many there are."""
    of_product: dict[str, list[Offer]] = {}
    of_family: dict[str, list[Offer]] = {}
    for offer in offers:
        if offer.scope == "product":
            of_product.setdefault(offer.target, []).append(offer)
        elif offer.scope == "family":
            for family in {offer.target, *offer.within}:
                of_family.setdefault(family, []).append(offer)
    return of_product, of_family


def _is_for(offer: Offer, line: Line) -> bool:
    if offer.scope == "product":
        return offer.target == line.code
    return offer.target == line.family or line.family in offer.within


def _reached(offer: Offer, ticket: Ticket) -> bool:
    """Whether there is as much of its goods as it wants; what one for the ticket wants is looked at in `_whole`."""
    if not offer.minimum or offer.scope == "ticket":
        return True
    return sum((line.quantity for line in ticket.lines if _is_for(offer, line)), Decimal(0)) >= offer.minimum


def _saving(offer: Offer, line: Line) -> Reduction:
    """What the offer takes off this line."""
    match offer.kind:
        case "percent":
            return Reduction(percent=offer.value)
        case "amount":
            return Reduction(amount=half_up(line.quantity * offer.value))
        case "price":
            return Reduction(amount=max(0, line.gross - gross(line.quantity, int(offer.value))))


def _line(line: Line, offers: Sequence[Offer]) -> Line:
    if line.returns is not None or (line.reduction is not None and line.granted is None):
        return line
    best: tuple[int, Offer, Reduction] | None = None
    if line.quantity > 0 and line.gross > 0:
        for offer in offers:
            reduction = _saving(offer, line)
            saved = discount_of(line.gross, reduction)
            if saved > (best[0] if best else 0):
                best = saved, offer, reduction
    if best is None:
        return line if line.granted is None else replace(line, reduction=None, discount=0, granted=None)
    saved, offer, reduction = best
    granted = Granted(offer.code, offer.label)
    if (line.granted, line.reduction, line.discount) == (granted, reduction, saved):
        return line
    return replace(line, reduction=reduction, discount=saved, granted=granted)


def _saving_on_ticket(offer: Offer, base: int) -> Reduction:
    """What the offer takes off a ticket that comes to `base` minor units."""
    match offer.kind:
        case "percent":
            return Reduction(percent=offer.value)
        case "amount":
            return Reduction(amount=int(offer.value))
        case "price":
            return Reduction(amount=max(0, base - int(offer.value)))


def _whole(ticket: Ticket, offers: Iterable[Offer]) -> Ticket:
    if ticket.reduction is not None and ticket.granted is None:
        return ticket
    base = sum(line.total for line in ticket.lines)
    best: tuple[int, Offer, Reduction] | None = None
    for offer in offers:
        if offer.scope != "ticket" or base <= 0 or base < offer.minimum:
            continue
        reduced = _saving_on_ticket(offer, base)
        saved = discount_of(base, reduced)
        if saved > (best[0] if best else 0):
            best = saved, offer, reduced
    reduction = best[2] if best else None
    granted = Granted(best[1].code, best[1].label) if best else None
    if (ticket.reduction, ticket.granted) == (reduction, granted):
        return ticket
    return replace(ticket, reduction=reduction, granted=granted)
