from __future__ import annotations

from pathlib import Path

import pytest

from sync.store import Refused, open_store
from tests.unit.sync.books import Books


async def test_the_open_ticket_is_kept_step_by_step(books: Books) -> None:
    await books.keep("u1", {1: b"milk"})
    await books.keep("u1", {2: b"bread"})
    await books.keep("u1", {1: b"two milks", 3: b"salt"}, dropped=(2,))

    kept = await books.store.tickets.open()

    assert kept is not None
    assert (kept.uuid, kept.header) == ("u1", b"header of u1")
    assert list(kept.lines.items()) == [(1, b"two milks"), (3, b"salt")]


async def test_the_open_ticket_survives_the_end_of_the_process(profile: Path) -> None:
    store = await open_store(profile)
    await Books(store).keep("u1", {n: str(n).encode() for n in range(1, 201)})
    await store.close()

    again = await open_store(profile)
    kept = await again.tickets.open()
    await again.close()

    assert kept is not None
    assert list(kept.lines) == list(range(1, 201))


async def test_a_dropped_ticket_takes_its_lines_along(books: Books) -> None:
    await books.keep("u1", {1: b"milk"})
    async with books.store.transaction() as transaction:
        await transaction.drop_open("u1")
    await books.keep("u1", {2: b"bread"})

    kept = await books.store.tickets.open()

    assert kept is not None
    assert kept.lines == {2: b"bread"}


async def test_two_tickets_cannot_be_made_at_once(books: Books) -> None:
    await books.keep("u1", {1: b"milk"})

    with pytest.raises(Refused):
        await books.keep("u2", {1: b"bread"})

    kept = await books.store.tickets.open()
    assert kept is not None
    assert kept.uuid == "u1"


async def test_a_ticket_set_aside_comes_back_as_it_was(books: Books) -> None:
    await books.keep("u1", {1: b"milk"})
    await books.hold("u1")
    assert await books.store.tickets.open() is None

    await books.take_up("u1")

    kept = await books.store.tickets.open()
    assert kept is not None
    assert kept.lines == {1: b"milk"}
    assert await books.store.tickets.held() == []


async def test_held_tickets_come_the_last_one_first(books: Books) -> None:
    for uuid in ("u1", "u2", "u3"):
        await books.keep(uuid, {1: uuid.encode()})
        await books.hold(uuid)
    await books.take_up("u2")
    await books.hold("u2")

    held = await books.store.tickets.held()

    assert [row.uuid for row in held] == ["u2", "u3", "u1"]
    assert held[0].lines == {1: b"u2"}
    assert held[0].held_at > held[1].held_at > held[2].held_at


async def test_two_tickets_change_places(books: Books) -> None:
    await books.keep("u1", {1: b"milk"})
    await books.hold("u1")
    await books.keep("u2", {1: b"bread"})

    async with books.store.transaction() as transaction:
        await transaction.set_held("u2", held=True, at=books.tick())
        await transaction.set_held("u1", held=False, at=books.tick())

    kept = await books.store.tickets.open()
    assert kept is not None
    assert kept.uuid == "u1"
    assert [row.uuid for row in await books.store.tickets.held()] == ["u2"]


async def test_closed_tickets_come_the_latest_first_a_page_at_a_time(books: Books) -> None:
    sold = [await books.sell(total) for total in (100, 200, 300, 400)]
    find = books.store.tickets.find

    assert await find(limit=3) == sold[:0:-1]
    assert await find(limit=3, offset=3) == sold[:1]
    assert await find(since=sold[2].closed_at) == [sold[3], sold[2]]


async def test_a_closed_ticket_is_found_by_what_the_customer_remembers(books: Books) -> None:
    one = await books.sell(1055, customer="C1")
    other = await books.sell(2000)
    find = books.store.tickets.find

    assert await find("1-000001") == [one]
    assert await find("2") == [other]
    assert await find(" 000002 ") == [other]
    assert await find("C1") == [one]
    assert await find("10.55") == await find("10,55") == [one]
    assert await find("2026-11-22") == [other, one]
    assert await find(one.closed_at[:16]) == [one]


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "2026-", "0.0.1", "-", "9" * 400, "1e3", "٣", "\x00"])
async def test_a_text_that_means_nothing_finds_nothing(books: Books, text: str) -> None:
    await books.sell(1055)

    found = await books.store.tickets.find(text)

    assert found == ([] if text != "2026-" else found)


async def test_the_signed_entry_of_a_closed_ticket_is_found_by_its_number(books: Books) -> None:
    one, other = await books.sell(1055), await books.sell(2000)
    tickets = books.store.tickets

    signed = await tickets.closed(one.number)
    last = await tickets.closed()

    assert signed is not None
    assert last is not None
    assert (signed.seq, last.seq) == (one.seq, other.seq)
    assert b'"total":1055' in bytes(signed.body)
    assert await tickets.closed("1-000009") is None
    assert await tickets.row(one.number) == one


async def test_before_the_first_sale_there_is_no_last_ticket(books: Books) -> None:
    assert await books.store.tickets.closed() is None


async def test_the_refunds_of_a_ticket_are_found(books: Books) -> None:
    sale = await books.sell(1055)
    await books.sell(-500, refund_of=sale.number)
    await books.sell(-200, refund_of=sale.number)
    await books.sell(-100, refund_of="1-000777")

    bodies = await books.store.tickets.refunds_of(sale.number)

    assert [b'"total":-500' in bodies[0], b'"total":-200' in bodies[1]] == [True, True]
    assert len(bodies) == 2
