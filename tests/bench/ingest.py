"""How fast the server takes tickets: `python -m tests.bench.ingest [--db sqlite|postgresql|URL] [--tickets N]`.

A real server process is sent batches of 50 by several tills at once, over loopback; every ticket is validated, stored
and entered into the books. Printed: tickets a second; how that changes as tickets gather, beside what it takes
this machine to make a ticket at the same time; the server's processor time and memory, with all its
processes; and the same rows inserted barely (the ratio is what our own work costs).
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import asyncpg
import httpx

from sync.protocol import Entry
from tests.bench.processes import peak_memory, processor_seconds
from tests.bench.serving import Serving, add_till, command, database_at
from tests.wire_till import WireTill

BATCH = 50
AHEAD = 20
"""Batches of each till that are made ahead: making tickets is not what is measured."""
SPAN = 20_000
"""Tickets that are compared with as many later on."""
WARM = 10_000
"""Tickets before the first that are compared."""
BARE_TABLES = ("entry", "ticket", "ticket_line", "ticket_vat", "ticket_payment")
BARE_ROWS = 5_000


class Lap(NamedTuple):
    """Some tickets that were sent."""

    before: int
    """Tickets that were stored before them."""
    tickets: int
    seconds: float
    processor: float
    """Seconds that the server's processes worked."""
    making: float
    """Seconds that it took to make them: how quick the machine was just then."""


async def run(serving: Serving, codes: Sequence[str], tickets: int) -> list[Lap]:
    """Send so many tickets, each till in a task of its own."""
    laps: list[Lap] = []
    async with httpx.AsyncClient(base_url=serving.address, timeout=600) as client:
        tills = [WireTill(client, seed) for seed in range(1, len(codes) + 1)]
        for till, code in zip(tills, codes, strict=True):
            await till.enrol(code)
        left, sent = max(1, tickets // BATCH // len(tills)), 0
        while left > 0:
            batches = min(AHEAD, left)
            began = time.perf_counter()
            made = [[[till.sell() for _ in range(BATCH)] for _ in range(batches)] for till in tills]
            for till in tills:
                till.entries.clear()
            making, worked = time.perf_counter() - began, processor_seconds(serving.pid)
            began = time.perf_counter()
            await asyncio.gather(*map(send, tills, made))
            seconds, count = time.perf_counter() - began, batches * BATCH * len(tills)
            laps.append(Lap(sent, count, seconds, processor_seconds(serving.pid) - worked, making))
            left, sent = left - batches, sent + count
    return laps


async def send(till: WireTill, batches: Sequence[Sequence[Entry]]) -> None:
    """Send batches one after another, as a till does; each has to be stored."""
    for batch in batches:
        pushed = await till.push(batch)
        assert all(result.status == "stored" for result in pushed.results), pushed.results[:3]


class Speed(NamedTuple):
    """What some laps come to."""

    before: int
    a_second: float
    processor: float
    """Microseconds of the server a ticket."""
    relative: float
    """Seconds to take a ticket for each second to make one: a slow moment of the machine slows both."""


def speed(laps: Sequence[Lap]) -> Speed:
    """Of these laps together."""
    tickets, seconds = sum(lap.tickets for lap in laps), sum(lap.seconds for lap in laps)
    processor = 1e6 * sum(lap.processor for lap in laps) / tickets
    return Speed(
        laps[0].before, tickets / seconds, processor, median(lap.seconds / lap.making for lap in laps)
    )


def spans(laps: Sequence[Lap]) -> list[Speed]:
    """After the first tickets, after ten times as many, and so on; and of the last."""
    last = laps[-1].before + laps[-1].tickets
    starts, start = [], WARM
    while start + SPAN < last - SPAN:
        starts.append(start)
        start *= 10
    found = [[lap for lap in laps if begin <= lap.before < begin + SPAN] for begin in (*starts, last - SPAN)]
    return [speed(chosen) for chosen in found if chosen]


def report(laps: Sequence[Lap]) -> float:
    """Print the speeds; gives tickets a second."""
    whole = speed(laps[1:] or laps)
    print(f"tickets a second: {whole.a_second:.0f}; {whole.processor:.0f} µs of the server's processors each")
    found = spans(laps)
    for each in found:
        print(
            f"  from {each.before:,} stored on: {each.a_second:.0f} a second, {each.processor:.0f} µs each, "
            f"{each.relative:.2f}x the time that making one takes"
        )
    if len(found) > 1:
        first, last = found[0], found[-1]
        print(
            f"  {last.before:,} against {first.before:,}: speed {100 * last.a_second / first.a_second - 100:+.0f} %, "
            f"beside the making {100 * first.relative / last.relative - 100:+.0f} %, "
            f"processor time {100 * last.processor / first.processor - 100:+.0f} %"
        )
    return whole.a_second


async def bare_sqlite(database: str) -> float:
    """Tickets a second, where their rows go into tables without index or check, 50 tickets a transaction."""
    source = sqlite3.connect(database.removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory() as folder:
        target = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        target.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        tables = {}
        for table in BARE_TABLES:
            rows = source.execute(
                f"SELECT * FROM {table} WHERE till = 1 ORDER BY seq LIMIT ?", (BARE_ROWS * 6,)
            ).fetchall()
            tables[table] = rows
            target.execute(f"CREATE TABLE {table} ({', '.join(f'c{n}' for n in range(len(rows[0])))})")
        last = min(rows[-1][1] for rows in tables.values())
        began = time.perf_counter()
        for start in range(1, last + 1, BATCH):
            target.execute("BEGIN IMMEDIATE")
            for table, rows in tables.items():
                part = [row for row in rows[: BATCH * 12] if row[1] < start + BATCH]
                del rows[: len(part)]
                target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(part[0]))})", part)
            target.execute("COMMIT")
        return float(last / (time.perf_counter() - began))


async def bare_postgresql(database: str) -> float:
    """As `bare_sqlite`."""
    connection = await asyncpg.connect(database)
    try:
        tables = {}
        for table in BARE_TABLES:
            tables[table] = [
                tuple(row)
                for row in await connection.fetch(
                    f"SELECT * FROM {table} WHERE till = 1 ORDER BY seq LIMIT $1", BARE_ROWS * 6
                )
            ]
            await connection.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WHERE false")
        last = min(rows[-1][1] for rows in tables.values())
        began = time.perf_counter()
        for start in range(1, last + 1, BATCH):
            async with connection.transaction():
                for table, rows in tables.items():
                    part = [row for row in rows[: BATCH * 12] if row[1] < start + BATCH]
                    del rows[: len(part)]
                    places = ", ".join(f"${n}" for n in range(1, len(part[0]) + 1))
                    await connection.executemany(f"INSERT INTO bare_{table} VALUES ({places})", part)
        return float(last / (time.perf_counter() - began))
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ingest", description=__doc__)
    parser.add_argument("--db", default="sqlite", help="sqlite, postgresql, or the URL of an empty database")
    parser.add_argument("--tickets", type=int, default=40_000)
    parser.add_argument("--tills", type=int, default=4)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="till bench ") as folder,
        database_at(options.db, Path(folder)) as database,
    ):
        command(database, "init", "--demo", "retail")
        codes = [add_till(database, f"t{n}", "http://127.0.0.1:1") for n in range(options.tills)]
        with Serving(database) as serving:
            ours = report(asyncio.run(run(serving, codes, options.tickets)))
            print(f"  memory of the server's processes, each at its peak: {peak_memory(serving.pid):.0f} MiB")
        bare = bare_postgresql if database.startswith("postgres") else bare_sqlite
        floor = asyncio.run(bare(database))
        print(f"the same rows inserted barely: {floor:.0f} a second, {floor / ours:.1f} times as fast")


if __name__ == "__main__":
    main()
