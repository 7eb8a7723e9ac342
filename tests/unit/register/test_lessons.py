"""What went wrong elsewhere and cannot go wrong here: each test names the public thread that it answers.

Only what concerns a till without a server; the rest of that list is about the link.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.protocol import ProductRecord
from sync.store.cipher import open_raw
from tests.small_shop import COFFEE, LENTILS, SPONGE, Shop, Till, closed, full_disk
from tui_pos.inputs import OpenSession, Print, Scan, Tender, VoidLine


async def test_odoo_60939_what_is_printed_is_durable_before_it_is_printed_or_opened(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    with full_disk():
        await cashier.refused(Tender("CASH"))
    await cashier.counter.printed()
    assert cashier.twin("drawer").kicks == 0
    assert cashier.twin("receipt").count == 0


async def test_odoo_71455_no_number_is_given_twice_after_a_restart(shop: Shop, cashier: Till) -> None:
    numbers = [(await cashier.sell(LENTILS)).number]
    for _ in range(3):
        till = await (await shop.power_cut()).sign_in()
        numbers.append((await till.sell(LENTILS)).number)
    assert numbers == [f"1-{n:06d}" for n in range(1, 5)]


async def test_odoo_205138_an_abandoned_opening_leaves_no_hole(shop: Shop, till: Till) -> None:
    await till.sign_in()
    for _ in range(3):
        with full_disk():
            await till.refused(OpenSession(100))
    till = await (await shop.power_cut()).sign_in()
    await till.open_session()
    assert [body["number"] for body in await till.journal("session")] == [1]


async def test_odoo_287618_a_closing_is_there_whole_or_not_at_all(shop: Shop, cashier: Till) -> None:
    await cashier.sell(LENTILS)
    report = await cashier.close_session(CASH=10_249)
    till = await shop.power_cut()
    kept = await till.store.sessions.last_closing("z")
    assert kept is not None
    assert msgspec.json.decode(kept.body)["total"] == report.total == 249
    assert till.register.session is None


async def test_odoo_258841_a_receipt_of_fifty_lines_prints_whole_and_once(cashier: Till) -> None:
    for n in range(50):
        await cashier.scan((LENTILS, COFFEE, SPONGE)[n % 3])
    await cashier.pay("CARD")
    await cashier.give(Print("receipt"))
    await cashier.counter.printed()
    (paper,) = cashier.twin("receipt").papers
    assert sum("€" in line and "TOTAL" not in line for line in paper.lines) >= 50


async def test_pospire_41_the_totals_of_a_closing_are_those_of_its_tickets(cashier: Till) -> None:
    tickets = [await cashier.sell(code) for code in (LENTILS, COFFEE, SPONGE)]
    report = await cashier.close_session()
    assert report.total == sum(ticket.total for ticket in tickets)
    assert report.tickets == len(tickets)


async def test_quicktill_a_failing_database_does_not_end_the_till(cashier: Till) -> None:
    with full_disk():
        for _ in range(3):
            assert (await cashier.refused(Scan(LENTILS))).slug == "disk_full"
    assert closed_total(cashier) == 0
    assert (await cashier.sell(LENTILS)).total == 249


def closed_total(till: Till) -> int:
    return till.register.totals.total if till.register.totals else 0


async def test_quicktill_lists_come_a_page_at_a_time(cashier: Till) -> None:
    await cashier.store.catalogue.load(
        products=(ProductRecord(f"S{n:05d}", f"Savon {n}", 100, "20") for n in range(2000)), replace=False
    )
    first = await cashier.register.products("savon", limit=20)
    second = await cashier.register.products("savon", limit=20, offset=20)
    assert len(first) == len(second) == 20
    assert not {product.code for product in first} & {product.code for product in second}


async def test_quicktill_28_after_a_void_the_till_says_what_remains_to_be_done(cashier: Till) -> None:
    await cashier.scan(LENTILS, COFFEE)
    notice = (await cashier.give(VoidLine())).notice
    assert notice is not None
    assert "off the ticket" in notice.text


async def test_repeated_digits_and_repeated_scans_are_never_dropped(cashier: Till) -> None:
    await asyncio.gather(*(cashier.give(Scan(LENTILS)) for _ in range(50)))
    assert [line.n for line in cashier.ticket.lines] == list(range(1, 51))
    assert closed(await cashier.pay("CARD")).total == 50 * 249


async def test_the_feed_never_overwrites_what_was_sold(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.store.catalogue.load(products=(ProductRecord(LENTILS, "Dearer", 999, "20"),), replace=False)
    await cashier.register.read_reference()
    assert (cashier.due, cashier.ticket.lines[0].label) == (249, "Lentilles vertes 500 g")
    await cashier.scan(LENTILS)
    assert cashier.totals == [249, 999]


async def test_odoo_65376_opening_does_no_more_work_for_a_large_catalogue(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work in steps of SQLite's machine, which are the same on every computer."""
    steps = 0

    def counted(path: Path, key: bytes, *, read_only: bool) -> Any:
        connection = open_raw(path, key, read_only=read_only)

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.set_progress_handler(step, 20)
        return connection

    async def work_of_opening() -> int:
        nonlocal steps
        monkeypatch.setattr("sync.store.connection.open_raw", counted)
        steps = 0
        till = await shop.open()
        took = steps
        monkeypatch.undo()
        await till.stop()
        shop.tills.remove(till)
        return took

    small = await work_of_opening()
    till = await shop.open()
    many = [ProductRecord(f"P{n:06d}", f"Product {n}", 100, "5.5") for n in range(5_000)]
    await till.store.catalogue.put_products(many)
    await till.stop()
    shop.tills.remove(till)

    assert await work_of_opening() <= small + 5
