"""What a budget holds of the month before is counted again when tickets of that month come late."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what that takes; what was carried before stays as it is."""
    op.add_column("beneficiary", sa.Column("carrying", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("beneficiary", sa.Column("granted_before", sa.BigInteger))
    op.execute("UPDATE beneficiary SET carrying = (carried <> 0)")


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("beneficiary") as table:
        table.drop_column("granted_before")
        table.drop_column("carrying")
