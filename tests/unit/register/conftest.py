from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.protocol import MethodRecord
from tests.small_shop import LENTILS, Shop, Till, make_store, shop_in
from tests.small_terms import FIFTH, HOUSEHOLD, bring, budget
from tests.unit.register.card_payments import asked, fails
from tui_pos.inputs import Tender
from tui_pos.l10n import use_language


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profile = tmp_path_factory.mktemp("shop") / "till"
    profile.mkdir(mode=0o700)
    asyncio.run(make_store(profile))
    return profile


@pytest.fixture
async def shop(tmp_path: Path, template: Path) -> AsyncIterator[Shop]:
    async with shop_in(tmp_path / "till", template) as shop:
        yield shop


@pytest.fixture
async def till(shop: Shop) -> Till:
    """The till, with nobody at it."""
    return await shop.open()


@pytest.fixture
async def cashier(till: Till) -> Till:
    """The till, with a cashier signed in and a session open."""
    return await (await till.sign_in("1")).open_session()


@pytest.fixture
async def supervisor(till: Till) -> Till:
    """The till, with a supervisor signed in and a session open."""
    return await (await till.sign_in("2")).open_session()


@pytest.fixture
async def slow(cashier: Till) -> Till:
    """A cashier whose terminal is busy with a payment until the gate opens."""
    cashier.twin("terminal").set(answer="slow")
    await cashier.scan(LENTILS)
    outcome = await cashier.give(Tender("CARD"))
    assert outcome.pending
    await asked(cashier)
    return cashier


@pytest.fixture
async def unknown(cashier: Till) -> Till:
    """A cashier whose terminal took the money and lost its answer."""
    cashier.twin("terminal").set(answer="lost")
    await cashier.scan(LENTILS)
    await fails(cashier, "payment_unknown")
    cashier.twin("terminal").set(answer="approved")
    return cashier


BUDGET = MethodRecord("BUDGET", "Budget", "Account", order=9, negative_allowed=True, needs_customer=True)


@pytest.fixture
async def helped(cashier: Till) -> Till:
    """A cashier's till where household H1 has a tariff of a fifth and 30 € a month, in market value."""
    await cashier.store.catalogue.load(methods=[BUDGET], replace=False)
    await bring(cashier, FIFTH, HOUSEHOLD, budget())
    return cashier
