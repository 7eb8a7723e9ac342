"""A till presents its one-time code and gets its identity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from backoffice import refusals, schema
from backoffice.settings import till_settings
from backoffice.tills import code_hash
from sync.protocol import GENESIS_HASH, stamp
from sync.protocol.wire import Enrolled, EnrolRequest

_KEY_SIZE = 32
_HASH_SIZE = 32
_TILL = schema.till


def read_key(request: EnrolRequest) -> bytes:
    """The key that the till brings.

    Raises:
        BadRequest: it is none, or the request does not say where its journal starts.
    """
    try:
        key = bytes.fromhex(request.public_key)
        start_hash = bytes.fromhex(request.start_hash)
    except ValueError:
        raise refusals.BadRequest("key_not_hexadecimal") from None
    if len(key) != _KEY_SIZE:
        raise refusals.BadRequest("key_size")
    if request.start < 0 or (request.start > 0) != (len(start_hash) == _HASH_SIZE):
        raise refusals.BadRequest("odd_start")
    return key


def enrol(
    connection: Connection,
    request: EnrolRequest,
    key: bytes,
    server_key: str,
    lease_of: Callable[[str], str],
    now: datetime,
) -> Enrolled:
    """Give a till its identity: the code serves once, the epoch is raised, the key is its own from now on.

    Whoever asks again with the same code, key and database, since the answer was lost, gets the same identity.

    Args:
        lease_of: makes a lease for a till's identifier.

    Raises:
        BadCode, UsedCode, ExpiredCode: the code enrols nobody; nothing was changed.
    """
    till, fresh = _take_code(connection, request, key, now)
    if fresh:
        till = _take_over(connection, till, request, key, now)
    return Enrolled(
        shop_id=till.shop_uuid,
        till_id=till.uuid,
        number=till.number,
        epoch=till.epoch,
        next_seq=till.last_seq + 1,
        last_hash=till.last_hash.hex() if till.last_hash != GENESIS_HASH else "",
        server_key=server_key,
        lease=lease_of(till.uuid),
        settings=till_settings(connection, till.shop),
    )


def _take_over(
    connection: Connection, till: Row[Any], request: EnrolRequest, key: bytes, now: datetime
) -> Row[Any]:
    epoch = max(till.epoch, request.epoch) + 1
    values: dict[str, Any] = {
        "epoch": epoch,
        "database": request.database,
        "program": request.program,
        "schema": request.schema,
        "revoked_at": None,
        "seen_at": stamp(now),
        "reset_boot": None,
        "reset_seq": None,
    }
    if not till.top_seq and request.start:
        start, start_hash = request.start, bytes.fromhex(request.start_hash)
        values |= dict.fromkeys(("base_seq", "last_seq", "top_seq"), start)
        values |= dict.fromkeys(("base_hash", "last_hash"), start_hash)
    connection.execute(update(_TILL).where(_TILL.c.id == till.id).values(values))
    new_key = {"till": till.id, "epoch": epoch, "public_key": key, "database": request.database}
    connection.execute(insert(schema.till_key).values(since=stamp(now), **new_key))
    return _till(connection, till.id)


def _take_code(
    connection: Connection, request: EnrolRequest, key: bytes, now: datetime
) -> tuple[Row[Any], bool]:
    """The till that the code enrols, and whether the code was used just now."""
    table = schema.enrolment
    mine = table.c.code_hash == code_hash(request.code)
    # two tills with one code at once: the second finds it used
    taken = connection.execute(
        update(table)
        .where(mine, table.c.used_at.is_(None), table.c.expires_at > stamp(now))
        .values(used_at=stamp(now))
        .returning(table.c.till)
    ).scalar_one_or_none()
    if taken is not None:
        return _till(connection, taken), True
    known = connection.execute(select(table).where(mine)).one_or_none()
    if known is None:
        raise refusals.BadCode
    if known.used_at is None:
        raise refusals.ExpiredCode(at=known.expires_at)
    till = _till(connection, known.till)
    of_epoch = (schema.till_key.c.till == till.id) & (schema.till_key.c.epoch == till.epoch)
    held = connection.execute(select(schema.till_key).where(of_epoch)).one()
    # the epoch began when the code was used: no other machine has taken the till over since
    if (held.public_key, held.database, held.since) != (key, request.database, known.used_at):
        raise refusals.UsedCode
    return till, False


def _till(connection: Connection, till: int) -> Row[Any]:
    wanted = (
        select(_TILL, schema.shop.c.uuid.label("shop_uuid"))
        .join(schema.shop, schema.shop.c.id == _TILL.c.shop)
        .where(_TILL.c.id == till)
        .with_for_update(of=_TILL)
    )
    return connection.execute(wanted).one()
