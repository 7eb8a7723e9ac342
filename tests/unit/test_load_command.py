"""`tui-pos load` at a terminal: how far it has come, and Ctrl+C."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sync.carried import Loaded
from sync.errors import Hole
from tests.engine_double import EngineDouble
from tui_pos.commands import load
from tui_pos.l10n import use_language


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> EngineDouble:
    """The engine that the command gets, whatever language a test before this one has left."""
    use_language("en")
    made = EngineDouble()

    @asynccontextmanager
    async def engine_at(_profile: Path) -> AsyncIterator[EngineDouble]:
        yield made

    monkeypatch.setattr(load, "engine_at", engine_at)
    return made


async def test_a_terminal_shows_bytes_or_rows_and_the_time_that_is_left(
    engine: EngineDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    engine.gate.set()

    assert await load._load_or_give_up(Path("till"), full=True, place=None) == 1000

    assert "1/2 download  25 %  1 MB of 4 MB  12 s left" in capsys.readouterr().err


async def test_ctrl_c_gives_the_load_up_and_says_that_nothing_has_changed(
    engine: EngineDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    loading = asyncio.create_task(load._load_or_give_up(Path("till"), full=True, place=None))
    await engine.begun.wait()

    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading

    assert capsys.readouterr().err == "The load was given up. The data in use are as they were.\n"


def test_why_everything_came_instead_of_changes_is_said_beside_the_count(
    engine: EngineDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.carried = Loaded(7, Hole(reason="they end at 3, the whole at 9"))

    status = load.run(argparse.Namespace(profile=Path("till"), what="changes", place="/media/stick"))

    said = capsys.readouterr()
    assert (status, said.out) == (0, "7 records are in.\n")
    assert "do not go on from the data of this till (they end at 3, the whole at 9)" in said.err
    assert engine.asked == ["changes from /media/stick"]
