"""Records that are found by any of their codes and by the words of their name: products, customers.

A whole new list is loaded beside the one in use, as its next *generation*, in small transactions between which scans
are written; one last small transaction makes it the current one. A generation's rows have ids in a range of their own,
which is how every statement tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BindParameter,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from sync.store import settings
from sync.store.schema import metadata
from sync.store.words import code_key, prefix_query, words_of

R = TypeVar("R")

GENERATION_BITS = 40
CHUNK = 500
"""Rows to a statement and a transaction while a list is loaded: a scan waits 17 ms at the most."""


class Listing(Generic[R]):
    """One kind of records.

    Args:
        table: of the rows: `id`, `generation`, `code`, then those that `values` gives. Beside it are a table of keys
            and one of words.
        codes: all codes that find a record, its own first.
        words: the text in which a record is searched.
        values: a record's columns after its code.
        read: the record again, from its code and those columns.
    """

    def __init__(
        self,
        table: Table,
        *,
        code: Callable[[R], str],
        codes: Callable[[R], Sequence[str]],
        words: Callable[[R], str],
        values: Callable[[R], tuple[Any, ...]],
        read: Callable[..., R],
    ) -> None:
        self.name = table.name
        self.code = code
        self._codes = codes
        self._words = words
        self._values = values
        self._read = read
        self._statements = _Statements(table)

    # --- generations

    def current(self, connection: Connection) -> int:
        """The generation in use; 0: nothing was ever loaded."""
        value = settings.get(connection, f"generation.{self.name}")
        return int(value) if value else 0

    def make_current(self, connection: Connection, generation: int) -> None:
        """Show this generation from now on."""
        settings.put(connection, f"generation.{self.name}", str(generation).encode())

    def next_generation(self, connection: Connection) -> int:
        """A generation that no row is of, not even those of a load that was cut."""
        last = connection.execute(self._statements.last).scalar_one() or 0
        return max(self.current(connection), last >> GENERATION_BITS) + 1

    def clear_some(self, connection: Connection, generation: int) -> int:
        """Take away some rows that are not of this generation; gives how many."""
        ids = connection.execute(self._statements.others, _range(generation)).scalars().all()
        self._delete(connection, ids[:CHUNK])
        return len(ids[:CHUNK])

    # --- finding

    def find(self, connection: Connection, generation: int, code: str) -> list[R]:
        """The records that have this code, in the order in which they were loaded."""
        found = connection.execute(self._statements.find, {"key": code_key(code), **_range(generation)})
        return [self._read(*row) for row in found]

    def search(self, connection: Connection, generation: int, text: str, limit: int, offset: int) -> list[R]:
        """A page of the records whose text has, for each word of `text`, one that begins with it."""
        query = prefix_query(text)
        page = {"limit": limit, "offset": offset, **_range(generation)}
        if query is not None:
            found = connection.execute(self._statements.search, {"query": query, **page})
        elif text.strip():
            return []
        else:
            found = connection.execute(self._statements.page, page)
        return [self._read(*row) for row in found]

    def size(self, connection: Connection, generation: int) -> int:
        """How many there are."""
        return int(connection.execute(self._statements.size, _range(generation)).scalar_one())

    def ids(self, connection: Connection, generation: int, codes: Sequence[str]) -> dict[str, int]:
        """The ids of the records of a generation that have these codes as their own, by code."""
        found = connection.execute(self._statements.ids, {"generation": generation, "codes": codes})
        return {row.code: row.id for row in found}

    # --- writing

    def insert(self, connection: Connection, records: Sequence[tuple[int, R]]) -> None:
        """Write records with their ids, which tell their generation."""
        rows: list[tuple[Any, ...]] = []
        keys: list[tuple[Any, ...]] = []
        words: list[tuple[Any, ...]] = []
        for id_, record in records:
            rows.append((id_, id_ >> GENERATION_BITS, self.code(record), *self._values(record)))
            keys.extend((key, id_) for key in self._keys(record))
            words.append((id_, " ".join(words_of(self._words(record)))))
        # Core would look at every row: three times slower, and scans wait for it
        connection.exec_driver_sql(self._statements.insert_row, rows)
        connection.exec_driver_sql(self._statements.insert_key, keys)
        connection.exec_driver_sql(self._statements.insert_words, words)

    def put(self, connection: Connection, generation: int, records: Sequence[R]) -> None:
        """Write records, at most a chunk of them, in the place of those with the same codes, or at the end.

        Of two with one code the later one stands.
        """
        by_code = {self.code(record): record for record in records}
        known = self.ids(connection, generation, tuple(by_code))
        # Before the last one may go: its id must not be given twice.
        free = count(self._next_id(connection, generation))
        self._delete(connection, tuple(known.values()))
        self.insert(
            connection,
            [(known[code] if code in known else next(free), record) for code, record in by_code.items()],
        )

    def remove(self, connection: Connection, generation: int, codes: Sequence[str]) -> int:
        """Take records away, at most a chunk of them; gives how many there were."""
        known = self.ids(connection, generation, codes)
        self._delete(connection, tuple(known.values()))
        return len(known)

    def _next_id(self, connection: Connection, generation: int) -> int:
        last = connection.execute(self._statements.last_of, _range(generation)).scalar_one()
        return int(_range(generation)["low"] if last is None else last + 1)

    def _delete(self, connection: Connection, ids: Sequence[int]) -> None:
        if not ids:
            return
        rows = connection.execute(self._statements.read, {"ids": ids}).all()
        keys = [{"of": id_, "its": key} for id_, *row in rows for key in self._keys(self._read(*row))]
        connection.execute(self._statements.delete_key, keys)
        for statement in (self._statements.delete_words, self._statements.delete_row):
            connection.execute(statement, [{"of": id_} for id_ in ids])

    def _keys(self, record: R) -> set[str]:
        return {code_key(code) for code in self._codes(record)}


class _Statements:
    """What a listing says to the database, made once."""

    def __init__(self, row: Table) -> None:
        key, words = metadata.tables[f"{row.name}_key"], metadata.tables[f"{row.name}_words"]
        low: BindParameter[int] = bindparam("low")
        high: BindParameter[int] = bindparam("high")
        limit: BindParameter[int] = bindparam("limit")
        offset: BindParameter[int] = bindparam("offset")
        of: BindParameter[int] = bindparam("of")
        shown = [column for column in row.c if column.name not in {"id", "generation"}]

        self.last = select(func.max(row.c.id))
        self.last_of = self.last.where(row.c.id >= low, row.c.id < high)
        # each part walks its own end of the table: an OR would walk the rows in use
        below = select(row.c.id).where(row.c.id < low).limit(CHUNK)
        above = select(row.c.id).where(row.c.id >= high).limit(CHUNK)
        self.others = union_all(select(below.subquery()), select(above.subquery()))

        self.find = (
            select(*shown)
            .join(key, key.c.id == row.c.id)
            .where(key.c.key == bindparam("key"), key.c.id >= low, key.c.id < high)
            .order_by(key.c.id)
        )
        self.page = (
            select(*shown)
            .where(row.c.id >= low, row.c.id < high)
            .order_by(row.c.id)
            .limit(limit)
            .offset(offset)
        )
        # the page is cut from the index of words, before any row is fetched
        hits = (
            select(words.c.rowid)
            .where(literal_column(words.name).op("MATCH")(bindparam("query")))
            .where(words.c.rowid >= low, words.c.rowid < high)
            .order_by(words.c.rowid)
            .limit(limit)
            .offset(offset)
            .subquery()
        )
        self.search = select(*shown).join(hits, hits.c.rowid == row.c.id).order_by(row.c.id)
        self.size = select(func.count()).select_from(row).where(row.c.id >= low, row.c.id < high)
        self.ids = select(row.c.code, row.c.id).where(
            row.c.generation == bindparam("generation"),
            row.c.code.in_(bindparam("codes", expanding=True)),
        )
        self.read = select(row.c.id, *shown).where(row.c.id.in_(bindparam("ids", expanding=True)))

        self.delete_row = delete(row).where(row.c.id == of)
        self.delete_key = delete(key).where(key.c.key == bindparam("its"), key.c.id == of)
        self.delete_words = delete(words).where(words.c.rowid == of)
        self.insert_row, self.insert_key, self.insert_words = map(_sql, (row, key, words))


def _sql(table: Table) -> str:
    """The text that inserts a row, one mark to a column."""
    return str(insert(table).compile(dialect=SQLiteDialect_pysqlite(paramstyle="qmark")))


def _range(generation: int) -> dict[str, int]:
    return {"low": generation << GENERATION_BITS, "high": (generation + 1) << GENERATION_BITS}
