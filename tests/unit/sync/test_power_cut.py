from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from sync.store import open_store
from tests.shared_data import ROOT


async def killed_after(profile: Path, lines: int) -> list[str]:
    """What a till that sells has said by the time it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.unit.sync.writer", str(profile), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = [(await process.stdout.readline()).decode().strip() for _ in range(lines)]
    process.kill()
    rest = (await process.stdout.read()).decode()
    await process.wait()
    assert process.returncode == -9
    # the last line may be cut
    return said + rest.split("\n")[:-1]


@pytest.mark.parametrize("lines", [3, 41])
async def test_what_was_confirmed_outlives_kill_9(profile: Path, lines: int) -> None:
    said = await killed_after(profile, lines)
    steps = [int(line.split()[1]) for line in said if line.startswith("step")]
    tickets = [line.split()[1] for line in said if line.startswith("ticket")]

    store = await open_store(profile)
    report = await store.journal.verify()
    closed = [row.number for row in reversed(await store.tickets.find(limit=10_000))]
    kept = await store.tickets.open()
    await store.close()

    # one step may have been committed and not been told any more
    assert closed[: len(tickets)] == tickets
    assert report.tickets == len(closed) <= len(tickets) + 1
    done = (
        steps[-1] + 1 if kept and b"step %d" % (steps[-1] + 1) in b"".join(kept.lines.values()) else steps[-1]
    )
    assert len(closed) in {done // 5, (done - 1) // 5}
    if kept is not None:
        expected = [f"line {n} of step {len(closed) * 5 + n}".encode() for n in range(1, len(kept.lines) + 1)]
        assert list(kept.lines.values()) == expected
        assert len(closed) * 5 + len(kept.lines) == done
