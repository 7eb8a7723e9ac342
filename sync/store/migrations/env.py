"""What Alembic runs: the revisions, on the encrypted connection that `upgrade` holds."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
