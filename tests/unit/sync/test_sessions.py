from __future__ import annotations

import pytest

from sync.store import MethodSum, Refused, Sums, VatSum
from tests.unit.sync.books import Books


async def test_a_session_opens_and_closes(books: Books) -> None:
    sessions = books.store.sessions
    assert await sessions.current() is None

    opened = await books.open_session(10_000)
    assert await sessions.current() == opened
    assert (opened.id, opened.float_) == (1, 10_000)

    await books.close_session(opened.id)
    assert await sessions.current() is None
    closed = await sessions.one(opened.id)
    assert closed is not None
    assert closed.closed_seq == books.store.journal.head.seq


async def test_a_second_session_cannot_open_beside_the_first(books: Books) -> None:
    await books.open_session()

    with pytest.raises(Refused):
        await books.open_session()

    assert await books.store.counter("session") == 1


async def test_a_closed_session_does_not_change(books: Books) -> None:
    opened = await books.open_session()
    await books.close_session(opened.id)

    with pytest.raises(Refused, match="closed session"):
        await books.close_session(opened.id)


async def test_a_session_comes_to_the_sum_of_its_tickets_and_moves(books: Books) -> None:
    first = await books.open_session()
    await books.sell(9999)
    await books.close_session(first.id)
    session = await books.open_session()
    await books.sell(1055, cash=2000)
    await books.sell(2110)
    await books.sell(-500)
    await books.move_cash(session.id, 5000)
    await books.move_cash(session.id, -3000)

    sums = await books.store.sessions.sums(session.id)

    assert sums == Sums(
        tickets=3,
        total=2665,
        change=945,
        vat=(VatSum("5.5", 2526, 139, 2665),),
        payments=(MethodSum("CASH", 3610, 3),),
        cash_in=5000,
        cash_out=3000,
    )


async def test_an_empty_session_comes_to_nothing(books: Books) -> None:
    session = await books.open_session()

    assert await books.store.sessions.sums(session.id) == Sums(0, 0, 0, (), (), 0, 0)


async def test_a_stretch_of_the_journal_takes_both_its_ends_and_no_more(books: Books) -> None:
    sold = [await books.sell(total) for total in (100, 200, 400, 800)]

    sums = await books.store.sessions.sums_between(sold[1].seq, sold[2].seq)

    assert (sums.tickets, sums.total) == (2, 600)


async def test_two_stretches_that_meet_come_to_the_whole(books: Books) -> None:
    sold = [await books.sell(total) for total in (100, 200, 400, 800)]
    between = books.store.sessions.sums_between

    parts = [await between(1, sold[1].seq), await between(sold[1].seq + 1, sold[3].seq)]
    whole = await between(1, sold[3].seq)

    assert sum(part.total for part in parts) == whole.total == 1500
    assert sum(part.tickets for part in parts) == whole.tickets


async def test_closings_are_numbered_without_a_gap(books: Books) -> None:
    async def close(kind: str, number: int) -> None:
        async with books.store.transaction() as transaction:
            await transaction.keep_closing(kind, number, 1, number + 1, f"{kind} {number}".encode())

    for kind, number in (("z", 1), ("z", 2), ("day", 1)):
        await close(kind, number)
    for number in (2, 4):
        with pytest.raises(Refused):
            await close("z", number)

    last = await books.store.sessions.last_closing("z")
    assert last is not None
    assert (last.number, last.first_seq, last.last_seq, last.body) == (2, 1, 3, b"z 2")
    assert [row.number for row in await books.store.sessions.closings("z")] == [2, 1]
    assert await books.store.sessions.last_closing("year") is None
