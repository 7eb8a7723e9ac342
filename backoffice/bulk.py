"""Many rows at once: one statement with all their values, which both databases take best.

On SQLite each row by itself would give up and take back the interpreter's lock, and the event loop's thread would get
in between each time; on PostgreSQL each would be a message of its own to the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from backoffice.schema import metadata

_MOST_VALUES = {"sqlite": 8_000, "postgresql": 2_048}
"""Of one statement: by measurement; they would take 32,766 and 32,767."""

Row = tuple[Any, ...]


def insert_rows(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row], ending: str = ""
) -> None:
    """Insert rows.

    Args:
        columns: in the order of each row's values.
        rows: no two of which an `ON CONFLICT … DO UPDATE` takes for the same.
        ending: what follows the values: `ON CONFLICT …`, in the words that both databases have.
    """
    dialect = connection.dialect.name
    for chunk in _chunks(rows, _MOST_VALUES[dialect] // len(columns)):
        statement = _statement(dialect, table, columns, ending, len(chunk))
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(chunk)))


def _chunks(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    """Chunks of sizes that come again, so that the driver knows most statements already."""
    start = 0
    while start < len(rows):
        left = min(len(rows) - start, most)
        size = 1 << (left.bit_length() - 1)
        yield rows[start : start + size]
        start += size


@lru_cache(maxsize=512)
def _statement(dialect: str, table: str, columns: tuple[str, ...], ending: str, count: int) -> str:
    unknown = set(columns) - set(metadata.tables[table].columns.keys())
    if unknown:
        raise ValueError(f"{table} has no {unknown}")
    width = len(columns)
    places = ["?"] * width * count if dialect == "sqlite" else [f"${n}" for n in range(1, width * count + 1)]
    rows = (f"({', '.join(places[start : start + width])})" for start in range(0, len(places), width))
    names = ", ".join(f'"{name}"' for name in columns)
    # names are those of the schema, never anybody's input
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join(rows)} {ending}'  # noqa: S608
