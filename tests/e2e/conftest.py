from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server_process import ServerProcess


@pytest.fixture(scope="session")
def made_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with the demo shop and its keys, made once."""
    folder = tmp_path_factory.mktemp("server")
    ServerProcess(folder).run("init", "--demo", "retail")
    return folder


@pytest.fixture
def server(made_server: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that serves the demo shop."""
    folder = tmp_path / "server"
    shutil.copytree(made_server, folder)
    server = ServerProcess(folder)
    server.start()
    yield server
    server.end()
