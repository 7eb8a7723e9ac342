"""The selling screen in front of a small register."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real_selling import Counterfoil, make_template, real_seat
from tests.register_double import NOON, PRODUCTS, Register
from tests.selling import Seat, Sit, Till
from tui_pos.app import TillApp
from tui_pos.l10n import use_language
from tui_pos.sale.ticket import Product
from tui_pos.settings import Settings


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def till_of() -> Callable[[Register], Till]:
    return Till


@pytest.fixture
def products() -> tuple[Product, ...]:
    return PRODUCTS


@pytest.fixture
def sit(register: Register) -> Sit:
    """Opens the till on a screen of a size: `async with sit((80, 24)) as seat`."""

    @asynccontextmanager
    async def at(size: tuple[int, int] = (80, 24), **settings: Any) -> AsyncIterator[Seat]:
        async def open_till() -> Till:
            return Till(register)

        register.settings = Settings(**settings)
        app = TillApp(open_till, now=lambda: NOON)
        async with app.run_test(size=size) as pilot:
            await app.opened.wait()
            seat = Seat(app, pilot, register)
            await seat.settled()
            yield seat
            assert app.recovery.stumbles.total == seat.stumbles

    return at


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profile = tmp_path_factory.mktemp("real") / "till"
    make_template(profile)
    return profile


@pytest.fixture
async def seat(tmp_path: Path, template: Path) -> AsyncIterator[Counterfoil]:
    """At the real till: a manager is signed in, and a session is open with 100.00 in the drawer."""
    async with real_seat(tmp_path / "till", template) as seat:
        yield seat
