"""What goes for every test."""

from __future__ import annotations

from hypothesis import settings

# a slow moment of the machine is no fault of what is tested
settings.register_profile(
    "till", parent=settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("till")
