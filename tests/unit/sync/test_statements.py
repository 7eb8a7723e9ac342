from __future__ import annotations

from pathlib import Path

from sync.store import Store, compiled, statements
from sync.store.connection import Connection
from sync.store.listing_sql import OfListing


def test_the_statements_are_compiled_as_they_are_written() -> None:
    told = "run python -m sync.store.statements, and commit what it makes"

    assert Path(compiled.__file__).read_text("utf-8") == statements.compiled(), told


async def test_the_database_understands_each_of_them(store: Store) -> None:
    texts = [value for value in vars(compiled).values() if isinstance(value, str) and value.startswith("\n")]
    for value in vars(compiled).values():
        texts += value if isinstance(value, OfListing) else ()

    def explain(connection: Connection) -> int:
        names = ("limit", "offset", "low", "high", "ids", "codes", "seqs")
        values = dict.fromkeys(("query", *_names(texts)), "x") | dict.fromkeys(names, 1)
        return sum(bool(connection.all(f"EXPLAIN {text}", **values)) for text in texts)

    assert await store._database.read(explain) == len(texts) > 80


def _names(texts: list[str]) -> set[str]:
    return {word.strip(":(),") for text in texts for word in text.replace("=:", "= :").split() if ":" in word}
