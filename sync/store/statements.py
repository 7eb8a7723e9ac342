"""What the till says to its database, in SQLAlchemy's Core: `python -m sync.store.statements` makes `compiled` of it.

A till that starts or sells imports `compiled` alone, plain SQL: SQLAlchemy costs 130 ms and 20 MB, and a statement
1 to 2 ms more at its first use. `docs/decisions/0001-statements-compiled-ahead.md` has the figures. Values are given
by name. Each constant that is a statement is compiled, under its own name.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    ScalarSelect,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from sync.store.listing_sql import OfListing
from sync.store.schema import (
    archive,
    cash_move,
    closed_payment,
    closed_ticket,
    closed_vat,
    closing,
    counter,
    customer,
    customer_key,
    customer_words,
    download,
    journal,
    message,
    open_line,
    open_ticket,
    print_job,
    product,
    product_key,
    product_words,
    reference,
    refusal,
    retention,
    session,
    setting,
)

COMPILED = Path(__file__).with_name("compiled.py")


def _value(name: str) -> BindParameter[Any]:
    return bindparam(name)


def _put(table: Table, *over: str) -> Executable:
    """Insert a row; where its key is there already, write these columns over."""
    row = upsert(table).values({column.name: bindparam(column.name) for column in table.c})
    return row.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: row.excluded[name] for name in over}
    )


def _add(table: Table, *columns: str) -> Executable:
    """Insert a row; of these columns, where not all are given."""
    return insert(table).values({name: bindparam(name) for name in columns or table.c.keys()})


def _page(rows: Select[Any]) -> Select[Any]:
    return rows.limit(_value("limit")).offset(_value("offset"))


# --- settings

SETTING = select(setting.c.value).where(setting.c.name == _value("name"))
PUT_SETTING = _put(setting, "value")
COUNTER = select(counter.c.value).where(counter.c.name == _value("name"))
_count = upsert(counter).values(name=_value("name"), value=_value("value"))
ADD_TO_COUNTER = _count.on_conflict_do_update(
    index_elements=["name"], set_={"value": counter.c.value + _count.excluded.value}
).returning(counter.c.value)

# --- the journal

START = select(retention.c.through_seq, retention.c.hash)
ENTRY = select(journal).where(journal.c.seq == _value("seq"))
LAST_ENTRY = select(journal).order_by(journal.c.seq.desc()).limit(1)
ENTRIES = (
    select(journal).where(journal.c.seq > _value("after")).order_by(journal.c.seq).limit(_value("limit"))
)
ADD_ENTRY = _add(journal)
CUSTOMER_ENTRIES = (
    select(journal)
    .where(journal.c.kind == "customer", journal.c.seq > _value("after"))
    .order_by(journal.c.seq)
)

FIRST_SEQ = select(func.min(journal.c.seq))

# --- archives, and what is let go

ARCHIVES = select(archive).order_by(archive.c.last_seq)
ARCHIVE_OF = select(archive).where(archive.c.last_seq >= _value("seq")).order_by(archive.c.last_seq).limit(1)
ARCHIVE_OF_NUMBER = (
    select(archive)
    .where(archive.c.last_number >= _value("number"))
    .order_by(archive.c.last_number, archive.c.last_seq)
    .limit(1)
)
LAST_ARCHIVE = select(archive).order_by(archive.c.last_seq.desc()).limit(1)
ADD_ARCHIVE = _add(archive)
LET_GO = select(retention.c.through_seq, retention.c.at)
PUT_LET_GO = _put(retention, "through_seq", "hash", "at")
DROP_ENTRIES = delete(journal).where(journal.c.seq <= _value("through"))
DROP_CLOSED = delete(closed_ticket).where(closed_ticket.c.seq <= _value("through"))
FIRST_REFUSED = select(func.min(refusal.c.seq))
CLOSED_THROUGH = select(func.max(closing.c.last_seq)).where(closing.c.kind == _value("kind"))

# --- open tickets

OPEN_TICKET = select(open_ticket.c.uuid, open_ticket.c.header).where(open_ticket.c.held.is_(None))
HELD_TICKETS = (
    select(open_ticket.c.uuid, open_ticket.c.header, open_ticket.c.held_at)
    .where(open_ticket.c.held.is_not(None))
    .order_by(open_ticket.c.held.desc())
)
OPEN_LINES = (
    select(open_line.c.n, open_line.c.data).where(open_line.c.uuid == _value("uuid")).order_by(open_line.c.n)
)
PUT_HEADER = upsert(open_ticket).values(uuid=_value("uuid"), header=_value("header"))
PUT_HEADER = PUT_HEADER.on_conflict_do_update(
    index_elements=["uuid"], set_={"header": PUT_HEADER.excluded.header}
)
PUT_LINE = _put(open_line, "data")
DROP_LINE = delete(open_line).where(open_line.c.uuid == _value("uuid"), open_line.c.n == _value("n"))
LAST_HELD = select(func.max(open_ticket.c.held))
SET_HELD = (
    update(open_ticket)
    .where(open_ticket.c.uuid == _value("of"))
    .values(held=_value("held"), held_at=_value("held_at"))
)
DROP_OPEN = delete(open_ticket).where(open_ticket.c.uuid == _value("uuid"))

# --- closed tickets


def _entries_where(*which: ColumnElement[bool]) -> Select[Any]:
    return select(journal).join(closed_ticket, closed_ticket.c.seq == journal.c.seq).where(*which)


_last: ScalarSelect[Any] = select(func.max(closed_ticket.c.seq)).scalar_subquery()
LAST_TICKET = select(journal).where(journal.c.seq == _last)
TICKET_ENTRY = _entries_where(closed_ticket.c.number == _value("number"))
REFUNDS = _entries_where(closed_ticket.c.refund_of == _value("number")).order_by(journal.c.seq)
CLOSED_TICKET = select(closed_ticket).where(closed_ticket.c.number == _value("number"))
SOLD_TO = _entries_where(
    closed_ticket.c.customer == _value("customer"),
    closed_ticket.c.seq > _value("after"),
    closed_ticket.c.closed_at >= _value("since"),
).order_by(journal.c.seq)
LAST_SOLD_TO = (
    select(closed_ticket)
    .where(
        closed_ticket.c.customer == _value("customer"),
        closed_ticket.c.closed_at >= _value("since"),
        closed_ticket.c.refund_of.is_(None),
    )
    .order_by(closed_ticket.c.seq.desc())
    .limit(1)
)
CLOSED_BETWEEN = select(closed_ticket).where(closed_ticket.c.seq.between(_value("first"), _value("last")))
_seqs = func.json_each(_value("seqs")).table_valued("value")
CLOSED_VAT = select(closed_vat).where(closed_vat.c.seq.in_(select(_seqs.c.value)))
CLOSED_PAYMENTS = select(closed_payment).where(closed_payment.c.seq.in_(select(_seqs.c.value)))
ADD_CLOSED = _add(closed_ticket)
ADD_CLOSED_VAT = _add(closed_vat)
ADD_CLOSED_PAYMENT = _add(closed_payment)

# --- sessions and closings

_session = (
    session.c.id,
    session.c.opened_at,
    session.c.seq,
    session.c.float,
    session.c.user,
    session.c.closed_seq,
    session.c.closed_at,
)
CURRENT_SESSION = select(*_session).where(session.c.closed_seq.is_(None))
SESSION = select(*_session).where(session.c.id == _value("id"))
OPEN_SESSION = _add(session, "id", "seq", "opened_at", "float", "user")
CLOSE_SESSION = (
    update(session)
    .where(session.c.id == _value("of"))
    .values(closed_seq=_value("closed_seq"), closed_at=_value("closed_at"))
)
ADD_MOVE = _add(cash_move)
ADD_CLOSING = _add(closing)
CLOSINGS = _page(select(closing).where(closing.c.kind == _value("kind")).order_by(closing.c.number.desc()))

# --- users, families, methods, the shop and the feed's other small kinds

REFERENCES = select(reference.c.data).where(reference.c.kind == _value("kind")).order_by(reference.c.position)
REFERENCE = select(reference.c.data).where(
    reference.c.kind == _value("kind"), reference.c.code == _value("code")
)
COUNT_REFERENCES = select(reference.c.kind, func.count()).group_by(reference.c.kind)
LAST_POSITION = select(func.max(reference.c.position)).where(reference.c.kind == _value("kind"))
LAST_POSITION_OF_ALL = select(func.max(reference.c.position))
ADD_REFERENCE = _add(reference)
PUT_REFERENCE = _put(reference, "data")
DROP_REFERENCE = delete(reference).where(
    reference.c.kind == _value("kind"), reference.c.code == _value("code")
)
DROP_REFERENCES = delete(reference).where(reference.c.kind == _value("kind"))
DROP_ALL_REFERENCES = delete(reference)

# --- what the engine keeps

COUNT_REFUSALS = select(func.count()).select_from(refusal)
REFUSALS = _page(select(refusal).order_by(refusal.c.seq))
PUT_REFUSAL = _put(refusal, "status", "reason", "at")
DROP_REFUSAL = delete(refusal).where(refusal.c.seq == _value("seq"))

LAST_MESSAGE = select(message.c.id, message.c.position).order_by(message.c.position.desc()).limit(1)
UNREAD = select(message.c.id, message.c.data).where(message.c.read_at.is_(None)).order_by(message.c.position)
ADD_MESSAGE = (
    upsert(message)
    .values(id=_value("id"), position=_value("position"), data=_value("data"))
    .on_conflict_do_nothing()
)
MESSAGE_READ = update(message).where(message.c.id == _value("of")).values(read_at=_value("at"))

DOWNLOAD_SIZE = select(func.sum(func.length(download.c.data))).where(download.c.name == _value("name"))
ADD_PIECE = _add(download)
PIECE = select(download.c.data).where(download.c.name == _value("name"), download.c.start == _value("start"))
PIECES = (
    select(download.c.name, download.c.start).where(download.c.name == _value("name")).limit(_value("limit"))
)
OTHER_PIECES = (
    select(download.c.name, download.c.start).where(download.c.name != _value("name")).limit(_value("limit"))
)
DROP_PIECE = delete(download).where(download.c.name == _value("name"), download.c.start == _value("start"))

# --- print jobs

_ENDED = print_job.c.state.in_(("confirmed", "failed")) | (
    # a printer that can say nothing: the reason says so
    (print_job.c.state == "sent") & (print_job.c.reason != "")
)
UNSETTLED_JOBS = select(*list(print_job.c)[1:9]).where(~_ENDED).order_by(print_job.c.position)
ADD_JOB = _add(
    print_job, "id", "device", "document", "ticket", "content", "state", "created_at", "changed_at"
)
MOVE_JOB = (
    update(print_job)
    .where(print_job.c.id == _value("of"))
    .values(
        state=_value("to"),
        device=_value("on"),
        attempts=_value("tried"),
        reason=_value("because"),
        changed_at=_value("at"),
    )
)
JOB_BYTES = (
    update(print_job)
    .where(print_job.c.id == _value("of"))
    .values(data=_value("bytes"), hash=_value("digest"))
)
BYTES_OF_JOB = select(print_job.c.data, print_job.c.hash).where(print_job.c.id == _value("of"))
FORGET_JOBS = delete(print_job).where(
    _ENDED,
    print_job.c.position <= select(func.max(print_job.c.position)).scalar_subquery() - _value("keep"),
)


# --- products and customers


def _of_listing(row: Table, key: Table, words: Table) -> OfListing[Executable]:
    shown = [column for column in row.c if column.name not in {"id", "generation"}]
    of = _value("of")

    def in_range(id_: ColumnElement[Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return id_ >= _value("low"), id_ < _value("high")

    def listed(name: str) -> Select[Any]:
        return select(func.json_each(_value(name)).table_valued("value").c.value)

    # each part walks its own end of the table: an OR would walk the rows in use
    below = select(row.c.id).where(row.c.id < _value("low")).limit(_value("limit"))
    above = select(row.c.id).where(row.c.id >= _value("high")).limit(_value("limit"))
    # the page is cut from the index of words, before any row is fetched
    hits = _page(
        select(words.c.rowid)
        .where(literal_column(words.name).op("MATCH")(_value("query")), *in_range(words.c.rowid))
        .order_by(words.c.rowid)
    ).subquery()
    return OfListing(
        last=select(func.max(row.c.id)),
        last_of=select(func.max(row.c.id)).where(*in_range(row.c.id)),
        others=union_all(select(below.subquery()), select(above.subquery())),
        find=select(*shown)
        .join(key, key.c.id == row.c.id)
        .where(key.c.key == _value("key"), *in_range(key.c.id))
        .order_by(key.c.id),
        page=_page(select(*shown).where(*in_range(row.c.id)).order_by(row.c.id)),
        search=select(*shown).join(hits, hits.c.rowid == row.c.id).order_by(row.c.id),
        size=select(func.count()).select_from(row).where(*in_range(row.c.id)),
        ids=select(row.c.code, row.c.id).where(
            row.c.generation == _value("generation"), row.c.code.in_(listed("codes"))
        ),
        read=select(row.c.id, *shown).where(row.c.id.in_(listed("ids"))),
        insert_row=_add(row),
        insert_key=_add(key),
        insert_words=_add(words),
        delete_row=delete(row).where(row.c.id == of),
        delete_key=delete(key).where(key.c.key == _value("its"), key.c.id == of),
        delete_words=delete(words).where(words.c.rowid == of),
    )


PRODUCT = _of_listing(product, product_key, product_words)
CUSTOMER = _of_listing(customer, customer_key, customer_words)


# --- compiling them


class _AheadCompiler(SQLiteCompiler):
    """Values that a statement has itself are written out; what is left are those that are given by name."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **options: Any) -> str:
        """The text of one value."""
        if not bindparam.required:
            options["literal_binds"] = True
        text: str = super().visit_bindparam(bindparam, *args, **options)  # type: ignore[no-untyped-call]
        return text


class _AheadDialect(SQLiteDialect_pysqlite):
    statement_compiler = _AheadCompiler
    supports_statement_cache = False


def compiled() -> str:
    """The text of the module `compiled`."""
    parts: list[str] = []
    for name, given in globals().items():
        if name.startswith("_"):
            continue
        if isinstance(given, Executable):
            parts.append(f"{name} = {_text(given)}\n")
        elif isinstance(given, OfListing):
            fields = (f"    {field}={_text(one)},\n" for field, one in given._asdict().items())
            parts.append(f"{name} = OfListing(\n{''.join(fields)})\n")
    return _HEAD + "".join(parts)


_HEAD = '''"""The statements of a till that starts or sells. Made by `python -m sync.store.statements`: do not edit."""

from sync.store.listing_sql import OfListing

'''


def _text(statement: Executable) -> str:
    sql = str(statement.compile(dialect=_AheadDialect(paramstyle="named")))  # type: ignore[attr-defined]
    lines = [part for line in sql.splitlines() for part in textwrap.wrap(line, 110, break_long_words=False)]
    return '"""\n' + "\n".join(lines) + '\n"""'


def main() -> None:
    """Write the module."""
    COMPILED.write_text(compiled(), "utf-8")


if __name__ == "__main__":
    main()
