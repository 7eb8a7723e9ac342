"""The tables, as queries name them. The revisions in `migrations` make them, with their constraints.

Times are RFC 3339 texts in UTC, which sort as moments do; amounts are minor units; quantities thousandths.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text, Uuid

metadata = MetaData()


def _table(name: str, /, **columns: Any) -> Table:
    return Table(name, metadata, *(Column(column, kind) for column, kind in columns.items()))


_UUID = Uuid(as_uuid=False)

instance = _table("instance", name=Text, value=Text)
"""What this server is: its identifier and its public key."""

person = _table("person", login=Text, name=Text, password_hash=Text, role=Text)
"""Who may manage."""

shop = _table(
    "shop",
    id=Integer,
    uuid=_UUID,
    name=Text,
    last_till=Integer,
    # the feed's counter: raised in the step that ends each change, so that its order is that of the commits
    counter=BigInteger,
    # changes up to here are not all there any more
    floor=BigInteger,
)

till = _table(
    "till",
    id=Integer,
    uuid=_UUID,
    shop=Integer,
    number=Text,
    name=Text,
    created_at=Text,
    revoked_at=Text,
    epoch=Integer,
    database=Text,
    program=Text,
    schema=Text,
    # what the first entry follows
    base_seq=BigInteger,
    base_hash=LargeBinary,
    # through here the journal is held without a gap
    last_seq=BigInteger,
    last_hash=LargeBinary,
    # the highest position held, behind a gap where it is above `last_seq`
    top_seq=BigInteger,
    seen_at=Text,
    # the start of the till to which a reset was granted, so that a hello repeated is answered alike
    reset_boot=Text,
    reset_seq=BigInteger,
)

till_key = _table("till_key", till=Integer, epoch=Integer, public_key=LargeBinary, database=Text, since=Text)

enrolment = _table(
    "enrolment", code_hash=LargeBinary, till=Integer, made_at=Text, expires_at=Text, used_at=Text
)

entry = _table(
    "entry",
    till=Integer,
    seq=BigInteger,
    epoch=Integer,
    kind=Text,
    at=Text,
    received_at=Text,
    canonical=LargeBinary,
    prev_hash=LargeBinary,
    hash=LargeBinary,
    signature=LargeBinary,
)

quarantine = _table(
    "quarantine", till=Integer, seq=BigInteger, kind=Text, reason=Text, since=Text, resolved_at=Text
)

conflict = _table(
    "conflict",
    till=Integer,
    seq=BigInteger,
    hash=LargeBinary,
    prev_hash=LargeBinary,
    canonical=LargeBinary,
    signature=LargeBinary,
    received_at=Text,
    reason=Text,
)

alarm = _table("alarm", id=Integer, shop=Integer, till=Integer, at=Text, kind=Text, text=Text, seen_at=Text)

ticket = _table(
    "ticket",
    till=Integer,
    seq=BigInteger,
    shop=Integer,
    uuid=_UUID,
    number=Text,
    session=Integer,
    customer=Text,
    user=Text,
    opened_at=Text,
    closed_at=Text,
    subtotal=BigInteger,
    discount=BigInteger,
    total=BigInteger,
    change=BigInteger,
    # market values where a tariff asks less, else what was asked: what a budget may be counted in
    value=BigInteger,
    refund_of=Text,
)

ticket_line = _table(
    "ticket_line",
    till=Integer,
    seq=BigInteger,
    n=Integer,
    code=Text,
    label=Text,
    quantity=BigInteger,
    unit_price=BigInteger,
    discount=BigInteger,
    total=BigInteger,
    vat_rate=Text,
    value=BigInteger,
    # what the goods were sold under; none: tills did not tell that yet
    family=Text,
)

ticket_vat = _table(
    "ticket_vat", till=Integer, seq=BigInteger, rate=Text, net=BigInteger, vat=BigInteger, gross=BigInteger
)

ticket_payment = _table(
    "ticket_payment", till=Integer, seq=BigInteger, method=Text, amount=BigInteger, times=Integer
)

cash_session = _table(
    "cash_session",
    till=Integer,
    number=Integer,
    seq=BigInteger,
    opened_at=Text,
    user=Text,
    float=BigInteger,
    closed_seq=BigInteger,
    closed_at=Text,
)

cash_move = _table(
    "cash_move", till=Integer, seq=BigInteger, session=Integer, amount=BigInteger, reason=Text, user=Text
)

closing = _table(
    "closing",
    till=Integer,
    seq=BigInteger,
    kind=Text,
    number=Integer,
    first_seq=BigInteger,
    last_seq=BigInteger,
    closed_at=Text,
    tickets=Integer,
    total=BigInteger,
    # where it does not say what the entries it closes come to; empty: it does
    differences=Text,
)

stock = _table("stock", shop=Integer, code=Text, quantity=BigInteger)
"""What is there of each product; what was sold and never received is below zero."""

beneficiary = _table(
    "beneficiary",
    shop=Integer,
    customer=Text,
    # what each month brings from the next one on, where it was changed in this one
    monthly=BigInteger,
    carries_over=Boolean,
    # what this month's budget holds of the one before; negative: what was overspent
    carried=BigInteger,
    # the first month whose rest it holds, and what the months since had brought, where that is known
    carrying_since=Text,
    granted_before=BigInteger,
)
"""By which rule a household's budget is made anew on the 1st; the budget itself is a record of the feed."""

nonce = _table("nonce", till=Text, value=Text, at=BigInteger)
"""What signed a call that must not be repeated; `at`, in seconds since 1970, it came."""

feed = _table(
    "feed",
    shop=Integer,
    kind=Text,
    code=Text,
    version=BigInteger,
    # the record's JSON; none: it was removed
    data=LargeBinary,
    # ids of the tills that may have it, as `,1,2,`; none: all of the shop
    scope=Text,
    changed_at=Text,
)

message = _table(
    "message",
    id=Integer,
    shop=Integer,
    till=Integer,
    text=Text,
    at=Text,
    moment=Text,
    must_ack=Boolean,
    ends_at=Text,
)

message_read = _table("message_read", message=Integer, till=Integer, seq=BigInteger, at=Text)
