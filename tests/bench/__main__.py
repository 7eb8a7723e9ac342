"""The figures that the till is held to: `python -m tests.bench [--products N] [--rounds N] [FIGURE …]`.

Each figure runs in turn with the floor it is compared with (a bare Textual program on the same kind of
pseudo-terminal, that paints and keeps nothing), so that a machine that slows down slows both. Nothing is asserted:
ratios are printed, and `README.md` quotes them.

`loading`, `hanging` and `deaf` are measured where they are named: scans while a full load goes on, while the server
takes everything and answers nothing, and while no device answers.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fixtures import load_shop
from tests.bench import disturbed
from tests.bench.terminal import ROOT, Terminal

TILL = str(ROOT / "till")
BARE = [str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "tests" / "bench" / "bare.py")]


def telling_products(count: int) -> list[tuple[str, str]]:
    """Codes of products, each with a word of its label that no other of them has."""
    words: dict[str, list[str]] = {}
    for product in load_shop("retail").products:
        word = product.label[:18].split()[0].casefold()
        if len(word) >= 6 and word.isascii() and word.isalpha() and not product.weighed:
            words.setdefault(word, []).append(product.code)
    alone = [(codes[0], word) for word, codes in words.items()]
    found = [
        (code, word) for code, word in alone if not any(word != other and word in other for _, other in alone)
    ]
    if len(found) < count:
        raise SystemExit(f"only {len(found)} products have a word of their own")
    return found[:count]


def demo(profile: Path, products: int) -> list[str]:
    """The command of a demo till, whose shop is made first where it is not there: by a program, so without a server."""
    if not profile.exists():
        make = [TILL, "headless", "--demo", "--profile", str(profile), "--products", str(products)]
        subprocess.run(make, input=b"", check=True, stdout=subprocess.DEVNULL)
    return [TILL, "demo", "--ready", "--profile", str(profile)]


def scans_of_bare(codes: Sequence[str]) -> list[float]:
    """Milliseconds from a scan to its painted row, in the bare program."""
    with Terminal(BARE) as bare:
        bare.wait_for("bare app is ready")
        bare.settle()
        times = []
        for code in codes:
            written = bare.type(code + "\r")
            times.append((bare.wait_for("row of " + code) - written) * 1000)
            bare.settle(0.05)
    return times


def scans_of_till(
    profile: Path, goods: Sequence[tuple[str, str]], products: int, before: int = 0
) -> tuple[list[float], list[float], float]:
    """Milliseconds from a scan to its painted row, from a cash tender to the closed ticket, and MiB at the peak.

    Args:
        before: scans that are not counted, first: the ticket's lines so far.
    """
    times: list[float] = []
    tenders: list[float] = []
    with Terminal(demo(profile, products)) as till:
        code, word = goods[0]
        till.wait_for(word, again=code + "\r")
        till.settle(0.3)
        for _ in range(before):
            till.type(code + "\r")
        till.settle(0.5)
        for code, word in goods[1:]:
            written = till.type(code + "\r")
            times.append((till.wait_for(word) - written) * 1000)
            till.settle(0.05)
        for code, word in goods[1:11]:
            if len(tenders) > 0 or before:
                till.type(code + "\r")
                till.wait_for(word)
                till.settle(0.05)
            till.type("\r")
            till.settle(0.1)
            written = till.type("\r")
            tenders.append((till.wait_for("ticket 1-") - written) * 1000)
            till.settle(0.1)
        peak = till.peak_memory()
    return times, tenders, peak


def shown(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def scan(work: Path, options: argparse.Namespace) -> None:
    """Scan → row painted and on disk; cash tender → closed and painted; peak memory."""
    goods = telling_products(options.rounds + 1)
    codes = [code for code, _ in goods[1:]]
    floor = scans_of_bare(codes)
    ours, tenders, peak = scans_of_till(work / "scan", goods, options.products)
    floor += scans_of_bare(codes)
    (low, low95), (mid, mid95) = shown(floor), shown(ours)
    print(
        f"scan, {options.products:,} products: {mid:.1f} ms (p95 {mid95:.1f}); bare {low:.1f} (p95 {low95:.1f})"
    )
    print(f"  p50 {mid / low:.2f}x, p95 {mid95 / low95:.2f}x the bare program that keeps nothing")
    print(
        f"  cash tender to closed ticket {shown(tenders)[0]:.1f} ms: {shown(tenders)[0] / mid:.2f}x the scan"
    )
    print(f"  peak memory of the till {peak:.0f} MiB")


def lines(work: Path, options: argparse.Namespace) -> None:
    """The 200th line against the 2nd."""
    goods = telling_products(options.rounds + 1)
    few, _, _ = scans_of_till(work / "few", goods[:11], options.products)
    many, _, _ = scans_of_till(work / "many", goods[:11], options.products, before=190)
    (early, _), (late, _) = shown(few), shown(many)
    print(f"lines 2 to 11: {early:.1f} ms; lines 192 to 201: {late:.1f} ms: {late / early:.2f}x")


def start(work: Path, options: argparse.Namespace) -> None:
    """Process start → first frame, and → first scan painted."""
    code, word = telling_products(1)[0]
    bare, frames, scans = [], [], []
    for turn in range(min(options.rounds, 15) + 1):
        with Terminal(BARE) as floor:
            bare.append((floor.wait_for("bare app is ready") - floor.started) * 1000)
        with Terminal(demo(work / "start", options.products)) as till:
            frames.append((till.wait_for("Article") - till.started) * 1000)
            scans.append((till.wait_for(word, again=code + "\r") - till.started) * 1000)
        if turn == 0:
            # the first start makes the demo's shop
            bare, frames, scans = [], [], []
    low, frame, first = map(statistics.median, (bare, frames, scans))
    print(f"start: bare program's first frame {low:.0f} ms; ours {frame:.0f} ms: {frame / low:.2f}x")
    print(f"  first scan painted {first:.0f} ms: {first / low:.2f}x")


def headless(work: Path, options: argparse.Namespace) -> None:
    """Durable inputs a second through headless."""
    codes = [code for code, _ in telling_products(50)]
    requests = [{"do": "sign_in", "user": "1", "pin": "1111"}, {"do": "open_session", "float": 0}]
    for _ in range(options.rounds):
        requests += [{"do": "scan", "code": code} for code in codes[:20]]
        requests.append({"do": "tender", "method": "CARD"})
    text = "".join(json.dumps(request) + "\n" for request in requests).encode()
    command = [TILL, "headless", "--demo", "--profile", str(work / "headless")]
    subprocess.run(command, input=b"", check=True, stdout=subprocess.DEVNULL)
    began = time.perf_counter()
    subprocess.run(command, input=b"", check=True, stdout=subprocess.DEVNULL)
    empty = time.perf_counter() - began
    began = time.perf_counter()
    done = subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE)
    took = time.perf_counter() - began - empty
    refused = sum(b'"ok":false' in line for line in done.stdout.splitlines())
    print(
        f"headless: {len(requests) / took:.0f} durable inputs/s ({len(requests)} inputs, {refused} refused)"
    )


def disturbance(
    measure: Callable[[Path, argparse.Namespace, disturbed.Goods], list[tuple[str, list[float]]]],
) -> Callable[[Path, argparse.Namespace], None]:
    """A figure of scans that something disturbs, between two of the bare program."""

    def figure(work: Path, options: argparse.Namespace) -> None:
        goods = telling_products(disturbed.LINES * max(1, options.rounds // disturbed.LINES))
        codes = [code for code, _ in goods]
        floor = scans_of_bare(codes)
        found = measure(work, options, goods)
        floor += scans_of_bare(codes)
        for what, times in found:
            disturbed.report(what, times, floor)

    return figure


FIGURES: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "scan": scan,
    "lines": lines,
    "start": start,
    "headless": headless,
    "loading": disturbance(disturbed.loading),
    "hanging": disturbance(disturbed.hanging),
    "deaf": disturbance(disturbed.deaf),
}
USUAL = ("scan", "lines", "start", "headless")
"""Those that are measured when none is named."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}; default: {', '.join(USUAL)}"
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    if unknown := set(options.figures) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory(prefix="till bench ") as folder:
        for name in options.figures or USUAL:
            FIGURES[name](Path(folder), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
