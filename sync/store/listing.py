"""Records that are found by any of their codes and by the words of their name: products, customers.

A whole new list is loaded beside the one in use, as its next *generation*, in small transactions between which scans
are written; one last small transaction makes it the current one. A generation's rows have ids in a range of their own,
which is how every statement tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Generic, TypeVar

import msgspec

from sync.store import settings
from sync.store.connection import Connection
from sync.store.listing_sql import OfListing
from sync.store.words import code_key, prefix_query, words_of

R = TypeVar("R")

GENERATION_BITS = 40
CHUNK = 500
"""Rows to a statement and a transaction while a list is loaded: a scan waits 17 ms at the most."""


class Listing(Generic[R]):
    """One kind of records.

    Args:
        name: of the table of the rows: `id`, `generation`, `code`, then those that `values` gives. Beside it are a
            table of keys and one of words.
        sql: its statements.
        codes: all codes that find a record, its own first.
        words: the text in which a record is searched.
        values: a record's columns after its code, by name.
        read: the record again, from its code and those columns.
    """

    def __init__(
        self,
        name: str,
        sql: OfListing[str],
        *,
        code: Callable[[R], str],
        codes: Callable[[R], Sequence[str]],
        words: Callable[[R], str],
        values: Callable[[R], dict[str, object]],
        read: Callable[..., R],
    ) -> None:
        self.name = name
        self.code = code
        self._codes = codes
        self._words = words
        self._values = values
        self._read = read
        self._sql = sql

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
        last = connection.value(self._sql.last) or 0
        return max(self.current(connection), last >> GENERATION_BITS) + 1

    def prepare(self, connection: Connection) -> None:
        """Before rows of another generation are written or cleared: what is dead in the index of words stays there.

        FTS5 would take whole segments up once a tenth of their rows are gone, in the middle of a step and in one go
        (measured at 20,000 rows: 500 ms for one step, where it is 50 ms so). The merges of later loads drop them:
        the index holds what some loads have left, and no more however many come.
        """
        words = f"{self.name}_words"
        connection.do(f"INSERT INTO {words} ({words}, rank) VALUES ('deletemerge', 0)")  # noqa: S608 - our own name

    def clear_some(
        self, connection: Connection, generation: int, most: int = CHUNK, *, later: bool = True
    ) -> int:
        """Take away some rows that are not of this generation; gives how many.

        Args:
            later: of generations after it too, which a load may be writing.
        """
        bounds = _range(generation)
        found = connection.all(self._sql.others, limit=most, **(bounds if later else bounds | {"high": _END}))
        ids = [id_ for (id_,) in found[:most]]
        self._delete(connection, ids)
        return len(ids)

    # --- finding

    def find(self, connection: Connection, generation: int, code: str) -> list[R]:
        """The records that have this code, in the order in which they were loaded."""
        found = connection.all(self._sql.find, key=code_key(code), **_range(generation))
        return [self._read(*row) for row in found]

    def search(self, connection: Connection, generation: int, text: str, limit: int, offset: int) -> list[R]:
        """A page of the records whose text has, for each word of `text`, one that begins with it."""
        query = prefix_query(text)
        page = {"limit": limit, "offset": offset, **_range(generation)}
        if query is not None:
            found = connection.all(self._sql.search, query=query, **page)
        elif text.strip():
            return []
        else:
            found = connection.all(self._sql.page, **page)
        return [self._read(*row) for row in found]

    def size(self, connection: Connection, generation: int) -> int:
        """How many there are."""
        return int(connection.value(self._sql.size, **_range(generation)))

    def ids(self, connection: Connection, generation: int, codes: Sequence[str]) -> dict[str, int]:
        """The ids of the records of a generation that have these codes as their own, by code."""
        return dict(connection.all(self._sql.ids, generation=generation, codes=_json(codes)))

    # --- writing

    def insert(self, connection: Connection, records: Sequence[tuple[int, R]]) -> None:
        """Write records with their ids, which tell their generation."""
        rows: list[dict[str, object]] = []
        keys: list[dict[str, object]] = []
        words: list[dict[str, object]] = []
        for id_, record in records:
            own = {"id": id_, "generation": id_ >> GENERATION_BITS, "code": self.code(record)}
            rows.append(own | self._values(record))
            keys.extend({"key": key, "id": id_} for key in self._keys(record))
            words.append({"rowid": id_, "words": " ".join(words_of(self._words(record)))})
        connection.many(self._sql.insert_row, rows)
        connection.many(self._sql.insert_key, keys)
        connection.many(self._sql.insert_words, words)

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
        last = connection.value(self._sql.last_of, **_range(generation))
        return int(_range(generation)["low"] if last is None else last + 1)

    def _delete(self, connection: Connection, ids: Sequence[int]) -> None:
        if not ids:
            return
        rows = connection.all(self._sql.read, ids=_json(ids))
        keys = [{"of": id_, "its": key} for id_, *row in rows for key in self._keys(self._read(*row))]
        connection.many(self._sql.delete_key, keys)
        for statement in (self._sql.delete_words, self._sql.delete_row):
            connection.many(statement, [{"of": id_} for id_ in ids])

    def _keys(self, record: R) -> set[str]:
        return {code_key(code) for code in self._codes(record)}


_END = (1 << 63) - 1
"""Behind every id."""


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()


def _range(generation: int) -> dict[str, int]:
    return {"low": generation << GENERATION_BITS, "high": (generation + 1) << GENERATION_BITS}
