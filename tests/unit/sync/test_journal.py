from __future__ import annotations

from pathlib import Path

import pytest

from sync.store import DamagedStore, JournalBroken, Problem, Refused, Store, VerifyReport, open_store
from sync.store.connection import Connection
from tests.unit.sync.books import Books, meddle


async def three_sales(profile: Path) -> None:
    store = await open_store(profile)
    books = Books(store)
    for total in (500, 1055, -300):
        await books.sell(total)
    await store.close()


async def examined(profile: Path) -> VerifyReport:
    store = await open_store(profile)
    try:
        return await store.journal.examine()
    finally:
        await store.close()


async def run(store: Store, statement: str) -> None:
    def execute(connection: Connection) -> None:
        connection.do("BEGIN IMMEDIATE")
        try:
            connection.do(statement)
            connection.do("COMMIT")
        finally:
            connection.rollback()

    await store._database.alone(execute)


async def test_entries_come_in_their_order_a_page_at_a_time(books: Books) -> None:
    for n in range(5):
        await books.note(f"event {n}")

    page = await books.store.journal.entries(after=2, limit=3)

    assert [entry.seq for entry in page] == [3, 4, 5]
    assert await books.store.journal.entries(after=6) == []
    assert await books.store.journal.entry(7) is None


async def test_a_whole_journal_verifies_and_says_what_it_holds(books: Books) -> None:
    checked: list[int] = []
    for total in (500, 1055, -300):
        await books.sell(total)

    report = await books.store.journal.verify(checked.append)

    assert report == VerifyReport(entries=5, tickets=3, first_seq=1, last_seq=5, problems=())
    assert report.ok
    assert checked == [5]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET kind = 'event' WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 5",
        "INSERT INTO journal SELECT 7, kind, at, canonical, prev_hash, hash, signature FROM journal WHERE seq = 5",
        "INSERT INTO journal SELECT 6, kind, at, canonical, prev_hash, hash, signature FROM journal WHERE seq = 5",
        "UPDATE closed_ticket SET total = 1",
        "DELETE FROM closed_ticket",
        "UPDATE closed_vat SET rate = '20'",
        "DELETE FROM closed_payment",
        "UPDATE closing SET number = 2",
        "DELETE FROM closing",
        "DELETE FROM session",
        "UPDATE cash_move SET amount = 1",
        "DELETE FROM cash_move",
    ],
)
async def test_the_database_refuses_to_change_what_is_closed(books: Books, statement: str) -> None:
    for total in (500, 1055, -300):
        await books.sell(total)
    async with books.store.transaction() as transaction:
        await transaction.cash_moved(1, 5, 100, "float")
        await transaction.keep_closing("z", 1, 1, 5, b"{}")

    with pytest.raises(Refused):
        await run(books.store, statement)

    assert (await books.store.journal.verify()).tickets == 3


async def test_the_retention_job_lets_go_what_it_has_marked_and_no_more(books: Books) -> None:
    for _ in range(4):
        await books.sell()
    mark = "INSERT INTO retention SELECT 1, seq, hash, at FROM journal WHERE seq = 4"
    with pytest.raises(Refused, match="has to be in an archive"):
        await run(books.store, mark)
    archive = "INSERT INTO archive VALUES (4, 1, 'a.zip', '/', printf('%064d', 1), '', '', 2, 2110, 2110)"
    await run(books.store, archive)
    await run(books.store, mark)

    with pytest.raises(Refused, match="not deleted"):
        await run(books.store, "DELETE FROM journal WHERE seq <= 5")
    await run(books.store, "DELETE FROM journal WHERE seq <= 4")
    await run(books.store, "DELETE FROM closed_ticket WHERE seq <= 4")

    report = await books.store.journal.examine()
    assert (report.first_seq, report.last_seq, report.tickets) == (5, 6, 2)
    # nothing but what was signed is believed: no entry tells of this
    assert len(report.problems) == 2
    with pytest.raises(Refused):
        await run(books.store, "UPDATE retention SET through_seq = 0")
    with pytest.raises(Refused):
        await run(books.store, "DELETE FROM retention")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE journal SET canonical = CAST(replace(canonical, '500', '900') AS BLOB) WHERE seq = 3",
            "hash",
        ),
        ("UPDATE journal SET signature = zeroblob(64) WHERE seq = 3", "signature"),
        ("UPDATE journal SET hash = zeroblob(32) WHERE seq = 3", "hash"),
        ("UPDATE journal SET kind = 'event' WHERE seq = 3", "what was signed"),
        ("UPDATE journal SET at = '2026-01-01T00:00:00.000Z' WHERE seq = 3", "what was signed"),
        ("UPDATE closed_ticket SET total = 400 WHERE seq = 3", "another total"),
        ("UPDATE closed_ticket SET number = '1-000009' WHERE seq = 3", "another number"),
        ("UPDATE closed_vat SET rate = '20' WHERE seq = 3", "another vat"),
        ("UPDATE closed_payment SET method = 'CARD' WHERE seq = 3", "another payments"),
        ("DELETE FROM closed_ticket WHERE seq = 3", "missing from the closed tickets"),
    ],
)
async def test_tampering_is_found_at_its_entry(profile: Path, change: str, problem: str) -> None:
    await three_sales(profile)
    meddle(profile, "PRAGMA foreign_keys = OFF", change)

    report = await examined(profile)

    assert not report.ok
    assert report.problems[0].position == 3
    assert problem in report.problems[0].reason


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE counter SET value = value + 1 WHERE name = 'ticket'",
            "counter ticket stands at 4 instead of 3",
        ),
        ("UPDATE counter SET value = 0 WHERE name = 'grand_total'", "counter grand_total stands at 0"),
        ("DELETE FROM counter WHERE name = 'grand_total_absolute'", "grand_total_absolute"),
        (
            "INSERT INTO closed_ticket VALUES (99, 'x', 'y', 1, '2026', 1, 0, 1, '1', NULL, NULL)",
            "4 closed tickets are kept, 3 are in the journal",
        ),
        ("INSERT INTO closing VALUES ('z', 2, 1, 5, x'00')", "closings of kind z"),
    ],
)
async def test_books_that_do_not_add_up_are_found(profile: Path, change: str, problem: str) -> None:
    await three_sales(profile)
    meddle(profile, change)

    report = await examined(profile)

    assert [problem in found.reason for found in report.problems] == [True]
    assert report.problems[0].position == 0


async def test_an_entry_that_is_signed_and_says_nothing_of_its_kind_is_found(books: Books) -> None:
    await books.note()
    async with books.store.transaction() as transaction:
        entry = await transaction.append("event", {"code": 5}, at=books.tick())
    await books.note()

    report = await books.store.journal.examine()

    assert [problem.position for problem in report.problems] == [entry.seq]
    assert "its content is not that of a event" in str(report.problems[0].reason)


async def test_a_ticket_that_is_kept_for_an_entry_of_another_kind_is_found_there(profile: Path) -> None:
    await three_sales(profile)
    meddle(profile, "INSERT INTO closed_ticket VALUES (1, 'x', 'y', 1, '2026', 1, 0, 1, '1', NULL, NULL)")

    report = await examined(profile)

    assert report.problems[0] == Problem(1, "ticket x is kept for it, but it is no ticket")


async def test_an_entry_that_was_taken_out_is_found(profile: Path) -> None:
    await three_sales(profile)
    meddle(profile, "DELETE FROM journal WHERE seq = 4")

    report = await examined(profile)

    assert report.problems[0] == Problem(5, "follows 3: positions must have no gap")


async def test_a_journal_of_another_till_is_found(profile: Path, tmp_path: Path) -> None:
    """The key was changed with the database: every signature is a stranger's."""
    await three_sales(profile)
    store = await open_store(profile)
    try:
        store.journal.public_key = bytes(32)
        with pytest.raises(JournalBroken, match="entry 1: its signature"):
            await store.journal.verify()
    finally:
        await store.close()


async def test_verifying_raises_what_is_wrong(profile: Path) -> None:
    await three_sales(profile)
    meddle(profile, "UPDATE counter SET value = 0 WHERE name = 'grand_total'")
    store = await open_store(profile)
    try:
        with pytest.raises(DamagedStore, match="grand_total"):
            await store.journal.verify()
    finally:
        await store.close()


async def test_a_hundred_problems_are_enough(profile: Path) -> None:
    store = await open_store(profile)
    books = Books(store)
    for _ in range(120):
        await books.note()
    await store.close()
    meddle(profile, "UPDATE journal SET kind = 'x' WHERE seq < 115")

    assert len((await examined(profile)).problems) == 100
