from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sync.store import KeySource, Store, open_store
from tui_pos.importing import ImportPlan
from tui_pos.importing.products import plan_products
from tui_pos.importing.reading import Text
from tui_pos.l10n import use_language

Plan = Callable[..., ImportPlan]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("fr")


@pytest.fixture
def plan() -> Plan:
    """Give the plan of a CSV text: `plan("code;label\\n4011;Bananas")`."""

    def made(text: str, **mapping: str) -> ImportPlan:
        return plan_products(Text(text, "utf-8"), mapping, default_vat=Decimal("5.5"))

    return made


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a file to import."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "products.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    profile = tmp_path / "till"
    profile.mkdir(mode=0o700)
    store = await open_store(profile, create=True, key_source=KeySource.FILE)
    yield store
    await store.close()
