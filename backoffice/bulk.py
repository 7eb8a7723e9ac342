"""Many rows at once, as fast as each database takes them.

SQLite runs one statement with all values: each row by itself would give up and take back the interpreter's lock, and
the event loop's thread would get in between each time. PostgreSQL's driver sends rows in one round trip by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from backoffice.schema import metadata

_MOST_VALUES = 8_000
"""Of one statement; SQLite takes 32,766."""

Row = tuple[Any, ...]


def insert_rows(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row], ending: str = ""
) -> None:
    """Insert rows.

    Args:
        columns: in the order of each row's values.
        ending: what follows the values: `ON CONFLICT …`, in the words that both databases have.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_numbered(table, columns, ending), list(rows))
        return
    for chunk in _chunks(rows, _MOST_VALUES // len(columns)):
        values = tuple(value for row in chunk for value in row)
        connection.exec_driver_sql(_listed(table, columns, ending, len(chunk)), values)


def _chunks(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    """Chunks of sizes that come again, so that the driver knows most statements already."""
    start = 0
    while start < len(rows):
        left = min(len(rows) - start, most)
        size = 1 << (left.bit_length() - 1)
        yield rows[start : start + size]
        start += size


@lru_cache(maxsize=256)
def _listed(table: str, columns: tuple[str, ...], ending: str, count: int) -> str:
    one = "(" + ", ".join("?" * len(columns)) + ")"
    return f"{_beginning(table, columns)} {', '.join([one] * count)} {ending}"


@lru_cache(maxsize=64)
def _numbered(table: str, columns: tuple[str, ...], ending: str) -> str:
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    return f"{_beginning(table, columns)} ({places}) {ending}"


def _beginning(table: str, columns: tuple[str, ...]) -> str:
    unknown = set(columns) - set(metadata.tables[table].columns.keys())
    if unknown:
        raise ValueError(f"{table} has no {unknown}")
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES'
