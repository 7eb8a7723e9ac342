"""Where the shared real-life data are: beside the checkout, never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_data(name: str) -> Path:
    """The path of one shared data file; skips the test, saying why, where the folder is not there."""
    folder = Path(os.environ.get("TUI_POS_SHARED_DATA", ROOT.parent / "shared" / "data"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"the shared data are not on this machine: no {name} in {folder}")
    return path
