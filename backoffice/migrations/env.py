"""What Alembic runs: the revisions, on the connection that `upgrade` holds."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
