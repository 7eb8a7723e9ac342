"""Print jobs: kept from before their first byte leaves until their end is known."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = (
    """
CREATE TABLE print_job (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    document TEXT NOT NULL,
    ticket TEXT NOT NULL,
    content BLOB NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'sending', 'sent', 'confirmed', 'unknown', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    -- the bytes that were about to leave, and their SHA-256
    data BLOB,
    hash BLOB,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT
""",
    """
CREATE INDEX print_job_unsettled ON print_job (position) WHERE state NOT IN ('confirmed', 'failed')
""",
    # what has ended stays ended, and what may be on paper is not sent again by itself
    """
CREATE TRIGGER print_job_has_ended BEFORE UPDATE OF state ON print_job
WHEN OLD.state IN ('confirmed', 'failed') AND NEW.state <> OLD.state
BEGIN SELECT raise(ABORT, 'a print job that has ended is not taken up again'); END
""",
    """
CREATE TRIGGER print_job_is_unknown BEFORE UPDATE OF state ON print_job
WHEN OLD.state = 'unknown' AND NEW.state NOT IN ('unknown', 'failed')
BEGIN SELECT raise(ABORT, 'a print job that may be on paper is not sent again'); END
""",
)


def upgrade() -> None:
    """Make the table."""
    for statement in TABLES:
        op.execute(statement.strip())
