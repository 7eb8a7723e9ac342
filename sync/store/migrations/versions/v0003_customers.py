"""Customers made and changed at the till: what is asked of them, and where their entries stand."""

from alembic import op

revision = "0003"
down_revision = "0002"

CHANGES = """
ALTER TABLE customer ADD COLUMN groups TEXT;
ALTER TABLE customer ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN consent INTEGER NOT NULL DEFAULT 0;

-- a feed that brings customers looks for those changed here that the server has not heard of
CREATE INDEX journal_customer ON journal (seq) WHERE kind = 'customer';
"""


def upgrade() -> None:
    """Change the table."""
    for statement in CHANGES.split(";\n"):
        if statement.strip():
            op.execute(statement)
