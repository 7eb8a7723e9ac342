"""What is written for those who add to the program names what is there."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from sync.protocol.terms import OfferRecord
from tui_pos.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8").replace("\n", " ")

PATHS = sorted(
    set(re.findall(r"`((?:tui_pos|sync|devices|backoffice|docs|tests)/[\w/.]+)`", PAGE)) | {"CHANGELOG.md"}
)


@pytest.mark.parametrize("path", PATHS)
def test_each_file_that_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_each_module_that_it_runs_is_there() -> None:
    modules = [re.sub(r"\s+", "", name) for name in re.findall(r"python -m\s+([\w.]+)", PAGE)]
    assert len(modules) == 3
    assert [name for name in modules if find_spec(name) is None] == []


def test_the_names_that_it_gives_are_those_of_the_code() -> None:
    offers = (ROOT / "tui_pos" / "sale" / "offers.py").read_text("utf-8")
    assert all(f"def {name}(" in offers for name in ("_saving", "_saving_on_ticket"))
    assert "kind" in OfferRecord.__struct_fields__
    assert Settings.__struct_fields__
