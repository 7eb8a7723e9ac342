from __future__ import annotations

import subprocess
import sys


def test_a_till_that_starts_does_not_pay_for_what_it_does_not_use() -> None:
    heavy = (
        "alembic",
        "keyring",
        "cryptography",
        "sqlalchemy.orm",
        "sqlalchemy.ext",
        "httpx",
        "logging.config",
    )
    ours = ("tui_pos", "devices", "textual", "fixtures")
    script = "import sync.store, sync.pins, sys; print(*sorted(sys.modules), sep='\\n')"

    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()

    assert [name for name in loaded if name.startswith((*heavy, *ours))] == []
