-- The newest schema, for a new database. Made by `python -m sync.store.migrations.ahead`: do not edit.

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE retention (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    through_seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
, at TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    canonical BLOB NOT NULL,
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    opened_at TEXT NOT NULL,
    float INTEGER NOT NULL,
    user TEXT NOT NULL,
    closed_seq INTEGER UNIQUE,
    closed_at TEXT,
    CHECK ((closed_seq IS NULL) = (closed_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX one_session_open ON session ((1)) WHERE closed_seq IS NULL;

CREATE TABLE cash_move (
    seq INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES session (id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    reason TEXT NOT NULL
) STRICT;

CREATE INDEX cash_move_session ON cash_move (session);

CREATE TABLE closing (
    kind TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE open_ticket (
    uuid TEXT PRIMARY KEY,
    header BLOB NOT NULL,
    -- in which order tickets were set aside; none: it is the one being made
    held INTEGER UNIQUE,
    held_at TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_ticket_open ON open_ticket ((1)) WHERE held IS NULL;

CREATE TABLE open_line (
    uuid TEXT NOT NULL REFERENCES open_ticket (uuid) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (uuid, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_ticket (
    seq INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    uuid TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES session (id),
    closed_at TEXT NOT NULL,
    total INTEGER NOT NULL,
    change INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    user TEXT NOT NULL,
    customer TEXT,
    refund_of TEXT
) STRICT;

CREATE INDEX closed_ticket_session ON closed_ticket (session);

CREATE INDEX closed_ticket_closed_at ON closed_ticket (closed_at);

CREATE INDEX closed_ticket_customer ON closed_ticket (customer) WHERE customer IS NOT NULL;

CREATE INDEX closed_ticket_refund_of ON closed_ticket (refund_of) WHERE refund_of IS NOT NULL;

CREATE TABLE closed_vat (
    seq INTEGER NOT NULL REFERENCES closed_ticket (seq) ON DELETE CASCADE,
    rate TEXT NOT NULL,
    net INTEGER NOT NULL,
    vat INTEGER NOT NULL,
    gross INTEGER NOT NULL,
    PRIMARY KEY (seq, rate),
    CHECK (net + vat = gross)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_payment (
    seq INTEGER NOT NULL REFERENCES closed_ticket (seq) ON DELETE CASCADE,
    method TEXT NOT NULL,
    amount INTEGER NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (seq, method)
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
    id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    unit_price INTEGER,
    vat_rate TEXT NOT NULL,
    family TEXT NOT NULL,
    weighed INTEGER NOT NULL,
    unit TEXT NOT NULL,
    content TEXT,
    other_codes TEXT
) STRICT;

CREATE UNIQUE INDEX product_code_of_generation ON product (code, generation);

CREATE TABLE product_key (key TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE product_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'unicode61'
);

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    tariff TEXT,
    cards TEXT
, groups TEXT, phone TEXT NOT NULL DEFAULT '', email TEXT NOT NULL DEFAULT '', consent INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE UNIQUE INDEX customer_code_of_generation ON customer (code, generation);

CREATE TABLE customer_key (key TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE customer_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'unicode61'
);

CREATE TABLE reference (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_has_no_gap BEFORE INSERT ON journal
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM journal), (SELECT through_seq FROM retention), 0)
BEGIN SELECT raise(ABORT, 'the journal would have a gap'); END;

CREATE TRIGGER journal_is_a_chain BEFORE INSERT ON journal
WHEN NEW.prev_hash <> coalesce(
    (SELECT hash FROM journal WHERE seq = NEW.seq - 1), (SELECT hash FROM retention), zeroblob(32)
)
BEGIN SELECT raise(ABORT, 'the journal entry does not follow the last one'); END;

CREATE TRIGGER retention_only_grows BEFORE UPDATE ON retention WHEN NEW.through_seq < OLD.through_seq
BEGIN SELECT raise(ABORT, 'what was let go does not come back'); END;

CREATE TRIGGER retention_stays BEFORE DELETE ON retention
BEGIN SELECT raise(ABORT, 'the mark of what was let go stays'); END;

CREATE TRIGGER a_closed_session_stays BEFORE UPDATE ON session WHEN OLD.closed_seq IS NOT NULL
BEGIN SELECT raise(ABORT, 'a closed session does not change'); END;

CREATE TRIGGER closing_has_no_gap BEFORE INSERT ON closing
WHEN NEW.number <> 1 + coalesce((SELECT max(number) FROM closing WHERE kind = NEW.kind), 0)
BEGIN SELECT raise(ABORT, 'closings would have a gap'); END;

CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'journal is not changed'); END;

CREATE TRIGGER closed_ticket_is_not_changed BEFORE UPDATE ON closed_ticket BEGIN SELECT raise(ABORT, 'closed_ticket is not changed'); END;

CREATE TRIGGER closed_vat_is_not_changed BEFORE UPDATE ON closed_vat BEGIN SELECT raise(ABORT, 'closed_vat is not changed'); END;

CREATE TRIGGER closed_payment_is_not_changed BEFORE UPDATE ON closed_payment BEGIN SELECT raise(ABORT, 'closed_payment is not changed'); END;

CREATE TRIGGER cash_move_is_not_changed BEFORE UPDATE ON cash_move BEGIN SELECT raise(ABORT, 'cash_move is not changed'); END;

CREATE TRIGGER closing_is_not_changed BEFORE UPDATE ON closing BEGIN SELECT raise(ABORT, 'closing is not changed'); END;

CREATE TRIGGER session_is_not_deleted BEFORE DELETE ON session BEGIN SELECT raise(ABORT, 'session is not deleted'); END;

CREATE TRIGGER cash_move_is_not_deleted BEFORE DELETE ON cash_move BEGIN SELECT raise(ABORT, 'cash_move is not deleted'); END;

CREATE TRIGGER closing_is_not_deleted BEFORE DELETE ON closing BEGIN SELECT raise(ABORT, 'closing is not deleted'); END;

CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal WHEN OLD.seq > coalesce((SELECT through_seq FROM retention), 0) BEGIN SELECT raise(ABORT, 'journal is not deleted'); END;

CREATE TRIGGER closed_ticket_is_not_deleted BEFORE DELETE ON closed_ticket WHEN OLD.seq > coalesce((SELECT through_seq FROM retention), 0) BEGIN SELECT raise(ABORT, 'closed_ticket is not deleted'); END;

CREATE TRIGGER closed_vat_is_not_deleted BEFORE DELETE ON closed_vat WHEN OLD.seq > coalesce((SELECT through_seq FROM retention), 0) BEGIN SELECT raise(ABORT, 'closed_vat is not deleted'); END;

CREATE TRIGGER closed_payment_is_not_deleted BEFORE DELETE ON closed_payment WHEN OLD.seq > coalesce((SELECT through_seq FROM retention), 0) BEGIN SELECT raise(ABORT, 'closed_payment is not deleted'); END;

CREATE TABLE refusal (
    seq INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

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

CREATE INDEX journal_customer ON journal (seq) WHERE kind = 'customer';

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
) STRICT;

CREATE INDEX print_job_unsettled ON print_job (position) WHERE state NOT IN ('confirmed', 'failed');

CREATE TRIGGER print_job_has_ended BEFORE UPDATE OF state ON print_job
WHEN OLD.state IN ('confirmed', 'failed') AND NEW.state <> OLD.state
BEGIN SELECT raise(ABORT, 'a print job that has ended is not taken up again'); END;

CREATE TRIGGER print_job_is_unknown BEFORE UPDATE OF state ON print_job
WHEN OLD.state = 'unknown' AND NEW.state NOT IN ('unknown', 'failed')
BEGIN SELECT raise(ABORT, 'a print job that may be on paper is not sent again'); END;

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
) STRICT;

CREATE TRIGGER archives_have_no_gap BEFORE INSERT ON archive
WHEN NEW.first_seq <> 1 + coalesce((SELECT max(last_seq) FROM archive), 0)
BEGIN SELECT raise(ABORT, 'the archives would have a gap'); END;

CREATE TRIGGER archive_is_not_changed BEFORE UPDATE ON archive
BEGIN SELECT raise(ABORT, 'archive is not changed'); END;

CREATE TRIGGER archive_is_not_deleted BEFORE DELETE ON archive
BEGIN SELECT raise(ABORT, 'archive is not deleted'); END;

CREATE TRIGGER what_is_let_go_is_archived_first BEFORE INSERT ON retention
WHEN NOT EXISTS (SELECT 1 FROM archive WHERE last_seq = NEW.through_seq)
BEGIN SELECT raise(ABORT, 'what is let go has to be in an archive'); END;

CREATE TRIGGER what_is_let_go_is_archived BEFORE UPDATE ON retention
WHEN NOT EXISTS (SELECT 1 FROM archive WHERE last_seq = NEW.through_seq)
BEGIN SELECT raise(ABORT, 'what is let go has to be in an archive'); END;

INSERT INTO alembic_version VALUES ('0005');
