"""A till that sells for ever, for a test that kills it: each line that it prints tells what is on the disk."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sync.store import open_store
from tests.unit.sync.books import Books


async def main(profile: Path) -> None:
    store = await open_store(profile)
    books = Books(store)
    step = 0
    while True:
        for n in range(1, 6):
            step += 1
            await books.keep(f"open-{step - n}", {n: f"line {n} of step {step}".encode()})
            print("step", step, flush=True)
        session = await store.sessions.current() or await books.open_session()
        async with store.transaction() as transaction:
            sold = await books.write_ticket(transaction, session.id, step)
            await transaction.drop_open(f"open-{step - 5}")
        print("ticket", sold.number, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
