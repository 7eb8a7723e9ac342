"""The newest schema, written down whole: `python -m sync.store.migrations.ahead` makes `head.sql` from the revisions.

A new database is made by it, and so needs neither Alembic nor SQLAlchemy: they would take 36 MB and half a second of a
till's very first start. A database that is behind is brought up by the revisions.
"""

from __future__ import annotations

from sqlcipher3 import dbapi2 as sqlcipher

from sync.store.connection import Connection
from sync.store.migrations import HEAD, HEAD_SQL
from sync.store.migrations.upgrade import upgrade


def compiled() -> str:
    """The text of `head.sql`."""
    connection = Connection(sqlcipher.connect(":memory:", isolation_level=None))
    try:
        upgrade(connection, None)
        found = connection.all("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
    finally:
        connection.close()
    # the tables that a full-text table keeps its own data in are made along with it
    full_text = tuple(f"{name}_" for name, sql in found if sql.startswith("CREATE VIRTUAL TABLE"))
    return "\n\n".join(
        (
            "-- The newest schema, for a new database. Made by `python -m sync.store.migrations.ahead`: do not edit.",
            *(f"{sql.strip()};" for name, sql in found if not name.startswith(full_text)),
            f"INSERT INTO alembic_version VALUES ('{HEAD}');\n",  # noqa: S608 - our own constant
        )
    )


def main() -> None:
    """Write it."""
    HEAD_SQL.write_text(compiled(), "utf-8")


if __name__ == "__main__":
    main()
