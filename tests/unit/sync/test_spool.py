from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from msgspec.structs import replace

from sync.store import JobRow, Refused, Store
from sync.store.spool import KEEP
from tests.unit.sync.books import Books

JOB = JobRow("a", "counter", "receipt", "1-000001", b"content", "queued")


async def add(books: Books, *rows: JobRow) -> None:
    for row in rows:
        async with books.store.transaction() as transaction:
            await transaction.add_job(row, books.tick())


async def move(books: Books, row: JobRow, data: bytes | None = None) -> None:
    async with books.store.transaction() as transaction:
        await transaction.move_job(row, books.tick(), data)


async def test_jobs_that_have_not_ended_are_there_in_their_order(books: Books, store: Store) -> None:
    await add(books, JOB, replace(JOB, id="b"), replace(JOB, id="c"))
    await move(books, replace(JOB, id="b", state="sending", attempts=1))
    await move(books, replace(JOB, id="b", state="confirmed", attempts=1))

    assert await store.spool.unsettled() == [JOB, replace(JOB, id="c")]


async def test_the_bytes_that_leave_are_kept_with_their_hash(books: Books, store: Store) -> None:
    await add(books, JOB)
    assert await store.spool.bytes_of("a") is None

    await move(books, replace(JOB, state="sending", attempts=1), b"bytes")
    await move(books, replace(JOB, state="unknown", attempts=1, reason="lost"))

    assert await store.spool.bytes_of("a") == (b"bytes", sha256(b"bytes").digest())
    assert await store.spool.unsettled() == [replace(JOB, state="unknown", attempts=1, reason="lost")]


async def test_a_job_that_belongs_to_a_step_that_is_undone_was_never_there(
    books: Books, store: Store
) -> None:
    async def step() -> None:
        async with store.transaction() as transaction:
            await transaction.add_job(JOB, books.tick())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await step()

    assert await store.spool.unsettled() == []


@pytest.mark.parametrize(
    ("states", "to"),
    [
        (("sending", "confirmed"), "queued"),
        (("failed",), "sending"),
        (("sending", "unknown"), "queued"),
        (("sending", "unknown"), "sending"),
    ],
)
async def test_a_job_that_may_be_on_paper_cannot_be_taken_up_again(
    books: Books, states: tuple[str, ...], to: str
) -> None:
    await add(books, JOB)
    for state in states:
        await move(books, replace(JOB, state=state))

    with pytest.raises(Refused, match="print job"):
        await move(books, replace(JOB, state=to))


async def test_a_job_that_was_never_added_is_passed_over(books: Books, store: Store) -> None:
    await move(books, replace(JOB, state="sending"), b"bytes")

    assert await store.spool.unsettled() == []


async def test_jobs_that_ended_long_ago_are_forgotten_and_others_never(books: Books, store: Store) -> None:
    waiting = replace(JOB, id="waiting")
    ended = [replace(JOB, id=f"{number}") for number in range(KEEP + 5)]
    async with store.transaction() as transaction:
        for row in (waiting, *ended):
            await transaction.add_job(row, books.tick())
            if row is not waiting:
                await transaction.move_job(replace(row, state="confirmed"), books.tick(), b"bytes")

    await add(books, replace(JOB, id="last"))

    kept = [row.id for row in ended if await store.spool.bytes_of(row.id) is not None]
    assert len(kept) == KEEP - 1
    assert all(int(one) < int(next_) for one, next_ in pairwise(kept))
    assert [row.id for row in await store.spool.unsettled()] == ["waiting", "last"]
