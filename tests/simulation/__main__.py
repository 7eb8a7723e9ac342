"""`python -m tests.simulation --seed 7`: run simulated days, or replay those of one seed."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.world import Plan, run


def main() -> int:
    """Run one seed after the other; exit status 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--rounds", type=int, default=1, help="how many seeds, one after the other")
    parser.add_argument("--tills", type=int, default=3)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--sales", type=int, default=12, help="of each till on each day")
    parser.add_argument("--troubles", type=int, default=6, help="on each day")
    given = parser.parse_args()
    # refusals are what a plan of faults is for: a server logs each of them
    logging.disable(logging.WARNING)
    bad = 0
    for seed in range(given.seed, given.seed + given.rounds):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            outcome = run(Plan(seed, given.tills, given.days, given.sales, given.troubles), Path(folder))
        print(
            f"seed {seed}: {outcome.till_days} till-days, {outcome.entries} entries, {outcome.tickets} tickets, "
            f"{outcome.faults} faults, {outcome.troubles}, {time.monotonic() - started:.1f} s",
            flush=True,
        )
        for problem in outcome.problems:
            print(f"  {problem}", flush=True)
        bad += bool(outcome.problems)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
