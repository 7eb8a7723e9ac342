"""How fast the server takes tickets: `python -m tests.bench.ingest [--db URL] [--tickets N] [--tills T]`.

A real server process is sent batches of 50 by several tills at once, over loopback; every ticket is validated, stored
and entered into the books. Printed: tickets a second, whole and of the first and last tenth; the same rows
inserted barely (the ratio is what our own work costs); and the server's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import httpx

from sync.protocol import Entry
from tests.wire_till import WireTill

BATCH = 50
ROOT = Path(__file__).resolve().parent.parent.parent
SERVER = [sys.executable, "-m", "backoffice"]
CHUNK = 40
"""Batches of each till that are made ahead: making tickets is not what is measured."""
BARE_TABLES = ("entry", "ticket", "ticket_line", "ticket_vat", "ticket_payment")
BARE_ROWS = 5_000


def command(database: str, *arguments: str) -> str:
    done = subprocess.run(
        [*SERVER, *arguments, "--db", database, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


class Bench:
    """One server process and its tills."""

    def __init__(self, database: str, tills: int) -> None:
        command(database, "init", "--demo", "retail")
        added = [
            command(database, "till", "add", "--name", f"t{n}", "--url", "http://127.0.0.1:1")
            for n in range(tills)
        ]
        self._codes = [json.loads(text)["code"] for text in added]
        self.process = subprocess.Popen(
            [*SERVER, "serve", "--db", database, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.address = re.sub("listening on ", "", self.process.stdout.readline()).strip()
        self.rates: list[float] = []

    async def run(self, tickets: int) -> None:
        async with httpx.AsyncClient(base_url=self.address, timeout=60) as client:
            tills = [WireTill(client, seed) for seed in range(1, len(self._codes) + 1)]
            for till, code in zip(tills, self._codes, strict=True):
                await till.enrol(code)
            left = tickets // BATCH // len(tills)
            while left > 0:
                count = min(CHUNK, left)
                made = [[[till.sell() for _ in range(BATCH)] for _ in range(count)] for till in tills]
                for till in tills:
                    till.entries.clear()
                began = time.perf_counter()
                await asyncio.gather(*map(self._send, tills, made))
                self.rates.append(count * BATCH * len(tills) / (time.perf_counter() - began))
                left -= count

    async def _send(self, till: WireTill, batches: list[list[Entry]]) -> None:
        for batch in batches:
            pushed = await till.push(batch)
            assert all(result.status == "stored" for result in pushed.results), pushed.results[:3]

    def memory(self) -> float:
        """MiB that the server has in memory, at most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        found = re.search(r"VmHWM:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def seconds(self) -> float:
        """Processor time that the server has taken, its start with it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", help="default: SQLite in a temporary folder")
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--tills", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("TUI_POS_SECRET_DIR", str(Path(folder) / "secrets"))
        database = options.db or f"sqlite:///{folder}/server.db"
        bench = Bench(database, options.tills)
        try:
            began = time.perf_counter()
            asyncio.run(bench.run(options.tickets))
            tenth = max(1, len(bench.rates) // 10)
            mean = len(bench.rates) / sum(1 / rate for rate in bench.rates)
            print(f"{options.tickets} tickets in {time.perf_counter() - began:.0f} s with their making")
            print(f"tickets a second: {mean:.0f}")
            first, last = sum(bench.rates[:tenth]) / tenth, sum(bench.rates[-tenth:]) / tenth
            print(f"first tenth {first:.0f}, last tenth {last:.0f}: {100 * last / first - 100:+.0f} %")
            print(f"memory of the server at most: {bench.memory():.0f} MiB")
            print(f"its processor time: {1e6 * bench.seconds() / options.tickets:.0f} µs a ticket")
        finally:
            bench.process.terminate()
            bench.process.wait()
        bare = bare_postgresql if database.startswith("postgres") else bare_sqlite
        floor = asyncio.run(bare(database))
        print(f"the same rows inserted barely: {floor:.0f} a second, {floor / mean:.1f} times as fast")


if __name__ == "__main__":
    main()
