"""Hello: where does the till stand, where does the server stand, and what shall the till do about it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from backoffice import refusals, schema
from backoffice.alarms import raise_alarm
from backoffice.settings import till_settings
from sync.protocol import GENESIS_HASH, stamp
from sync.protocol.reasons import Cause, cause, spelled
from sync.protocol.wire import STREAM, Directive, Hello, Welcome

FEED_JUMP = 1_000_000
"""By how much a restored server moves its feed on: no cursor given out before means anything after."""

_TILL, _SHOP, _ENTRY = schema.till, schema.shop, schema.entry


def welcome(
    connection: Connection,
    till_id: int,
    hello: Hello,
    created: int,
    lease_of: Callable[[str], str],
    now: datetime,
) -> Welcome:
    """Answer a hello.

    Args:
        created: when it was signed, in seconds since 1970.

    Raises:
        OldEpoch: another machine works in this till's place by now.
        BadClock: it was overtaken on its way by what the till said later.
        BadRequest: the till says something that cannot be.
    """
    till = connection.execute(select(_TILL).where(_TILL.c.id == till_id).with_for_update()).one()
    last_hash = _read_hash(hello)
    if hello.epoch > till.epoch and hello.database == till.database:
        till = _take_epoch(connection, till, hello, now)
    epoch = _epoch(till, hello)
    _refuse_overtaken(connection, till, hello, created, now)
    directives = _directives(connection, till, hello, last_hash, epoch, now)
    if epoch != hello.epoch and all(directive.do == "resend_from" for directive in directives):
        # it was granted this epoch by an answer that it never had
        directives.append(Directive("reset", seq=hello.last_seq, epoch=epoch))
    directives += _feed_directives(connection, till, hello)
    values: dict[str, Any] = {"seen_at": stamp(now), "program": hello.program, "schema": hello.schema}
    connection.execute(update(_TILL).where(_TILL.c.id == till_id).values(values))
    common = _hash_at(connection, till, min(till.last_seq, hello.last_seq))
    return Welcome(
        seq=till.last_seq,
        hash=common.hex() if common and common != GENESIS_HASH else "",
        time=stamp(now),
        directives=tuple(directives),
        settings=till_settings(connection, till.shop),
        lease=lease_of(till.uuid),
    )


def _read_hash(hello: Hello) -> bytes:
    try:
        value = bytes.fromhex(hello.last_hash)
    except ValueError:
        raise refusals.BadRequest("hash_not_hexadecimal") from None
    if hello.last_seq < 0 or (hello.last_seq > 0 and len(value) != len(GENESIS_HASH)):
        raise refusals.BadRequest("odd_end")
    return value or GENESIS_HASH


def _take_epoch(connection: Connection, till: Row[Any], hello: Hello, now: datetime) -> Row[Any]:
    """This server came back from a backup that is older than the till's epoch: it granted it, and knows no more."""
    connection.execute(update(_TILL).where(_TILL.c.id == till.id).values(epoch=hello.epoch))
    _add_key(connection, till, hello.epoch, now)
    text = cause("epoch_restored", epoch=hello.epoch, known=till.epoch)
    raise_alarm(connection, till.shop, till.id, "restored", text, stamp(now))
    return connection.execute(select(_TILL).where(_TILL.c.id == till.id)).one()


def _add_key(connection: Connection, till: Row[Any], epoch: int, now: datetime) -> None:
    """In another epoch the till signs with the key that it has."""
    key = schema.till_key
    current = connection.execute(select(key).where(key.c.till == till.id, key.c.epoch == till.epoch)).one()
    values = {
        "till": till.id,
        "epoch": epoch,
        "public_key": current.public_key,
        "database": current.database,
        "since": stamp(now),
    }
    connection.execute(key.insert().values(values))


def _epoch(till: Row[Any], hello: Hello) -> int:
    """The epoch that the till may work in.

    Whoever was granted a reset in this very start of his may ask again: the answer may have been lost.
    """
    if hello.epoch == till.epoch:
        return int(till.epoch)
    if hello.epoch == till.epoch - 1 and till.reset_boot is not None and till.reset_boot == hello.boot:
        return int(till.epoch)
    raise refusals.OldEpoch(epoch=till.epoch)


def _refuse_overtaken(
    connection: Connection, till: Row[Any], hello: Hello, created: int, now: datetime
) -> None:
    """A hello that the network has held up tells of a journal that ends before entries which came meanwhile.

    So does that of a till from a backup, but after they came. Whose clock only makes it look so says it again, by the
    time that the refusal tells; nobody hears it where the hello was given up long ago.

    Raises:
        BadClock: the last entry, which it does not know, came after it was signed.
    """
    if hello.last_seq >= till.last_seq:
        return
    latest = (_ENTRY.c.till == till.id) & (_ENTRY.c.seq == till.last_seq)
    found = connection.execute(select(_ENTRY.c.received_at).where(latest)).scalar_one_or_none()
    if found is None:
        return
    signed_by = datetime.fromtimestamp(created + 1, UTC)
    # where this server's own clock was put back, what it has received comes from its future
    if signed_by <= datetime.fromisoformat(found) <= now:
        raise refusals.BadClock("overtaken", seq=till.last_seq, time=stamp(now))


def _directives(
    connection: Connection, till: Row[Any], hello: Hello, last_hash: bytes, epoch: int, now: datetime
) -> list[Directive]:
    if hello.database != till.database:
        return [_told("re_enrol", cause("other_database"))]
    if hello.acked > till.last_seq:
        _found_restored(connection, till, hello, now)
        return [Directive("resend_from", seq=till.last_seq + 1)]
    if hello.last_seq >= till.last_seq:
        return []
    ours = _hash_at(connection, till, hello.last_seq)
    if ours != last_hash:
        text = cause("other_entry", seq=hello.last_seq)
        raise_alarm(connection, till.shop, till.id, "clone", text, stamp(now))
        return [_told("stop", cause("cloned", seq=hello.last_seq), hello.last_seq)]
    return [_reset(connection, till, hello, epoch, now)]


def _told(do: Literal["re_enrol", "stop"], reason: Cause, seq: int = 0) -> Directive:
    return Directive(do, seq=seq, reason=str(reason), cause=spelled(reason))


def _reset(connection: Connection, till: Row[Any], hello: Hello, epoch: int, now: datetime) -> Directive:
    """The till is behind its own journal: it came back from a backup. It gets its entries back, in a new epoch."""
    if hello.epoch == till.epoch and not (till.reset_boot == hello.boot and till.reset_seq is not None):
        epoch = till.epoch + 1
        values = {"epoch": epoch, "reset_boot": hello.boot, "reset_seq": hello.last_seq}
        connection.execute(update(_TILL).where(_TILL.c.id == till.id).values(values))
        _add_key(connection, till, epoch, now)
        text = cause("till_restored", seq=hello.last_seq, held=till.last_seq)
        raise_alarm(connection, till.shop, till.id, "restored", text, stamp(now))
    return Directive("reset", seq=hello.last_seq, epoch=epoch)


def _found_restored(connection: Connection, till: Row[Any], hello: Hello, now: datetime) -> None:
    """This server holds less than it had acknowledged: it came back from a backup itself, and its feed too.

    Places of the feed will be given a second time: moving the counter far on makes every cursor from before too old.
    """
    shop = connection.execute(select(_SHOP).where(_SHOP.c.id == till.shop).with_for_update()).one()
    if hello.cursors.get(STREAM, 0) <= shop.floor:
        return
    moved = shop.counter + FEED_JUMP
    connection.execute(update(_SHOP).where(_SHOP.c.id == shop.id).values(counter=moved, floor=moved))
    text = cause("server_restored", held=till.last_seq, acked=hello.acked)
    raise_alarm(connection, till.shop, till.id, "restored", text, stamp(now))


def _feed_directives(connection: Connection, till: Row[Any], hello: Hello) -> list[Directive]:
    shop = connection.execute(select(_SHOP.c.counter, _SHOP.c.floor).where(_SHOP.c.id == till.shop)).one()
    cursor = hello.cursors.get(STREAM)
    if cursor and not shop.floor <= cursor <= shop.counter:
        return [Directive("reload")]
    return []


def _hash_at(connection: Connection, till: Row[Any], seq: int) -> bytes | None:
    """The hash at a position; None: it is not held."""
    if seq == till.last_seq:
        return bytes(till.last_hash)
    if seq == till.base_seq:
        return bytes(till.base_hash)
    found = connection.execute(
        select(_ENTRY.c.hash).where(_ENTRY.c.till == till.id, _ENTRY.c.seq == seq)
    ).scalar_one_or_none()
    return bytes(found) if found is not None else None
