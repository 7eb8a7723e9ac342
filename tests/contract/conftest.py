"""The till by its JSON lines: in this process, or in one of its own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.json_lines import Lines
from tui_pos.l10n import use_language
from tui_pos.profile import Demo
from tui_pos.till import open_till


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture(scope="session")
def demo_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's data, made once."""
    profile = tmp_path_factory.mktemp("demo") / "till"

    async def make() -> None:
        await (await open_till(profile, Demo())).close()

    asyncio.run(make())
    return profile


@pytest.fixture
async def lines(tmp_path: Path, demo_profile: Path) -> AsyncIterator[Lines]:
    shutil.copytree(demo_profile, tmp_path / "till")
    till = await open_till(tmp_path / "till", Demo())
    yield Lines(till)
    await till.close()


@pytest.fixture
async def cashier(lines: Lines) -> Lines:
    await lines.ok("sign_in", user="1", pin="1111")
    await lines.ok("open_session", float=10000)
    return lines


@pytest.fixture
async def supervisor(lines: Lines) -> Lines:
    await lines.ok("sign_in", user="2", pin="2222")
    await lines.ok("open_session", float=10000)
    return lines


@pytest.fixture
async def goods(lines: Lines) -> list[dict[str, Any]]:
    """Products of the demo shop that are sold by the piece."""
    found = (await lines.ok("search", text="", limit=60))["found"]
    return [product for product in found if not product["weighed"] and product["unit_price"]]
