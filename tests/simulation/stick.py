"""A stick with the server's exports, as tests speak of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from backoffice.feed.publishing import Change, put
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.till import SimTill


def dearer(number: int, price: int) -> Change:
    """A product with another price."""
    return put(msgspec.structs.replace(PRODUCTS[number], unit_price=price))


def files(folder: Path, pattern: str = "*") -> list[Path]:
    """What lies there, in the order of names."""
    return sorted(folder.glob(pattern))


async def price(till: SimTill, number: int) -> int | None:
    return (await till.store.catalogue.find(PRODUCTS[number].code))[0].unit_price


async def publish_and_export(backend: Backend, stick: Path, *changes: Change, whole: bool = False) -> None:
    await backend.publish(*changes)
    await backend.export(stick, whole=whole)
