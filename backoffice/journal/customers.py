"""Customers changed at a till meet what the server knows, field by field; its word stands where both changed one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.feed.publishing import Change, find, find_all, put
from backoffice.journal.bodies import CustomerChange
from sync.protocol import CustomerRecord

KIND = "customer"


def change_customer(
    connection: Connection, shop: int, told: CustomerChange, pending: Sequence[Change]
) -> tuple[Change, list[str]]:
    """What the feed has to tell of a customer, and what the till entered that does not stand.

    The feed tells it in any case, since the till has its own record until then.

    Args:
        pending: changes that are not in the feed yet.
    """
    code = told.customer.code
    mine = [change for change in pending if (change.kind, change.code) == (KIND, code)]
    known = mine[-1].record if mine else find(connection, shop, KIND, code)
    if known is None and not mine and told.before and _was_there(connection, shop, code):
        return Change(KIND, code), [f"customer {code} was removed; the change is not made"]
    assert known is None or isinstance(known, CustomerRecord)
    record, kept = merged(known, told)
    given = set(record.cards).difference(told.before.cards if told.before else ())
    kept += _shared_cards(connection, shop, code, given, pending)
    return put(record), [f"customer {code}: {text}" for text in kept]


def _shared_cards(
    connection: Connection, shop: int, code: str, cards: set[str], pending: Sequence[Change]
) -> list[str]:
    """The cards that somebody else has, too: tills that were offline may each have given one away."""
    if not cards:
        return []
    others = {other.code: other for other in find_all(connection, shop, KIND)}
    others |= {change.code: change.record for change in pending if change.kind == KIND}
    return [
        f"the card {card} is that of customer {other.code}, too"
        for other in others.values()
        if other is not None and other.code != code
        for card in sorted(cards.intersection((other.code, *other.cards)))
    ]


def merged(known: CustomerRecord | None, told: CustomerChange) -> tuple[CustomerRecord, list[str]]:
    """The record that stands, and what was told otherwise."""
    if known is None or told.before is UNSET:
        return told.customer, []
    record, kept = known, list[str]()
    for name in known.__struct_fields__:
        here, there = getattr(known, name), getattr(told.customer, name)
        before = getattr(told.before, name) if told.before is not None else None
        if there in (here, before):
            continue
        if told.before is not None and here == before:
            record = replace(record, **{name: there})
        else:
            kept.append(f"{name} {_text(there)} was entered at the till; {_text(here)} stays")
    return record, kept


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else repr(value)


def _was_there(connection: Connection, shop: int, code: str) -> bool:
    """Whether the feed once had this customer."""
    feed = schema.feed.c
    wanted = select(feed.code).where(feed.shop == shop, feed.kind == KIND, feed.code == code)
    return connection.execute(wanted).first() is not None
