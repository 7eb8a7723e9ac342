from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from tests.simulation.backend import Backend
from tests.simulation.till import SimTill
from tests.simulation.virtual import VirtualLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Here time moves when everybody waits."""
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
def own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of tills and servers stay in the test's own folder."""
    monkeypatch.setenv("TUI_POS_SECRET_DIR", str(tmp_path / "secrets"))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """The server, with a shop that sells."""
    made = Backend(tmp_path / "server", 0)
    await made.make()
    yield made
    await made.stop()


@pytest.fixture
async def till(backend: Backend, tmp_path: Path) -> AsyncIterator[SimTill]:
    """A till that is enrolled, has its data and sells; its engine runs."""
    made = SimTill(backend, tmp_path, "1")
    await made.enrol()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def stick(tmp_path: Path, till: SimTill) -> Path:
    """A folder of exports; the till cannot reach its server."""
    till.wire.plugged = False
    return tmp_path / "stick"
