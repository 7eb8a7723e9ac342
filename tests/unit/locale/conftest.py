"""The language of the process is put back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tui_pos.l10n import language, use_language


@pytest.fixture(autouse=True)
def language_put_back() -> Iterator[None]:
    before = language()
    yield
    use_language(before)
