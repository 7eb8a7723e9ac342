"""What goes for every test."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import settings

from tests.steady import SteadyLoop

# a slow moment of the machine is no fault of what is tested
settings.register_profile(
    "till", parent=settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("till")


def pytest_asyncio_loop_factories() -> Mapping[str, type[SteadyLoop]]:
    """Nor is one between two steps of a test."""
    return {"steady": SteadyLoop}
