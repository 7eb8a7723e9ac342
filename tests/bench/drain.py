"""How a till catches up: `python -m tests.bench.drain [--db sqlite|postgresql] [--entries N] [--tickets N]`.

A till that was offline for 30 days has that many entries in its journal; `tui-pos sync --once` sends them to a real
server over loopback. Its floor, in the same run: a program that has its entries in memory and sends them as many at a
time, and writes nothing down. Then a till sells by headless while its engine runs: how long after a ticket is closed
does it know that the server has stored it; beside a bare request that stores one ticket.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

import httpx
import msgspec

from sync.protocol import Entry
from sync.protocol.bodies import pack
from sync.protocol.wire import MAX_ENTRIES, push_of
from sync.store import open_store
from tests.bench.processes import peak_memory
from tests.bench.serving import Serving, add_till, command, database_at
from tests.bench.tills import TILL, make_till, took
from tests.json_lines import Process
from tests.waiting import PATIENCE
from tests.wire_till import MORNING, Books, WireTill

TOGETHER = 500
"""Entries that are written in one transaction: to write them is not what is measured."""
BARE_ENTRIES = 10_000
OFFLINE = timedelta(days=30)


async def write_entries(profile: Path, count: int) -> None:
    """Sell for 30 days, without a server."""
    store = await open_store(profile)
    books = Books(store.till_id, at=MORNING - OFFLINE)
    try:
        for start in range(0, count, TOGETHER):
            async with store.transaction() as transaction:
                for place in range(start, min(start + TOGETHER, count)):
                    body = books.ticket()
                    books.at = MORNING - OFFLINE + OFFLINE * place / count
                    await transaction.append("ticket", body, at=books.at)
    finally:
        await store.close()


async def bare(serving: Serving, code: str, count: int, alone: int) -> tuple[float, list[float]]:
    """Entries a second, and the seconds of each request that sends one entry alone; says what they take on the wire."""
    async with httpx.AsyncClient(base_url=serving.address, timeout=PATIENCE) as client:
        till = WireTill(client, 7)
        await till.enrol(code)
        entries = [till.sell() for _ in range(count)]
        began = time.perf_counter()
        together = on_the_wire(entries[:MAX_ENTRIES])
        print(f"a ticket on the wire: {on_the_wire(entries[:1]):.0f} bytes alone, {together:.0f} among many")
        for start in range(0, count, MAX_ENTRIES):
            await push(till, entries[start : start + MAX_ENTRIES])
        rate = count / (time.perf_counter() - began)
        times = []
        for _ in range(alone):
            entry = till.sell()
            began = time.perf_counter()
            await push(till, [entry])
            times.append(time.perf_counter() - began)
    return rate, times


async def push(till: WireTill, entries: Sequence[Entry]) -> None:
    """Send entries, each of which has to be stored."""
    pushed = await till.push(entries)
    assert all(result.status == "stored" for result in pushed.results), pushed.results[:3]


def closed_to_stored(profile: Path, tickets: int) -> list[float]:
    """Seconds from each closed ticket to the server's word that it is stored."""
    times = []
    with Process(profile, demo=False) as till:
        till.ok("sign_in", user="1", pin="1111")
        till.ok("open_session", float=0)
        till.ok("wait", **{"for": "pushed", "timeout": PATIENCE})
        for _ in range(tickets):
            till.ok("scan", code="9520340700008")
            assert till.ok("tender", method="CARD")["closed"]
            began = time.perf_counter()
            till.ok("wait", **{"for": "pushed", "timeout": PATIENCE})
            times.append(time.perf_counter() - began)
    return times


def on_the_wire(entries: list[Entry]) -> float:
    """The bytes of a request's body for each of the entries that it sends."""
    return len(pack(msgspec.json.encode(push_of(entries)))[0]) / len(entries)


def run(database: str, folder: Path, entries: int, tickets: int) -> None:
    """Drain, then sell."""
    command(database, "init", "--demo", "retail")
    profile = folder / "till"
    with Serving(database) as serving:
        make_till(database, profile, serving.address)
        took([*TILL, "load", "full", "--profile", str(profile)])
        asyncio.run(write_entries(profile, entries))
        drained = took([*TILL, "sync", "--once", "--profile", str(profile)])
        (row,) = json.loads(command(database, "journal"))
        assert row["tickets"] == entries, row
        rate = entries / drained.seconds
        code = add_till(database, "bare", serving.address)
        floor, requests = asyncio.run(bare(serving, code, min(entries, BARE_ENTRIES), tickets))
        print(
            f"{entries:,} entries drained in {drained.seconds:.1f} s: {rate:.0f} a second; "
            f"bare {floor:.0f} a second: {floor / rate:.2f} times as fast"
        )
        print(f"  {1e6 * drained.processor / entries:.0f} µs of the till's processor time an entry")
        ours, low = median(closed_to_stored(profile, tickets)), median(requests)
        print(
            f"ticket closed to stored on the server: {1e3 * ours:.1f} ms median; "
            f"bare request {1e3 * low:.1f} ms: {ours / low:.2f}x"
        )
        print(f"  memory of the server's processes, each at its peak: {peak_memory(serving.pid):.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.drain", description=__doc__)
    parser.add_argument("--db", default="sqlite", help="sqlite or postgresql")
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--tickets", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till bench ") as name:
        folder = Path(name)
        with database_at(options.db, folder) as database:
            run(database, folder, options.entries, options.tickets)


if __name__ == "__main__":
    main()
