"""What the engine keeps: entries that the server did not take, a snapshot under way, messages."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
-- what the server said of an entry that it did not book as it was sent
CREATE TABLE refusal (
    seq INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

-- the bytes of a snapshot as far as they have come: never outside the encrypted file
CREATE TABLE download (
    name TEXT NOT NULL,
    start INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (name, start)
) STRICT;

CREATE TABLE message (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    data BLOB NOT NULL,
    -- when somebody here said that it was read
    read_at TEXT
) STRICT;
"""


def upgrade() -> None:
    """Make the tables."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
