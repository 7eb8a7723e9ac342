"""Nonces of calls that must not be repeated, for all processes of a server."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "nonce",
        sa.Column("till", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("till", "value"),
        sqlite_with_rowid=False,
    )
    op.create_index("nonce_at", "nonce", ["at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("nonce")
