"""How a till takes a whole catalogue up: `python -m tests.bench.load [--db sqlite|postgresql] [--products N]`.

A real server publishes that many products, and a real till brings them over loopback with `tui-pos load full`. Its
floor, in the same run: a program that decompresses and parses the same file and inserts its rows into the same tables,
with the same indexes and the same key; it checks nothing, and lets nobody sell meanwhile. Then one product in a hundred
gets another price, and `tui-pos load changes` brings that. What passes the line is counted on it, with all headers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import msgspec
import zstandard
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.feed.publishing import publish, put
from backoffice.server import open_server
from sync.protocol import ProductRecord
from sync.protocol.wire import FeedLine
from sync.store.cipher import open_raw
from sync.store.migrations import HEAD_SQL
from sync.store.words import code_key, words_of
from tests.bench.processes import peak_memory
from tests.bench.relay import Relay
from tests.bench.serving import Serving, add_till, command, database_at
from tests.bench.tills import TILL, make_till, took
from tests.wire_till import WireTill

ROWS = 10_000
"""That the floor inserts in one transaction."""
CHANGED = 100
"""One product in so many changes."""


async def snapshot_made(serving: Serving, code: str) -> float:
    """Ask for the server's snapshot until it is there; gives the seconds that it took to make."""
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=serving.address, timeout=600) as client:
        till = WireTill(client, 99)
        await till.enrol(code)
        while True:
            reply = await till.request("GET", "/v1/snapshots/shop")
            if reply.status_code == 200:
                return time.perf_counter() - began
            await asyncio.sleep(float(reply.headers.get("retry-after", 1)))


async def change_prices(database: str) -> int:
    """Another price for one product in a hundred, as anybody's change would be published; gives how many."""
    server = await open_server(database)
    feed = schema.feed

    def work(connection: Connection) -> int:
        products = select(feed.c.data).where(feed.c.kind == "product").order_by(feed.c.code)
        records = [
            msgspec.json.decode(row.data, type=ProductRecord)
            for row in islice(connection.execute(products), 0, None, CHANGED)
        ]
        changes = [
            put(msgspec.structs.replace(record, unit_price=(record.unit_price or 0) + 1))
            for record in records
        ]
        publish(connection, 1, changes, server.stamp())
        return len(changes)

    try:
        return await server.database.write(work)
    finally:
        await server.close()


# --- the floor, a program of its own


def bare_load(blob: Path, folder: Path) -> None:
    """Decompress, parse and insert, and nothing else."""
    connection = open_raw(folder / "bare.db", os.urandom(32), read_only=False)
    connection.executescript(HEAD_SQL.read_text("utf-8"))
    left = bare_records(blob)
    id_ = 1 << 40
    while some := list(islice(left, ROWS)):
        rows = list(enumerate(some, id_))
        id_ += len(rows)
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO product VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(at, *_values(product)) for at, product in rows],
        )
        connection.executemany(
            "INSERT INTO product_key VALUES (?, ?)",
            [
                (key, at)
                for at, product in rows
                for key in {code_key(code) for code in (product.code, *product.other_codes)}
            ],
        )
        connection.executemany(
            "INSERT INTO product_words (rowid, words) VALUES (?, ?)",
            [(at, " ".join(words_of(product.label))) for at, product in rows],
        )
        connection.execute("COMMIT")
    connection.close()


def _values(product: ProductRecord) -> tuple[object, ...]:
    others = msgspec.json.encode(product.other_codes).decode() if product.other_codes else None
    return (
        *(product.code, product.label, product.unit_price, product.vat_rate, product.family),
        *(product.weighed, product.unit, product.content, others),
    )


def bare_records(blob: Path) -> Iterator[ProductRecord]:
    """The products of a snapshot."""
    lines, products = msgspec.json.Decoder(FeedLine), msgspec.json.Decoder(ProductRecord)
    with blob.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as plain:
        rest = b""
        while part := plain.read(1 << 20):
            *whole, rest = (rest + part).split(b"\n")
            for text in whole:
                line = lines.decode(text)
                if line.put is not None and line.put.kind == "product":
                    yield products.decode(line.put.data)


# --- the figures


def run(database: str, folder: Path, products: int) -> None:
    """Load, and load changes."""
    began = time.perf_counter()
    command(database, "init", "--demo", "retail", "--products", str(products))
    print(f"{products:,} products are published in {time.perf_counter() - began:.0f} s", flush=True)
    with Serving(database) as serving, Relay(serving.port) as relay:
        seconds = asyncio.run(snapshot_made(serving, add_till(database, "asks", relay.address)))
        print(f"  their snapshot is made in {seconds:.1f} s", flush=True)
        (blob,) = folder.rglob("snapshots/*/*.zst")
        profile = folder / "till"
        make_till(database, profile, relay.address)

        bare_command = [sys.executable, "-m", __spec__.name, "--floor", str(blob)]
        floor = took(bare_command)
        relay.up = relay.down = 0
        ours = took([*TILL, "load", "full", "--profile", str(profile)])
        wire = relay.up + relay.down
        again = took(bare_command)
        bare, bare_processor = (floor.seconds + again.seconds) / 2, (floor.processor + again.processor) / 2
        print(
            f"load of {products:,} products: {ours.seconds:.1f} s, {products / ours.seconds:,.0f} a second; "
            f"bare {bare:.1f} s: {ours.seconds / bare:.2f}x; processor time {ours.processor / bare_processor:.2f}x"
        )
        print(f"  {wire / 1e6:.2f} MB on the wire; memory of the till {ours.memory:.0f} MiB")

        changed = asyncio.run(change_prices(database))
        relay.up = relay.down = 0
        changes = took([*TILL, "load", "changes", "--profile", str(profile)])
        print(
            f"load of {changed:,} changes: {changes.seconds:.1f} s, {(relay.up + relay.down) / 1e3:.0f} kB on the wire"
        )
        print(f"  memory of the server's processes, each at its peak: {peak_memory(serving.pid):.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("--db", default="sqlite", help="sqlite or postgresql")
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--floor", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till bench ") as name:
        folder = Path(name)
        if options.floor is not None:
            bare_load(options.floor, folder)
            return
        with database_at(options.db, folder) as database:
            run(database, folder, options.products)


if __name__ == "__main__":
    main()
