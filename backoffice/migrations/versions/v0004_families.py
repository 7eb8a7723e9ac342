"""A line of a ticket keeps the family that its goods were sold under."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it; of lines that came before, nobody knows more than what the product is of now."""
    op.add_column("ticket_line", sa.Column("family", sa.Text))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("ticket_line") as table:
        table.drop_column("family")
