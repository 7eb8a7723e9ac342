"""Records that are found by any of their codes and by the words of their name: products, customers.

A whole new list is loaded beside the one in use, as its next *generation*, in small transactions between which scans
are written; one last small transaction makes it the current one. A generation's rows have ids in a range of their own,
which is how every statement knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from sync.store import settings
from sync.store.words import code_key, prefix_query, words_of

R = TypeVar("R")

GENERATION_BITS = 40
CHUNK = 500
"""Rows to a statement and a transaction while a list is loaded: a scan waits 17 ms at the most."""


@dataclass(frozen=True)
class Listing(Generic[R]):
    """One kind of records and its three tables: the rows, their keys, their words."""

    name: str
    columns: tuple[str, ...]
    """After `id`, `generation` and `code`, in the order that `values` gives them."""
    code: Callable[[R], str]
    codes: Callable[[R], Sequence[str]]
    """All codes that find it, its own first."""
    words: Callable[[R], str]
    """The text in which it is searched."""
    values: Callable[[R], tuple[Any, ...]]
    read: Callable[..., R]
    """The record, from its own code and its columns."""

    @property
    def _setting(self) -> str:
        return f"generation.{self.name}"

    @property
    def _shown(self) -> str:
        return ", ".join(f"r.{column}" for column in ("code", *self.columns))

    # --- generations

    def current(self, connection: Connection) -> int:
        """The generation in use; 0: nothing was ever loaded."""
        value = settings.get(connection, self._setting)
        return int(value) if value else 0

    def make_current(self, connection: Connection, generation: int) -> None:
        """Show this generation from now on."""
        settings.put(connection, self._setting, str(generation).encode())

    def next_generation(self, connection: Connection) -> int:
        """A generation that no row is of, not even those of a load that was cut."""
        last = connection.exec_driver_sql(f"SELECT max(id) FROM {self.name}").scalar_one_or_none() or 0
        return max(self.current(connection), int(last) >> GENERATION_BITS) + 1

    def clear_some(self, connection: Connection, generation: int) -> int:
        """Take away some rows that are not of this generation; gives how many."""
        low, high = _ids(generation)
        found = connection.exec_driver_sql(
            f"SELECT * FROM (SELECT id FROM {self.name} WHERE id < ? LIMIT ?) UNION ALL "
            f"SELECT * FROM (SELECT id FROM {self.name} WHERE id >= ? LIMIT ?)",
            (low, CHUNK, high, CHUNK),
        )
        ids = [row[0] for row in found]
        self._delete(connection, ids[:CHUNK])
        return len(ids[:CHUNK])

    # --- finding

    def find(self, connection: Connection, generation: int, code: str) -> list[R]:
        """The records that have this code, in the order in which they were loaded."""
        found = connection.exec_driver_sql(
            f"SELECT {self._shown} FROM {self.name}_key k JOIN {self.name} r ON r.id = k.id "
            "WHERE k.key = ? AND k.id >= ? AND k.id < ? ORDER BY k.id",
            (code_key(code), *_ids(generation)),
        )
        return [self.read(*row) for row in found]

    def search(self, connection: Connection, generation: int, text: str, limit: int, offset: int) -> list[R]:
        """A page of the records whose text has, for each word of `text`, one that begins with it."""
        query = prefix_query(text)
        if query is None:
            if text.strip():
                return []
            found = connection.exec_driver_sql(
                f"SELECT {self._shown} FROM {self.name} r WHERE r.id >= ? AND r.id < ? ORDER BY r.id LIMIT ? OFFSET ?",
                (*_ids(generation), limit, offset),
            )
        else:
            words = f"{self.name}_words"
            # the page is cut from the index before any row is fetched
            found = connection.exec_driver_sql(
                f"SELECT {self._shown} FROM (SELECT rowid FROM {words} WHERE {words} MATCH ? AND rowid >= ? AND "
                f"rowid < ? ORDER BY rowid LIMIT ? OFFSET ?) w JOIN {self.name} r ON r.id = w.rowid ORDER BY r.id",
                (query, *_ids(generation), limit, offset),
            )
        return [self.read(*row) for row in found]

    def size(self, connection: Connection, generation: int) -> int:
        """How many there are."""
        found = connection.exec_driver_sql(
            f"SELECT count(*) FROM {self.name} WHERE id >= ? AND id < ?", _ids(generation)
        )
        return int(found.scalar_one())

    # --- writing

    def next_id(self, connection: Connection, generation: int) -> int:
        """The id after the last one of a generation."""
        low, high = _ids(generation)
        last = connection.exec_driver_sql(
            f"SELECT max(id) FROM {self.name} WHERE id >= ? AND id < ?", (low, high)
        ).scalar_one_or_none()
        return low if last is None else last + 1

    def insert(self, connection: Connection, records: Sequence[tuple[int, R]]) -> None:
        """Write records with their ids, which tell their generation."""
        rows, keys, words = [], [], []
        for id_, record in records:
            rows.append((id_, id_ >> GENERATION_BITS, self.code(record), *self.values(record)))
            keys.extend((key, id_) for key in self._keys(record))
            words.append((id_, " ".join(words_of(self.words(record)))))
        marks = ", ".join("?" * (3 + len(self.columns)))
        connection.exec_driver_sql(
            f"INSERT INTO {self.name} (id, generation, code, {', '.join(self.columns)}) VALUES ({marks})", rows
        )
        connection.exec_driver_sql(f"INSERT INTO {self.name}_key (key, id) VALUES (?, ?)", keys)
        connection.exec_driver_sql(f"INSERT INTO {self.name}_words (rowid, words) VALUES (?, ?)", words)

    def put(self, connection: Connection, generation: int, records: Sequence[R]) -> None:
        """Write records, at most a chunk of them, in the place of those with the same codes, or at the end.

        Of two with one code the later one stands.
        """
        by_code = {self.code(record): record for record in records}
        known = self.ids(connection, generation, tuple(by_code))
        self._delete(connection, tuple(known.values()))
        free = count(self.next_id(connection, generation))
        self.insert(
            connection,
            [(known[code] if code in known else next(free), record) for code, record in by_code.items()],
        )

    def remove(self, connection: Connection, generation: int, codes: Sequence[str]) -> int:
        """Take records away, at most a chunk of them; gives how many there were."""
        known = self.ids(connection, generation, codes)
        self._delete(connection, tuple(known.values()))
        return len(known)

    def ids(self, connection: Connection, generation: int, codes: Sequence[str]) -> dict[str, int]:
        """The ids of the records of a generation that have these codes as their own, by code."""
        marks = ", ".join("?" * len(codes))
        found = connection.exec_driver_sql(
            f"SELECT code, id FROM {self.name} WHERE generation = ? AND code IN ({marks})", (generation, *codes)
        )
        return {code: id_ for code, id_ in found}

    def _delete(self, connection: Connection, ids: Sequence[int]) -> None:
        if not ids:
            return
        marks = ", ".join("?" * len(ids))
        found = connection.exec_driver_sql(
            f"SELECT r.id, {self._shown} FROM {self.name} r WHERE r.id IN ({marks})", tuple(ids)
        )
        keys = [(key, row[0]) for row in found for key in self._keys(self.read(*row[1:]))]
        connection.exec_driver_sql(f"DELETE FROM {self.name}_key WHERE key = ? AND id = ?", keys)
        for table, column in ((f"{self.name}_words", "rowid"), (self.name, "id")):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = ?", [(id_,) for id_ in ids])

    def _keys(self, record: R) -> set[str]:
        return {code_key(code) for code in self.codes(record)}


def _ids(generation: int) -> tuple[int, int]:
    return generation << GENERATION_BITS, (generation + 1) << GENERATION_BITS
