"""The terms on which customers buy, as the feed gives them: offers and tariffs, read once and again when they change.

A record that makes no sense (a percentage of 150) is left out and logged: no sale waits for its repair.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec import Struct

from sync.protocol import FamilyRecord
from sync.protocol.terms import BudgetRecord, OfferRecord, TariffRecord, read_offer
from sync.store import Store
from tui_pos.sale.budget import Budget, Quota, Taken
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.offers import Offer
from tui_pos.sale.tariff import Tariff

R = TypeVar("R")
T = TypeVar("T")

_HUNDRED = Decimal(100)
_tariff = msgspec.json.Decoder(TariffRecord)
_log = logging.getLogger(__name__)


class Families:
    """How the shop's families nest."""

    def __init__(self, records: Iterable[FamilyRecord] = ()) -> None:
        self._records = {record.code: record for record in records}

    def line_of(self, code: str) -> tuple[str, ...]:
        """A family and those that hold it, the nearest first."""
        line: list[str] = []
        while code and code not in line:
            line.append(code)
            record = self._records.get(code)
            code = (record.parent if record else None) or ""
        return tuple(line)

    def within(self, code: str) -> frozenset[str]:
        """The families nested in one, at any depth."""
        return frozenset(other for other in self._records if other != code and code in self.line_of(other))

    def label(self, code: str) -> str:
        """What a family is called; empty: there is none with this code."""
        record = self._records.get(code)
        return record.label if record else ""

    def spread(self, given: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Values of families, given to those nested in them as well: the nearest counts."""
        spread = dict(given)
        for code in self._records:
            nearest = next((holder for holder in self.line_of(code) if holder in given), None)
            if nearest is not None:
                spread[code] = given[nearest]
        return spread


class Terms(Struct, frozen=True):
    """What the feed says of them."""

    offers: tuple[Offer, ...] = ()
    tariffs: Mapping[str, Tariff] = {}


class Buyer(Struct, frozen=True):
    """Whom the open ticket is for, with what the feed says of him."""

    code: str | None = None
    offers: tuple[Offer, ...] = ()
    """Those that are for him, on whatever days."""
    tariff: Tariff | None = None
    budget: Budget | None = None
    since: Taken = Taken()
    """What was sold to him here after the budget's balance was struck."""
    admitted: bool = False
    """His access period was looked at when his card was read, or a supervisor let him in."""
    allowed: Taken | None = None
    """What a supervisor let the ticket take beyond budget or quota: asked once, as long as it takes no other goods."""

    @property
    def left(self) -> int | None:
        """What is left of the budget before the open ticket; minor units."""
        return None if self.budget is None else self.budget.left(self.since)


def anybody(offers: Iterable[Offer]) -> Buyer:
    """A customer of whom nothing is known."""
    return Buyer(offers=tuple(offer for offer in offers if offer.customer is None and offer.group is None))


async def read_terms(store: Store) -> Terms:
    """The offers and tariffs that the store holds."""
    offers = await store.feed.records("offer")
    tariffs = await store.feed.records("tariff")
    if not offers and not tariffs:
        return Terms()
    families = Families(await store.catalogue.families())
    made = _made(
        (_decoded(data, _tariff.decode) for data in tariffs), lambda record: tariff_of(record, families)
    )
    told = (_decoded(data, read_offer) for data in offers)
    return Terms(
        offers_of((offer for offer in told if isinstance(offer, OfferRecord)), families),
        {tariff.code: tariff for tariff in made},
    )


def offers_of(records: Iterable[OfferRecord], families: Families) -> tuple[Offer, ...]:
    """Offers as the rules want them."""
    return _made(records, lambda record: offer_of(record, families))


def _decoded(data: bytes, decode: Callable[[bytes], R]) -> R | None:
    try:
        return decode(data)
    except msgspec.MsgspecError as error:
        _log.warning("a record of the feed cannot be read: %s", error)
        return None


def _made(records: Iterable[R | None], make: Callable[[R], T]) -> tuple[T, ...]:
    made: list[T] = []
    for record in records:
        try:
            if record is not None:
                made.append(make(record))
        except (ValueError, ArithmeticError) as error:
            _log.warning("%s is left out: %s", record, error)
    return tuple(made)


def _within(value: Decimal, most: int | Decimal) -> Decimal:
    if not value.is_finite() or not 0 <= value <= most:
        raise ValueError(f"{value} is not between 0 and {most}")
    return value


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


def offer_of(record: OfferRecord, families: Families) -> Offer:
    """An offer as the rules want it.

    Raises:
        ValueError, ArithmeticError: its figures make no sense.
    """
    percent = record.kind == "percent"
    value = _within(Decimal(record.value), _HUNDRED if percent else MAX_AMOUNT)
    if not percent and value != int(value):
        raise ValueError(f"{value} is not a number of minor units")
    return Offer(
        code=record.code,
        label=record.label,
        kind=record.kind,
        value=value,
        scope=record.scope,
        target=record.target,
        within=families.within(record.target) if record.scope == "family" else frozenset(),
        customer=record.customer,
        group=record.group,
        minimum=_within(Decimal(record.minimum), MAX_AMOUNT),
        starts_at=_moment(record.starts_at),
        ends_at=_moment(record.ends_at),
    )


def tariff_of(record: TariffRecord, families: Families) -> Tariff:
    """A tariff as the rules want it, with its shares for families given to those nested in them.

    Raises:
        ValueError, ArithmeticError: its figures make no sense.
    """
    shares = {family: _within(Decimal(share), _HUNDRED) for family, share in record.families.items()}
    for price in record.prices.values():
        _within(Decimal(price), MAX_AMOUNT)
    return Tariff(
        code=record.code,
        label=record.label,
        percent=None if record.percent is None else _within(Decimal(record.percent), _HUNDRED),
        families=families.spread(shares),
        prices=record.prices,
    )


def budget_of(record: BudgetRecord, families: Families) -> Budget:
    """A budget as the rules want it.

    Raises:
        ValueError, ArithmeticError: its figures make no sense.
    """
    return Budget(
        customer=record.customer,
        month=record.month,
        amount=record.amount,
        balance=record.balance,
        basis=record.basis,
        monthly=record.monthly,
        carries_over=record.carries_over,
        carrying_since=record.carrying_since,
        starts_on=date.fromisoformat(record.starts_on) if record.starts_on else None,
        ends_on=date.fromisoformat(record.ends_on) if record.ends_on else None,
        quotas=tuple(
            Quota(
                family=quota.family,
                quantity=None if quota.quantity is None else Decimal(quota.quantity),
                amount=quota.amount,
                within=families.within(quota.family),
                label=families.label(quota.family),
            )
            for quota in record.quotas
        ),
        taken=Taken(
            quantities={family: Decimal(quantity) for family, quantity in record.taken.items()},
            amounts=record.taken_amount,
        ),
        visited_at=_moment(record.visited_at),
        visit=record.visit,
    )
