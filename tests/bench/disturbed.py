"""Sales while something else goes wrong or goes on: scans are as quick as ever."""

from __future__ import annotations

import argparse
import os
import pty
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.relay import Relay
from tests.bench.serving import Serving, command, database_at
from tests.bench.terminal import Terminal
from tests.bench.tills import TILL, make_till, took
from tests.json_lines import Process

Goods = Sequence[tuple[str, str]]
"""Codes of products, each with a word that only its row has."""

LINES = 10
"""Of a ticket: as many as the basket shows without moving its rows."""
PAUSE = 0.25
"""Seconds between a row and the next scan: a quick cashier takes three times as long."""
MOST = 600
"""Scans beside one load: in them it comes as far as it comes."""
LOOK = 5
"""A load is looked at after so many tickets."""
PALETTE = "\x10"
ESCAPE = "\x1b"


class Seller:
    """A cashier at a till on a terminal, who sells the same goods again and again."""

    def __init__(self, till: Terminal, goods: Goods) -> None:
        self._till = till
        self._goods = [goods[start : start + LINES] for start in range(0, len(goods) - LINES + 1, LINES)]
        self._sold = 0
        self.times: list[float] = []
        """Milliseconds from each scan to its painted row."""

    def sign_in(self) -> None:
        """Sign in at a till whose session is open."""
        self._till.wait_for("PIN")
        self._till.pause(0.5)
        self._till.type("1\r")
        self._till.pause(0.3)
        self._till.type("1111\r")
        self._till.wait_for("F12")
        self._till.pause(2.0)

    def sell(self) -> None:
        """One ticket, paid in cash."""
        for code, word in self._goods[self._sold % len(self._goods)]:
            written = self._till.type(code + "\r")
            self.times.append((self._till.wait_for(word) - written) * 1000)
            self._till.pause(PAUSE)
        self._till.type("\r")
        self._till.wait_for("Amount paid")
        self._till.pause(0.1)
        self._till.type("\r")
        self._till.wait_for("ticket 1-")
        self._till.pause(0.1)
        self._sold += 1

    def start_load(self) -> None:
        """Load all data, and sell meanwhile."""
        self._open_load()
        self._till.type("\r")
        self._till.pause(0.5)
        self._leave_load()

    def loaded(self) -> int | None:
        """How far the load has come, in percent of its step, as its dialog says; None: it is over."""
        said = self._open_load()
        self._leave_load()
        found = re.search(r"(\d+) %", said)
        return int(found[1]) if found else None

    def _open_load(self) -> str:
        self._till.type(PALETTE)
        self._till.pause(0.4)
        self._till.type("Load all data")
        self._till.pause(0.4)
        self._till.type("\r")
        return self._till.pause(0.6)

    def _leave_load(self) -> None:
        self._till.type(ESCAPE)
        self._till.pause(0.5)


def report(what: str, times: Sequence[float], floor: Sequence[float]) -> None:
    """Print median and 95th percentile, and what they are beside the bare program's."""
    (low, low95), (mid, mid95) = _shown(floor), _shown(times)
    print(
        f"{what}: {len(times)} scans, {mid:.1f} ms (p95 {mid95:.1f}, most {max(times):.0f}); "
        f"bare {low:.1f} (p95 {low95:.1f}): p50 {mid / low:.2f}x, p95 {mid95 / low95:.2f}x",
        flush=True,
    )


def _shown(times: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


@contextmanager
def served(work: Path, products: int) -> Iterator[tuple[Path, Relay]]:
    """A till with a full catalogue and an open session, and what lies between it and its server."""
    work.mkdir()
    with database_at("sqlite", work) as database:
        command(database, "init", "--demo", "retail", "--products", str(products))
        with Serving(database) as serving, Relay(serving.port) as relay:
            profile = work / "till"
            make_till(database, profile, relay.address)
            took([*TILL, "load", "full", "--profile", str(profile)])
            open_session(profile)
            yield profile, relay


def running(profile: Path) -> Terminal:
    """The till in a folder, on a terminal."""
    return Terminal([*TILL, "--lang", "en", "--profile", str(profile)])


def open_session(profile: Path, *, demo: bool = False) -> None:
    """Open a session in a till's folder."""
    with Process(profile, demo=demo) as till:
        till.ok("sign_in", user="1", pin="1111")
        till.ok("open_session", float=0)
        till.end()


def loading(work: Path, options: argparse.Namespace, goods: Goods) -> list[tuple[str, list[float]]]:
    """Scans before a full load, and while it goes on."""
    with served(work / "loading", options.products) as (profile, _), running(profile) as till:
        before, during = Seller(till, goods), Seller(till, goods)
        before.sign_in()
        for _ in range(max(1, options.rounds // LINES)):
            before.sell()
        during.start_load()
        done = during.loaded()
        while done is not None and len(during.times) < MOST:
            for _ in range(LOOK):
                during.sell()
            done = during.loaded()
        peak = till.peak_memory()
    end = "it is over" if done is None else f"it stands at {done} %"
    print(f"load of {options.products:,} products beside {len(during.times)} scans: {end}")
    print(f"  peak memory of the till {peak:.0f} MiB")
    if not during.times:
        print("  it was over before anything was sold: take more products")
        return [("before the load", before.times)]
    return [("before the load", before.times), ("while it loads", during.times)]


def hanging(work: Path, options: argparse.Namespace, goods: Goods) -> list[tuple[str, list[float]]]:
    """Scans while the server answers, and while it takes everything and answers nothing."""
    with served(work / "hanging", options.products) as (profile, relay), running(profile) as till:
        before, during = Seller(till, goods), Seller(till, goods)
        before.sign_in()
        for seller in (before, during):
            for _ in range(max(1, options.rounds // LINES)):
                seller.sell()
            relay.hangs = True
    return [("with a server that answers", before.times), ("while it hangs", during.times)]


def deaf(work: Path, options: argparse.Namespace, goods: Goods) -> list[tuple[str, list[float]]]:
    """Scans at a till all of whose devices are dead, or take everything and answer nothing."""
    profile = work / "deaf"
    products = str(options.products)
    took([*TILL, "headless", "--demo", "--profile", str(profile), "--products", products])
    open_session(profile, demo=True)
    with ExitStack() as stack:
        took_all = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        port = took_all.getsockname()[1]
        gone = socket.create_server(("127.0.0.1", 0))
        closed = gone.getsockname()[1]
        gone.close()
        master, slave = pty.openpty()
        stack.callback(os.close, master)
        stack.callback(os.close, slave)
        devices = {
            "paper": ("printer", "escpos", f"tcp://127.0.0.1:{port}"),
            "kitchen": ("printer", "escpos", f"tcp://127.0.0.1:{closed}"),
            "pole": ("display", "vfd-cd5220", f"tcp://127.0.0.1:{port}"),
            "pole2": ("display", "vfd-escpos", f"serial:{os.ttyname(slave)}"),
            "card": ("terminal", "caisse-ap", f"tcp://127.0.0.1:{port}"),
            "weight": ("scale", "toledo-8217", f"serial:{os.ttyname(slave)}"),
            "drawer": ("drawer", "escpos", "via:paper"),
        }
        for name, (kind, driver, address) in devices.items():
            added = ["add", name, "--kind", kind, "--driver", driver, "--address", address]
            took([*TILL, "devices", *added, "--profile", str(profile)])
        for document in ("receipt", "report"):
            took([*TILL, "devices", "assign", document, "paper", "--profile", str(profile)])
        with running(profile) as till:
            seller = Seller(till, goods)
            seller.sign_in()
            for _ in range(max(1, options.rounds // LINES)):
                seller.sell()
    return [("with every device dead or hanging", seller.times)]
