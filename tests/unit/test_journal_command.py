"""`tui-pos journal`: anyone can check it and take it away, and it tells of both where that counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.small_shop import LENTILS, make_store, shop_in
from tests.unit.sync.books import meddle
from tui_pos.cli import main
from tui_pos.profile import take

Run = Callable[..., tuple[int, str, str]]
SIGNED_OVER = (
    "UPDATE journal SET canonical = CAST(replace(canonical, '249', '248') AS BLOB) "
    "WHERE seq = (SELECT min(seq) FROM journal WHERE kind = 'ticket')"
)


async def _sell(profile: Path, template: Path) -> None:
    async with shop_in(profile, template) as shop:
        till = await (await (await shop.open()).sign_in()).open_session()
        await till.sell(LENTILS)
        await till.sell(LENTILS)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A till that has sold twice."""
    template = tmp_path / "template"
    template.mkdir()
    asyncio.run(make_store(template))
    asyncio.run(_sell(tmp_path / "till", template))
    return tmp_path / "till"


@pytest.fixture
def journal(profile: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a word of the command: its exit status, and what it said on each stream."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["--lang", "en", "journal", *words, "--profile", str(profile)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def bodies(exported: str) -> list[dict[str, Any]]:
    return [json.loads(json.loads(line)["canonical"])["body"] for line in exported.splitlines()]


def test_an_export_holds_its_own_trace_and_the_journal_verifies_after_it(journal: Run) -> None:
    status, exported, errors = journal("export")
    assert (status, errors) == (0, "")
    last = bodies(exported)[-1]
    assert (last["code"], last["jet"], last["after"]) == ("export", 110, 0)
    entries = len(exported.splitlines())
    assert journal("verify") == (
        0, f"{entries} entries, 2 tickets: whole, in order, each signed by this till.\n", "",
    )  # fmt: skip


def test_each_export_is_traced_and_one_after_a_position_holds_what_is_new(journal: Run) -> None:
    entries = len(journal("export")[1].splitlines())
    again = bodies(journal("export", "--after", str(entries))[1])
    assert [(body["code"], body["after"]) for body in again] == [("export", entries)]


def test_an_export_that_fails_says_why_and_nothing_else(journal: Run, profile: Path) -> None:
    (profile / "till.db").write_bytes(b"junk" * 4096)
    status, exported, errors = journal("export")
    assert (status, exported, errors.count("\n")) == (1, "", 1)
    assert "till.db" in errors


def test_the_journal_of_a_till_that_runs_is_exported_and_that_it_is_not_traced_is_said(
    profile: Path, journal: Run
) -> None:
    with take(profile):
        status, exported, errors = journal("export")
    assert (status, bodies(exported)[-1].get("code") == "export") == (0, False)
    assert "is not in the journal itself" in errors


def test_a_journal_that_was_changed_does_not_verify_and_says_so_itself_once(
    profile: Path, journal: Run
) -> None:
    meddle(profile, SIGNED_OVER)
    for _ in range(2):
        status, _, errors = journal("verify")
        assert (status, "The journal is broken at entry" in errors) == (1, True)
    found = [body for body in bodies(journal("export")[1]) if body.get("code") == "integrity_defect"]
    assert [(body["jet"], body["position"]) for body in found] == [(90, found[0]["position"])]
