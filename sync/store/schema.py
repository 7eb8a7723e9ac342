"""The tables, as the statements of this package name them. The migrations make them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key)


def _integer(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, autoincrement=False)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary)


setting = Table("setting", metadata, _text("name", key=True), _bytes("value"))
counter = Table("counter", metadata, _text("name", key=True), _integer("value"))
retention = Table(
    "retention",
    metadata,
    _integer("one", key=True),
    _integer("through_seq"),
    _bytes("hash"),
    _text("at"),
)
archive = Table(
    "archive",
    metadata,
    _integer("last_seq", key=True),
    _integer("first_seq"),
    _text("file"),
    _text("folder"),
    _text("sha256"),
    _text("made_at"),
    _text("newest_at"),
    _integer("last_number"),
    _integer("grand_total"),
    _integer("grand_total_absolute"),
)

journal = Table(
    "journal",
    metadata,
    _integer("seq", key=True),
    _text("kind"),
    _text("at"),
    _bytes("canonical"),
    _bytes("prev_hash"),
    _bytes("hash"),
    _bytes("signature"),
)

session = Table(
    "session",
    metadata,
    _integer("id", key=True),
    _integer("seq"),
    _text("opened_at"),
    _integer("float"),
    _text("user"),
    _integer("closed_seq"),
    _text("closed_at"),
)
cash_move = Table(
    "cash_move", metadata, _integer("seq", key=True), _integer("session"), _integer("amount"), _text("reason")
)
closing = Table(
    "closing",
    metadata,
    _text("kind", key=True),
    _integer("number", key=True),
    _integer("first_seq"),
    _integer("last_seq"),
    _bytes("body"),
)

open_ticket = Table(
    "open_ticket", metadata, _text("uuid", key=True), _bytes("header"), _integer("held"), _text("held_at")
)
open_line = Table("open_line", metadata, _text("uuid", key=True), _integer("n", key=True), _bytes("data"))

closed_ticket = Table(
    "closed_ticket",
    metadata,
    _integer("seq", key=True),
    _text("number"),
    _text("uuid"),
    _integer("session"),
    _text("closed_at"),
    _integer("total"),
    _integer("change"),
    _integer("lines"),
    _text("user"),
    _text("customer"),
    _text("refund_of"),
)
closed_vat = Table(
    "closed_vat",
    metadata,
    _integer("seq", key=True),
    _text("rate", key=True),
    _integer("net"),
    _integer("vat"),
    _integer("gross"),
)
closed_payment = Table(
    "closed_payment",
    metadata,
    _integer("seq", key=True),
    _text("method", key=True),
    _integer("amount"),
    _integer("times"),
)

product = Table(
    "product",
    metadata,
    _integer("id", key=True),
    _integer("generation"),
    _text("code"),
    _text("label"),
    _integer("unit_price"),
    _text("vat_rate"),
    _text("family"),
    _integer("weighed"),
    _text("unit"),
    _text("content"),
    _text("other_codes"),
)
product_key = Table("product_key", metadata, _text("key", key=True), _integer("id", key=True))
product_words = Table("product_words", metadata, _integer("rowid", key=True), _text("words"))

customer = Table(
    "customer",
    metadata,
    _integer("id", key=True),
    _integer("generation"),
    _text("code"),
    _text("name"),
    _text("tariff"),
    _text("cards"),
    _text("groups"),
    _text("phone"),
    _text("email"),
    _integer("consent"),
)
customer_key = Table("customer_key", metadata, _text("key", key=True), _integer("id", key=True))
customer_words = Table("customer_words", metadata, _integer("rowid", key=True), _text("words"))

reference = Table(
    "reference",
    metadata,
    _text("kind", key=True),
    _text("code", key=True),
    _integer("position"),
    _bytes("data"),
)

refusal = Table("refusal", metadata, _integer("seq", key=True), _text("status"), _text("reason"), _text("at"))
download = Table("download", metadata, _text("name", key=True), _integer("start", key=True), _bytes("data"))
message = Table(
    "message", metadata, _text("id", key=True), _integer("position"), _bytes("data"), _text("read_at")
)
print_job = Table(
    "print_job",
    metadata,
    Column("position", Integer, primary_key=True),  # the database counts
    _text("id"),
    _text("device"),
    _text("document"),
    _text("ticket"),
    _bytes("content"),
    _text("state"),
    _integer("attempts"),
    _text("reason"),
    _bytes("data"),
    _bytes("hash"),
    _text("created_at"),
    _text("changed_at"),
)
