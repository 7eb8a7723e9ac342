from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("alembic", "httpx", "keyring", "logging.config", "sqlalchemy", "zstandard")
OURS = ("devices", "fixtures", "textual", "tui_pos")


def modules_of(*arguments: str) -> set[str]:
    """The modules of a process that prints them."""
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_a_till_that_starts_does_not_pay_for_what_it_does_not_use() -> None:
    loaded = modules_of("-c", "import sync.store, sync.pins, sys; print(*sys.modules, sep='\\n')")

    assert [name for name in loaded if name.startswith((*HEAVY, "cryptography", *OURS))] == []


def test_selling_does_not_import_what_makes_statements(profile: Path) -> None:
    loaded = modules_of("-m", "tests.unit.sync.seller", str(profile))

    assert "sync.store.compiled" in loaded
    assert [name for name in loaded if name.startswith((*HEAVY, *OURS))] == []
