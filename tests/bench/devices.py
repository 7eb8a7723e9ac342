"""What a receipt takes: `python -m tests.bench.devices [first] [paper] [jobs]`, by default all of them.

A real till prints on a twin of a receipt printer, which speaks ESC/POS at the other end of a real line.

- `first`: from a closed ticket to the receipt's first byte at the printer; beside a bare program that encodes the same
  lines and sends them.
- `paper`: receipts of 60 lines at the pace of 9600 baud through a pseudo-terminal, all of them wanted at once: each has
  to come out whole, once and in order; beside what the line alone takes. 500 of them take half an hour.
- `jobs`: 10,000 receipts one after another: memory and descriptors of the till on the way. What grows is the part of
  its database that SQLite keeps in memory, 2 MiB a connection at most: with 100 KiB instead, 1,500 jobs took 144 KiB,
  not 756.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from statistics import median

from devices.document import Document, Text
from devices.printers.escpos import encode
from devices.printers.profile import Profile
from devices.virtual.escpos import EscposPeer
from devices.virtual.hosting import OnPty, OnTcp
from fixtures import load_shop
from tests.bench.processes import memory, open_files
from tests.bench.tills import TILL, took
from tests.json_lines import Process
from tests.waiting import PATIENCE

LINES = 60
"""Of a receipt."""
AROUND = 16
"""Of them stand around the goods: the shop, the totals, the VAT."""
PACE = 960
"""Bytes a second at 9600 baud, 8N1."""
OPEN = 5.0
"""Seconds that the till is open before the first receipt."""
TOGETHER = 20
"""Jobs that are wanted at once, of the ten thousand."""
_ANSWERED = 16
"""Bytes that come together and are no question: the beginning of a job."""


class Printer(EscposPeer):
    """A twin that notes when a job begins to arrive, and takes bytes no faster than its line.

    Args:
        pace: bytes a second; 0: as they come.
    """

    def __init__(self, keep: int, pace: int = 0) -> None:
        super().__init__(keep=keep)
        self.began = 0.0
        """When the first byte of a job came, in seconds."""
        self.come = threading.Event()
        self._pace = pace
        self._free = 0.0

    async def _take(self, data: bytes) -> None:
        now = time.perf_counter()
        if len(data) > _ANSWERED and not self.come.is_set():
            self.began = now
            self.come.set()
        if self._pace:
            self._free = max(self._free, now) + len(data) / self._pace
            await asyncio.sleep(self._free - now)
        await super()._take(data)


@contextmanager
def hosted(printer: Printer, host: Callable[[EscposPeer], OnTcp | OnPty] = OnTcp) -> Iterator[str]:
    """The printer at the end of its line, served by a thread of its own; gives its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="printer", daemon=True)
    thread.start()

    async def begin() -> AbstractAsyncContextManager[OnTcp | OnPty]:
        line = host(printer)
        await line.__aenter__()
        return line

    line = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    try:
        assert isinstance(line, OnTcp | OnPty)
        yield line.address
    finally:
        asyncio.run_coroutine_threadsafe(line.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def till_with(folder: Path, address: str) -> Iterator[Process]:
    """A till with an open session, whose receipts go to this printer."""
    profile = folder / "till"
    took([*TILL, "headless", "--demo", "--profile", str(profile)])
    device = ["bench", "--kind", "printer", "--driver", "escpos", "--address", address]
    took([*TILL, "devices", "add", *device, "--profile", str(profile)])
    took([*TILL, "devices", "assign", "receipt", "bench", "--profile", str(profile)])
    took([*TILL, "devices", "assign", "duplicate", "bench", "--profile", str(profile)])
    with Process(profile) as till:
        till.ok("sign_in", user="1", pin="1111")
        till.ok("open_session", float=0)
        yield till


def sell(till: Process, codes: list[str]) -> str:
    """Sell goods, paid by cheque; gives the ticket's number."""
    for code in codes:
        till.ok("scan", code=code)
    closed: str = till.ok("tender", method="CHEQUE")["closed"]["number"]
    return closed


def goods() -> list[str]:
    """Codes of products that anybody can scan."""
    products = load_shop("retail").products
    return [product.code for product in products if product.unit_price and not product.weighed]


def first(folder: Path, options: argparse.Namespace) -> None:
    """Closed ticket → first byte at the printer."""
    codes, printer, times, bare = goods()[:5], Printer(keep=2), [], []
    with hosted(printer) as address:
        with till_with(folder, address) as till:
            # a till that has just been started is still making itself ready to print
            time.sleep(OPEN)
            for _ in range(options.rounds):
                printer.come.clear()
                number = sell(till, codes)
                closed = time.perf_counter()
                till.ok("print", what="receipt", ticket=number)
                printer.come.wait(PATIENCE)
                times.append((printer.began - closed) * 1000)
                till.ok("wait", **{"for": "printed", "timeout": PATIENCE})
        document = Document(tuple(Text(f"{n} Camembert au lait cru 250 g  1,65") for n in range(20)))
        for _ in range(options.rounds):
            host, port = address.removeprefix("tcp://").split(":")
            with socket.create_connection((host, int(port))) as line:
                printer.come.clear()
                asked = time.perf_counter()
                line.sendall(encode(document, Profile()))
                printer.come.wait(PATIENCE)
                bare.append((printer.began - asked) * 1000)
    late, low = median(times[1:] or times), median(bare[1:] or bare)
    print(
        f"ticket closed to the first byte at the printer: {late:.1f} ms median, {max(times):.1f} at most, "
        f"{times[0]:.1f} the first; bare {low:.1f} ms: {late / low:.1f}x"
    )


def paper(folder: Path, options: argparse.Namespace) -> None:
    """Long receipts on a slow line."""
    printer, codes = Printer(keep=options.receipts, pace=PACE), goods()
    with hosted(printer, OnPty) as address, till_with(folder, address) as till:
        began, texts = time.perf_counter(), []
        for n in range(options.receipts):
            number = sell(till, [codes[(n + place) % len(codes)] for place in range(LINES - AROUND)])
            texts.append(till.ok("print", what="receipt", ticket=number)["text"])
        sold = time.perf_counter() - began
        till.ok("wait", **{"for": "printed", "timeout": 86_400})
        seconds = time.perf_counter() - began
        doubts = till.ok("device")["prints"]
    came = [list(sheet.lines) for sheet in printer.papers]
    least = min(len(text) for text in texts)
    alone = printer.received / PACE
    print(
        f"{len(texts)} receipts of {least} lines and more at 9600 baud, sold in {sold:.0f} s: "
        f"{sum(map(same, came, texts))} whole, once and in order, {len(came)} on paper, {len(doubts)} in doubt"
    )
    print(f"  {seconds:.0f} s; the line alone {alone:.0f} s: {seconds / alone:.2f}x")


def same(sheet: list[str], text: list[str]) -> bool:
    """Whether the paper says what the receipt says, line by line."""
    return [line.split() for line in sheet if line.strip()] == [line.split() for line in text if line.strip()]


def jobs(folder: Path, options: argparse.Namespace) -> None:
    """Many receipts: does the till grow?"""
    printer = Printer(keep=2)
    with hosted(printer) as address, till_with(folder, address) as till:
        number, marks = sell(till, goods()[:5]), []
        began = time.perf_counter()
        looks = sorted({max(1, options.jobs * part // 10) for part in (1, 4, 7, 10)})
        for n in range(1, options.jobs + 1):
            till.ok("print", what="receipt", ticket=number)
            if n % TOGETHER == 0 or n == options.jobs:
                till.ok("wait", **{"for": "printed", "timeout": PATIENCE})
            if n in looks:
                marks.append(f"{n:,}: {memory(till.pid):.1f} MiB, {open_files(till.pid)} descriptors")
        seconds = time.perf_counter() - began
    print(f"{printer.count:,} jobs on paper, {printer.count / seconds:.0f} a second")
    print(f"  the till after {'; '.join(marks)}")


FIGURES: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "first": first,
    "paper": paper,
    "jobs": jobs,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.devices", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}; default: all")
    parser.add_argument("--rounds", type=int, default=100, help="tickets of `first`")
    parser.add_argument("--receipts", type=int, default=40, help="receipts of `paper`")
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs of `jobs`")
    options = parser.parse_args()
    if unknown := set(options.figures) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(unknown)}")
    for name in options.figures or FIGURES:
        with tempfile.TemporaryDirectory(prefix="till bench ") as folder:
            FIGURES[name](Path(folder), options)


if __name__ == "__main__":
    main()
