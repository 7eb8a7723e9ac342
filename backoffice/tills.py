"""Tills: made and revoked here; their one-time codes, and the configuration file that brings one."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, or_, select, update

from backoffice import schema
from backoffice.errors import BadValue, Unknown
from backoffice.ports import Randomness
from sync.protocol import GENESIS_HASH, stamp
from tui_pos.l10n import n_

CODE_LIFE = timedelta(days=7)
"""How long a one-time code is good."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs that nobody takes for one another."""
_CODE_SIZE, _GROUP = 16, 4
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_TILL = schema.till


class NewTill(Struct, frozen=True):
    """A till that was made."""

    till_id: str
    number: str
    code: str


def make_code(randomness: Randomness) -> str:
    """A one-time code of 80 bits, as a person can type it: `ABCD-EFGH-JKLM-NPQR`."""
    signs = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in randomness.take(_CODE_SIZE))
    return "-".join(signs[start : start + _GROUP] for start in range(0, _CODE_SIZE, _GROUP))


def code_hash(code: str) -> bytes:
    """What is kept of a code; case, spaces and dashes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign in _ALPHABET)
    return hashlib.sha256(plain.encode()).digest()


def check_url(url: str) -> None:
    """Refuse an address that a till would not go to.

    Raises:
        BadValue: it is no HTTP address, or plain http to another machine.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415 - only here

    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise BadValue(what=n_("The address"), value=url, reason=n_("https://HOST[:PORT] is wanted"))
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise BadValue(what=n_("The address"), value=url, reason=n_("plain http goes to this machine only"))


def add_till(connection: Connection, shop: int, uuid: str, name: str, code: str, now: datetime) -> NewTill:
    """Make a till of a shop, which the code enrols."""
    raised = (
        update(schema.shop)
        .where(schema.shop.c.id == shop)
        .values(last_till=schema.shop.c.last_till + 1)
        .returning(schema.shop.c.last_till)
    )
    number = str(connection.execute(raised).scalar_one())
    values = {
        "uuid": uuid,
        "shop": shop,
        "number": number,
        "name": name,
        "created_at": stamp(now),
        "epoch": 0,
        "base_seq": 0,
        "base_hash": GENESIS_HASH,
        "last_seq": 0,
        "last_hash": GENESIS_HASH,
        "top_seq": 0,
    }
    till = connection.execute(insert(_TILL).values(values).returning(_TILL.c.id)).scalar_one()
    add_code(connection, till, code, now)
    return NewTill(uuid, number, code)


def add_code(connection: Connection, till: int, code: str, now: datetime) -> None:
    """Give a till a code; what it had and did not use is good no more."""
    table = schema.enrolment
    unused = update(table).where(table.c.till == till, table.c.used_at.is_(None))
    connection.execute(unused.values(expires_at=stamp(now)))
    values = {
        "code_hash": code_hash(code),
        "till": till,
        "made_at": stamp(now),
        "expires_at": stamp(now + CODE_LIFE),
    }
    connection.execute(insert(table).values(values))


def find_till(connection: Connection, name: str) -> Row[Any]:
    """The till of this name, number or identifier.

    Raises:
        Unknown: there is none, or more than one.
    """
    known = or_(_TILL.c.name == name, _TILL.c.number == name)
    if len(name) == 36:
        known = or_(known, _TILL.c.uuid == name)
    rows = connection.execute(select(_TILL).where(known)).all()
    if len(rows) != 1:
        raise Unknown(what=n_("till"), name=name)
    return rows[0]


def list_tills(connection: Connection, shop: int | None = None) -> list[Row[Any]]:
    """All tills, or those of a shop, in the order in which they were made."""
    wanted = select(_TILL, schema.shop.c.name.label("shop_name")).join(
        schema.shop, schema.shop.c.id == _TILL.c.shop
    )
    if shop is not None:
        wanted = wanted.where(_TILL.c.shop == shop)
    return list(connection.execute(wanted.order_by(_TILL.c.id)))


def revoke(connection: Connection, till: int, now: datetime) -> None:
    """Refuse all that this till sends from now on, until it is enrolled again."""
    connection.execute(update(_TILL).where(_TILL.c.id == till).values(revoked_at=stamp(now)))
    table = schema.enrolment
    unused = update(table).where(table.c.till == till, table.c.used_at.is_(None))
    connection.execute(unused.values(expires_at=stamp(now)))
