"""What a budget holds of the months before is counted again when tickets of those come late."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what that takes; what was carried before stays as it is."""
    op.add_column("beneficiary", sa.Column("carrying_since", sa.Text))
    op.add_column("beneficiary", sa.Column("granted_before", sa.BigInteger))
    # since when, nothing needs to know: what was granted is not known, and the tickets are not counted again
    op.execute("UPDATE beneficiary SET carrying_since = '' WHERE carried <> 0")


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("beneficiary") as table:
        table.drop_column("granted_before")
        table.drop_column("carrying_since")
