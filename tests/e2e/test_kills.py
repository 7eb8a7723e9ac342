"""Tills and their server, real processes, killed at any point while the network between them is bad.

`python -m tests.e2e.kill_rounds --rounds 200 --seed 7` does more of it.
"""

from __future__ import annotations

from pathlib import Path

from tests.e2e.kill_rounds import run
from tests.server_process import ServerProcess

ROUNDS = 20


async def test_whoever_is_killed_nothing_is_lost_nothing_doubled_and_both_sides_hold_the_same(
    server: ServerProcess, tmp_path: Path
) -> None:
    outcome = await run(ROUNDS, 1, tmp_path, server)

    assert outcome.problems == []
    assert outcome.tickets > ROUNDS
    assert outcome.kills["till"] > ROUNDS // 4
    assert outcome.kills.total() - outcome.kills["till"] > ROUNDS // 4
    assert outcome.faults.total() > ROUNDS // 4
