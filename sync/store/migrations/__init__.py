"""The database's schema, brought up step by step by Alembic.

`HEAD` is the schema of this program. To look at it costs nothing; Alembic is imported only where a database is behind.
"""

HEAD = "0002"
"""The newest revision in `versions`."""
