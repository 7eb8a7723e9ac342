"""The database's schema, brought up step by step by Alembic.

`HEAD` is the schema of this program, and `head.sql` makes it whole. To look at them costs nothing; Alembic is imported
only where a database is behind.
"""

from pathlib import Path

HEAD = "0005"
"""The newest revision in `versions`."""

HEAD_SQL = Path(__file__).with_name("head.sql")
"""All of it at once, for a new database."""
