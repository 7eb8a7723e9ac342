"""What the scenarios of a sale start from."""

from __future__ import annotations

import pytest

from tests.unit.sale.counter import Counter


@pytest.fixture
def counter() -> Counter:
    """A counter with an empty open ticket."""
    return Counter()
