"""Fiscal archives: what was given out of the journal, so that entries may be let go that are in one."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
CREATE TABLE archive (
    last_seq INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL CHECK (first_seq > 0),
    file TEXT NOT NULL,
    folder TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    made_at TEXT NOT NULL,
    -- the latest of its entries' times
    newest_at TEXT NOT NULL,
    -- what the perpetual counters stood at behind its last entry
    last_number INTEGER NOT NULL,
    grand_total INTEGER NOT NULL,
    grand_total_absolute INTEGER NOT NULL,
    CHECK (first_seq <= last_seq)
) STRICT
""",
    """
CREATE TRIGGER archives_have_no_gap BEFORE INSERT ON archive
WHEN NEW.first_seq <> 1 + coalesce((SELECT max(last_seq) FROM archive), 0)
BEGIN SELECT raise(ABORT, 'the archives would have a gap'); END
""",
    """
CREATE TRIGGER archive_is_not_changed BEFORE UPDATE ON archive
BEGIN SELECT raise(ABORT, 'archive is not changed'); END
""",
    """
CREATE TRIGGER archive_is_not_deleted BEFORE DELETE ON archive
BEGIN SELECT raise(ABORT, 'archive is not deleted'); END
""",
    # when it was let go
    "ALTER TABLE retention ADD COLUMN at TEXT NOT NULL DEFAULT ''",
    """
CREATE TRIGGER what_is_let_go_is_archived_first BEFORE INSERT ON retention
WHEN NOT EXISTS (SELECT 1 FROM archive WHERE last_seq = NEW.through_seq)
BEGIN SELECT raise(ABORT, 'what is let go has to be in an archive'); END
""",
    """
CREATE TRIGGER what_is_let_go_is_archived BEFORE UPDATE ON retention
WHEN NOT EXISTS (SELECT 1 FROM archive WHERE last_seq = NEW.through_seq)
BEGIN SELECT raise(ABORT, 'what is let go has to be in an archive'); END
""",
)


def upgrade() -> None:
    """Make the table and its rules."""
    for statement in STATEMENTS:
        op.execute(statement.strip())
