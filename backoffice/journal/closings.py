"""Closings are judged once all that they close is here: entries come in any order, and some wait until mended."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select, update

from backoffice import schema
from backoffice.journal.bodies import BODIES, Closing
from backoffice.journal.comparing import compare_closing
from sync.protocol import read_envelope
from sync.protocol.reasons import cause

Alarm = tuple[str, str]
"""Its kind, and the text for a person."""

_CLOSING, _ENTRY = schema.closing, schema.entry


def judge_reached(connection: Connection, till: int, after: int, through: int) -> list[Alarm]:
    """Judge the closings behind `after`, up to the position before which nothing is missing any more."""
    return _judge(connection, till, (_CLOSING.c.seq > after) & (_CLOSING.c.seq <= through))


def judge_over(connection: Connection, till: int, seq: int) -> list[Alarm]:
    """Judge the closings anew that an entry concerns which the books have taken late; itself, where it is one."""
    reached = select(schema.till.c.last_seq).where(schema.till.c.id == till).scalar_subquery()
    closes = (_CLOSING.c.first_seq <= seq) & (_CLOSING.c.last_seq >= seq)
    return _judge(connection, till, (_CLOSING.c.seq <= reached) & (closes | (_CLOSING.c.seq == seq)))


def _judge(connection: Connection, till: int, which: ColumnElement[bool]) -> list[Alarm]:
    wanted = (
        select(_CLOSING.c.seq, _CLOSING.c.differences, _ENTRY.c.canonical)
        .join(_ENTRY, (_ENTRY.c.till == _CLOSING.c.till) & (_ENTRY.c.seq == _CLOSING.c.seq))
        .where((_CLOSING.c.till == till) & which)
        .order_by(_CLOSING.c.seq)
    )
    alarms: list[Alarm] = []
    for row in connection.execute(wanted).all():
        closing = BODIES["closing"](read_envelope(bytes(row.canonical)).body)
        assert isinstance(closing, Closing)
        differences = str(compare_closing(connection, till, closing) or "")
        if differences != row.differences:
            mine = (_CLOSING.c.till == till) & (_CLOSING.c.seq == row.seq)
            connection.execute(update(_CLOSING).where(mine).values(differences=differences))
            if differences:
                values = {"kind": closing.kind, "number": closing.number, "differences": differences}
                alarms.append(("closing", cause("closing_differs", **values)))
        _end_session(connection, till, row.seq, closing)
    return alarms


def _end_session(connection: Connection, till: int, seq: int, closing: Closing) -> None:
    if closing.session is None:
        return
    table = schema.cash_session
    mine = (table.c.till == till) & (table.c.number == closing.session)
    connection.execute(update(table).where(mine).values(closed_seq=seq, closed_at=closing.closed_at))
