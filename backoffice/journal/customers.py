"""Customers changed at a till meet what the server knows, field by field; its word stands where both changed one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, func, select

from backoffice import schema
from backoffice.feed.kinds import decode, encode
from backoffice.feed.publishing import Change, find, put
from backoffice.journal.bodies import CustomerChange
from sync.protocol import CustomerRecord
from sync.protocol.reasons import Cause, cause

KIND = "customer"


def change_customer(
    connection: Connection, shop: int, told: CustomerChange, pending: Sequence[Change]
) -> tuple[Change, list[Cause]]:
    """What the feed has to tell of a customer, and what the till entered that does not stand.

    The feed tells it in any case, since the till has its own record until then.

    Args:
        pending: changes that are not in the feed yet.
    """
    code = told.customer.code
    mine = [change for change in pending if (change.kind, change.code) == (KIND, code)]
    known = mine[-1].record if mine else find(connection, shop, KIND, code)
    if known is None and not mine and told.before and _was_there(connection, shop, code):
        return Change(KIND, code), [cause("customer_removed", customer=code)]
    assert known is None or isinstance(known, CustomerRecord)
    record, kept = merged(known, told)
    given = set(record.cards).difference(told.before.cards if told.before else ())
    return put(record), [*kept, *_shared_cards(connection, shop, code, given, pending)]


def _shared_cards(
    connection: Connection, shop: int, code: str, cards: set[str], pending: Sequence[Change]
) -> list[Cause]:
    """The cards that somebody else has, too: tills that were offline may each have given one away."""
    others: dict[str, Struct | None] = {
        other.code: other for card in cards for other in _naming(connection, shop, card)
    }
    others |= {change.code: change.record for change in pending if change.kind == KIND}
    return [
        cause("card_shared", customer=code, card=card, other=other.code)
        for other in others.values()
        if isinstance(other, CustomerRecord) and other.code != code
        for card in sorted(cards.intersection((other.code, *other.cards)))
    ]


def _naming(connection: Connection, shop: int, text: str) -> Iterator[CustomerRecord]:
    """The customers in whose records this very text stands: to decode all of them would take long under the lock."""
    feed, needle = schema.feed.c, encode(text)
    if connection.dialect.name == "postgresql":
        there = func.position(bindparam(None, needle).op("IN")(feed.data))
    else:
        there = func.instr(feed.data, needle)
    wanted = select(feed.data).where(feed.shop == shop, feed.kind == KIND, there > 0)
    return (decode(KIND, row.data) for row in connection.execute(wanted))


def merged(known: CustomerRecord | None, told: CustomerChange) -> tuple[CustomerRecord, list[Cause]]:
    """The record that stands, and what was told otherwise."""
    if known is None or told.before is UNSET:
        return told.customer, []
    record, kept = known, list[Cause]()
    for name in known.__struct_fields__:
        here, there = getattr(known, name), getattr(told.customer, name)
        before = getattr(told.before, name) if told.before is not None else None
        if there in (here, before):
            continue
        if told.before is not None and here == before:
            record = replace(record, **{name: there})
        else:
            values = {"field": name, "told": _text(there), "known": _text(here)}
            kept.append(cause("customer_kept", customer=known.code, **values))
    return record, kept


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else repr(value)


def _was_there(connection: Connection, shop: int, code: str) -> bool:
    """Whether the feed once had this customer."""
    feed = schema.feed.c
    wanted = select(feed.code).where(feed.shop == shop, feed.kind == KIND, feed.code == code)
    return connection.execute(wanted).first() is not None
