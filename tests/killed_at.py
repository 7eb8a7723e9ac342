"""A till that dies as by `kill -9` when one of its journals reaches a state.

    python -m tests.killed_at WHEN JOURNAL:STATE headless …

WHEN is `before` (the step is not on disk) or `after` (it is, and nobody was told). The spool's states are those of
`devices.jobs`; a payment's are created, sending, accepted, approved, declined, not_sent and unknown.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from sync.store import JobRow, Store
from sync.store.transaction import Transaction
from tui_pos.cli import main

ENDS = ("declined", "not_sent", "unknown")


def _reached(transaction: Transaction) -> set[str]:
    """What the writes of a transaction mean."""
    found: set[str] = transaction.__dict__.setdefault("reached", set())
    return found


def _note_payments() -> None:
    """Note in each transaction which state of a card payment it writes."""
    put, append = Transaction.put_setting, Transaction.append

    async def put_setting(self: Transaction, name: str, value: bytes) -> None:
        if name == "payment_attempt":
            attempt = msgspec.json.decode(value)
            _reached(self).add(f"payment:{attempt['state'] if attempt else 'ended'}")
        await put(self, name, value)

    async def appended(self: Transaction, kind: str, body: Any, *, at: Any) -> Any:
        code = body.get("code", "") if isinstance(body, dict) else ""
        if code.removeprefix("payment_") in ENDS:
            _reached(self).add(f"payment:{code.removeprefix('payment_')}")
        return await append(self, kind, body, at=at)

    Transaction.put_setting = put_setting  # type: ignore[method-assign]
    Transaction.append = appended  # type: ignore[method-assign]


def _note_prints() -> None:
    """Note in each transaction which state of a print it writes."""
    add, move = Transaction.add_job, Transaction.move_job

    async def add_job(self: Transaction, row: JobRow, at: Any) -> None:
        _reached(self).add(f"spool:{row.state}")
        await add(self, row, at)

    async def move_job(self: Transaction, row: JobRow, at: Any, data: bytes | None = None) -> None:
        _reached(self).add(f"spool:{row.state}")
        await move(self, row, at, data)

    Transaction.add_job = add_job  # type: ignore[method-assign]
    Transaction.move_job = move_job  # type: ignore[method-assign]


def install(when: str, point: str) -> None:
    """Have this process die at a point."""
    _note_payments()
    _note_prints()
    begin = Store.transaction

    @asynccontextmanager
    async def transaction(self: Store) -> AsyncIterator[Transaction]:
        async with begin(self) as made:
            yield made
            reached = _reached(made)
            if "payment:ended" in reached and not reached & {f"payment:{end}" for end in ENDS}:
                reached.add("payment:approved")
            if when == "before" and point in reached:
                os.kill(os.getpid(), signal.SIGKILL)
        if point in reached:
            os.kill(os.getpid(), signal.SIGKILL)

    Store.transaction = transaction  # type: ignore[method-assign]


if __name__ == "__main__":
    install(sys.argv[1], sys.argv[2])
    sys.exit(main(sys.argv[3:]))
