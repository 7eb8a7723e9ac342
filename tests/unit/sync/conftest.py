from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.store import KeySource, Store, open_store
from tests.unit.sync.books import Books, FixedClock


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring of whoever runs the tests is left alone."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.fixture(scope="session")
def new_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till as it is after its first start."""
    profile = tmp_path_factory.mktemp("new") / "till"

    async def make() -> None:
        store = await open_store(profile, create=True, key_source=KeySource.FILE, clock=FixedClock())
        await store.close()

    asyncio.run(make())
    return profile


@pytest.fixture
def profile(new_profile: Path, tmp_path: Path) -> Path:
    """A profile of the test's own."""
    own = tmp_path / "till"
    shutil.copytree(new_profile, own)
    return own


@pytest.fixture
def on_loop() -> bool:
    """Whether the store runs on the loop, as in a simulation: modules that try both override it."""
    return False


@pytest.fixture
async def store(profile: Path, on_loop: bool) -> AsyncIterator[Store]:
    """An open store."""
    opened = await open_store(profile, on_loop=on_loop)
    yield opened
    await opened.close()


@pytest.fixture
def books(store: Store) -> Books:
    """What a till does with its store."""
    return Books(store)
