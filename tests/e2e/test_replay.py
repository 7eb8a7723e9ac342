"""A real log of tickets, sold again on a real catalogue: every sum holds, and the journal verifies.

`TUI_POS_REPLAY=500` replays as many tickets; the suite replays a few.
"""

from __future__ import annotations

import csv
import io
import os
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zstandard

from sync.store import KeySource, open_store
from tests.json_lines import Lines
from tests.shared_data import shared_data
from tui_pos.importing.products import read_products
from tui_pos.importing.writing import import_products
from tui_pos.l10n import use_language
from tui_pos.profile import Demo
from tui_pos.till import open_till

TICKETS = int(os.environ.get("TUI_POS_REPLAY", "60"))
MOST_LINES = 60 if TICKETS > 60 else 25

Row = dict[str, str]


def real_tickets(count: int) -> list[list[Row]]:
    """So many tickets of the log, drawn with a fixed seed; returns and gifts among them."""
    with shared_data("transactions_uci.csv.zst").open("rb") as packed:
        text = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), "utf-8", newline="")
        tickets: dict[str, list[Row]] = {}
        for row in csv.DictReader(text):
            if row["qty"] != "0" and Decimal(row["unit_price_gbp"]) >= 0:
                tickets.setdefault(row["invoice"], []).append(row)
    chosen = random.Random(286).sample(sorted(tickets), count)
    return [tickets[invoice][:MOST_LINES] for invoice in chosen]


async def real_catalogue(profile: Path) -> None:
    """A till with the imported catalogue."""
    plan = read_products(shared_data("catalogue_off.csv"), {}, default_vat=Decimal("5.5"))
    store = await open_store(profile, create=True, key_source=KeySource.FILE)
    try:
        await import_products(store, plan)
    finally:
        await store.close()


def minor(pounds: str) -> int:
    return int(Decimal(pounds) * 100)


async def sell(till: Lines, product: dict[str, Any], row: Row) -> int:
    """One line of the log; gives what it has to come to."""
    quantity = Decimal(row["qty"])
    reply = await till.ok("enter", text=f"{quantity}*{product['code']}")
    price = product["unit_price"]
    if price is None:
        assert reply["notice"]["slug"] == "price_needed"
        price = minor(row["unit_price_gbp"])
        await till.ok("price", price=price)
    return int(quantity * price)


def adds_up(ticket: dict[str, Any], total: int) -> None:
    assert ticket["total"] == total
    assert ticket["subtotal"] - ticket["discount"] == total
    assert sum(line["total"] for line in ticket["lines"]) == total
    assert sum(row["gross"] for row in ticket["vat"]) == total
    assert all(row["net"] + row["vat"] == row["gross"] for row in ticket["vat"])
    assert sum(payment["amount"] for payment in ticket["payments"]) - ticket["change"] == total


@pytest.mark.data
async def test_real_tickets_on_the_real_catalogue(tmp_path: Path) -> None:
    use_language("en")
    log = real_tickets(TICKETS)
    profile = tmp_path / "till"
    profile.mkdir(mode=0o700)
    await real_catalogue(profile)
    opened = await open_till(profile, Demo())
    till = Lines(opened)
    try:
        await till.ok("sign_in", user="2", pin="2222")
        await till.ok("open_session", float=10_000)
        found = (await till.ok("search", text="", limit=10_000))["found"]
        assert len(found) > 6_000
        turnover, taken = 0, Counter[str]()
        for number, rows in enumerate(log, start=1):
            total = 0
            for row in rows:
                total += await sell(till, found[hash_of(row["stockcode"]) % len(found)], row)
            method = "CARD" if number % 3 else "CASH" if abs(total) <= 100_000 else "CARD"
            closed = (await till.ok("tender", method=method))["closed"]
            adds_up(closed, total)
            assert closed["number"] == f"1-{number:06d}"
            turnover += total
            taken[method] += total
        report = (await till.ok("close_session", counted={"CASH": 10_000 + taken["CASH"]}))["report"]
        assert (report["tickets"], report["total"], report["difference"]) == (len(log), turnover, {"CASH": 0})
        assert (await opened.store.journal.verify()).ok
    finally:
        await opened.close()


def hash_of(code: str) -> int:
    """The same in every process, as `hash` is not."""
    return int.from_bytes(code.encode()[-4:], "big")
