"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UUID = sa.Uuid(as_uuid=False)


def _column(name: str, kind: Any, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=null)


def _numbered(name: str, *columns: "sa.schema.SchemaItem") -> None:
    """A table whose rows are numbered from 1, a number never given twice."""
    identifier = sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)
    op.create_table(name, identifier, *columns, sqlite_autoincrement=True)


def _keyed(name: str, key: tuple[str, ...], *columns: "sa.schema.SchemaItem") -> None:
    """A table of small rows that lie in the order of their key."""
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def _of_till() -> "sa.Column[Any]":
    return sa.Column("till", sa.Integer, sa.ForeignKey("till.id"), nullable=False)


def _shops_and_tills() -> None:
    _keyed("instance", ("name",), _column("name", sa.Text), _column("value", sa.Text))
    names = ("login", "name", "password_hash", "role")
    _keyed("person", ("login",), *(_column(name, sa.Text) for name in names))
    _numbered(
        "shop",
        sa.Column("uuid", UUID, nullable=False, unique=True),
        _column("name", sa.Text),
        _column("last_till", sa.Integer),
        _column("counter", sa.BigInteger),
        _column("floor", sa.BigInteger),
        sa.CheckConstraint("floor <= counter"),
    )
    _numbered(
        "till",
        sa.Column("uuid", UUID, nullable=False, unique=True),
        sa.Column("shop", sa.Integer, sa.ForeignKey("shop.id"), nullable=False),
        _column("number", sa.Text),
        _column("name", sa.Text),
        _column("created_at", sa.Text),
        _column("revoked_at", sa.Text, null=True),
        _column("epoch", sa.Integer),
        _column("database", sa.Text, null=True),
        _column("program", sa.Text, null=True),
        _column("schema", sa.Text, null=True),
        _column("base_seq", sa.BigInteger),
        _column("base_hash", sa.LargeBinary),
        _column("last_seq", sa.BigInteger),
        _column("last_hash", sa.LargeBinary),
        _column("top_seq", sa.BigInteger),
        _column("seen_at", sa.Text, null=True),
        _column("reset_boot", sa.Text, null=True),
        _column("reset_seq", sa.BigInteger, null=True),
        sa.UniqueConstraint("shop", "number"),
        sa.CheckConstraint("base_seq <= last_seq AND last_seq <= top_seq"),
    )
    _keyed(
        "till_key",
        ("till", "epoch"),
        _of_till(),
        _column("epoch", sa.Integer),
        _column("public_key", sa.LargeBinary),
        _column("database", sa.Text),
        _column("since", sa.Text),
    )
    _keyed(
        "enrolment",
        ("code_hash",),
        _column("code_hash", sa.LargeBinary),
        _of_till(),
        _column("made_at", sa.Text),
        _column("expires_at", sa.Text),
        _column("used_at", sa.Text, null=True),
    )


def _journals() -> None:
    op.create_table(
        "entry",
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("epoch", sa.Integer),
        _column("kind", sa.Text),
        _column("at", sa.Text),
        _column("received_at", sa.Text),
        _column("canonical", sa.LargeBinary),
        _column("prev_hash", sa.LargeBinary),
        _column("hash", sa.LargeBinary),
        _column("signature", sa.LargeBinary),
        sa.PrimaryKeyConstraint("till", "seq"),
        sa.CheckConstraint("seq > 0"),
    )
    _keyed(
        "quarantine",
        ("till", "seq"),
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("kind", sa.Text),
        _column("reason", sa.Text),
        _column("since", sa.Text),
        _column("resolved_at", sa.Text, null=True),
    )
    op.create_table(
        "conflict",
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("hash", sa.LargeBinary),
        _column("prev_hash", sa.LargeBinary),
        _column("canonical", sa.LargeBinary),
        _column("signature", sa.LargeBinary),
        _column("received_at", sa.Text),
        _column("reason", sa.Text),
        sa.PrimaryKeyConstraint("till", "seq", "hash"),
    )
    _numbered(
        "alarm",
        sa.Column("shop", sa.Integer, sa.ForeignKey("shop.id")),
        sa.Column("till", sa.Integer, sa.ForeignKey("till.id")),
        _column("at", sa.Text),
        _column("kind", sa.Text),
        _column("text", sa.Text),
        _column("seen_at", sa.Text, null=True),
    )


def _books() -> None:
    op.create_table(
        "ticket",
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("shop", sa.Integer),
        # for ever, whichever till it comes from
        sa.Column("uuid", UUID, nullable=False, unique=True),
        _column("number", sa.Text),
        _column("session", sa.Integer),
        _column("customer", sa.Text, null=True),
        _column("user", sa.Text),
        _column("opened_at", sa.Text),
        _column("closed_at", sa.Text),
        _column("subtotal", sa.BigInteger),
        _column("discount", sa.BigInteger),
        _column("total", sa.BigInteger),
        _column("change", sa.BigInteger),
        _column("value", sa.BigInteger),
        _column("refund_of", sa.Text, null=True),
        sa.PrimaryKeyConstraint("till", "seq"),
        sa.CheckConstraint("subtotal - discount = total"),
    )
    op.create_index("ticket_number", "ticket", ["shop", "number"])
    op.create_index("ticket_closed_at", "ticket", ["shop", "closed_at"])
    has_customer = sa.text("customer IS NOT NULL")
    op.create_index(
        "ticket_customer",
        "ticket",
        ["shop", "customer", "closed_at"],
        sqlite_where=has_customer,
        postgresql_where=has_customer,
    )
    _keyed(
        "ticket_line",
        ("till", "seq", "n"),
        _column("till", sa.Integer),
        _column("seq", sa.BigInteger),
        _column("n", sa.Integer),
        _column("code", sa.Text),
        _column("label", sa.Text),
        _column("quantity", sa.BigInteger),
        _column("unit_price", sa.BigInteger),
        _column("discount", sa.BigInteger),
        _column("total", sa.BigInteger),
        _column("vat_rate", sa.Text),
        _column("value", sa.BigInteger, null=True),
    )
    _keyed(
        "ticket_vat",
        ("till", "seq", "rate"),
        _column("till", sa.Integer),
        _column("seq", sa.BigInteger),
        _column("rate", sa.Text),
        _column("net", sa.BigInteger),
        _column("vat", sa.BigInteger),
        _column("gross", sa.BigInteger),
        sa.CheckConstraint("net + vat = gross"),
    )
    _keyed(
        "ticket_payment",
        ("till", "seq", "method"),
        _column("till", sa.Integer),
        _column("seq", sa.BigInteger),
        _column("method", sa.Text),
        _column("amount", sa.BigInteger),
        _column("times", sa.Integer),
    )


def _cash() -> None:
    _keyed(
        "cash_session",
        ("till", "number"),
        _of_till(),
        _column("number", sa.Integer),
        _column("seq", sa.BigInteger),
        _column("opened_at", sa.Text),
        _column("user", sa.Text),
        _column("float", sa.BigInteger),
        _column("closed_seq", sa.BigInteger, null=True),
        _column("closed_at", sa.Text, null=True),
    )
    _keyed(
        "cash_move",
        ("till", "seq"),
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("session", sa.Integer),
        _column("amount", sa.BigInteger),
        _column("reason", sa.Text),
        _column("user", sa.Text),
    )
    _keyed(
        "closing",
        ("till", "kind", "number"),
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("kind", sa.Text),
        _column("number", sa.Integer),
        _column("first_seq", sa.BigInteger),
        _column("last_seq", sa.BigInteger),
        _column("closed_at", sa.Text),
        _column("tickets", sa.Integer),
        _column("total", sa.BigInteger),
        _column("differences", sa.Text),
    )
    _keyed(
        "stock",
        ("shop", "code"),
        _column("shop", sa.Integer),
        _column("code", sa.Text),
        _column("quantity", sa.BigInteger),
    )


def _beneficiaries() -> None:
    _keyed(
        "beneficiary",
        ("shop", "customer"),
        sa.Column("shop", sa.Integer, sa.ForeignKey("shop.id"), nullable=False),
        _column("customer", sa.Text),
        _column("monthly", sa.BigInteger),
        _column("carries_over", sa.Boolean),
        _column("carried", sa.BigInteger),
        sa.CheckConstraint("monthly >= 0"),
    )


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("shop", sa.Integer, sa.ForeignKey("shop.id"), nullable=False),
        _column("kind", sa.Text),
        _column("code", sa.Text),
        _column("version", sa.BigInteger),
        _column("data", sa.LargeBinary, null=True),
        _column("scope", sa.Text, null=True),
        _column("changed_at", sa.Text),
        sa.PrimaryKeyConstraint("shop", "kind", "code"),
    )
    op.create_index("feed_version", "feed", ["shop", "version"], unique=True)
    _numbered(
        "message",
        sa.Column("shop", sa.Integer, sa.ForeignKey("shop.id"), nullable=False),
        sa.Column("till", sa.Integer, sa.ForeignKey("till.id")),
        _column("text", sa.Text),
        _column("at", sa.Text),
        _column("moment", sa.Text),
        _column("must_ack", sa.Boolean),
        _column("ends_at", sa.Text, null=True),
    )
    _keyed(
        "message_read",
        ("message", "till"),
        _column("message", sa.Integer),
        _of_till(),
        _column("seq", sa.BigInteger),
        _column("at", sa.Text),
    )


KEPT_FOR_EVER = ("entry", "conflict")


def _guard() -> None:
    """What tills sent is never changed nor taken away, whoever holds the database's password."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is kept as it came', TG_TABLE_NAME; END $$"
        )
        for table in KEPT_FOR_EVER:
            op.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in KEPT_FOR_EVER:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_is_kept_from_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT raise(ABORT, '{table} is kept as it came'); END"
            )


def upgrade() -> None:
    """Make everything."""
    _shops_and_tills()
    _journals()
    _books()
    _cash()
    _beneficiaries()
    _feed()
    _guard()
