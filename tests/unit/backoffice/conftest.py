"""A server's commands, run in this process on a database of the test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backoffice.cli import main
from tui_pos.l10n import use_language

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    yield
    use_language("en")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a database of this test; gives what it printed as JSON."""
    monkeypatch.setenv("TUI_POS_SECRET_DIR", str(tmp_path / "secrets"))

    def call(*arguments: str, status: int = 0) -> Any:
        found = main([*arguments, "--db", f"sqlite:///{tmp_path}/server.db", "--json"])
        output = capsys.readouterr()
        assert found == status, output.err
        if status:
            assert output.err.count("\n") == 1
            return output.err
        lines = [json.loads(line) for line in output.out.splitlines()]
        return lines[0] if len(lines) == 1 else lines

    return call


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with its key, made once."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUI_POS_SECRET_DIR", str(folder / "secrets"))
        assert main(["init", "--demo", "retail", "--db", f"sqlite:///{folder}/server.db"]) == 0
    return folder


@pytest.fixture
def server(made: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same, with a server in it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    capsys.readouterr()
    return run
