"""Waiting until a screen has come to rest: by what it shows and does, never by how busy the machine seems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual._compositor import LayoutUpdate
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip

_TURNS = 2
"""Turns without any change, after which there will be none: each one empties the queues of all widgets."""


def painted(app: App[Any]) -> list[Strip]:
    """The lines of the screen, over those that shine through it."""
    return [Strip.join(parts) for parts in _parts(app)]


def _parts(app: App[Any]) -> list[list[Strip]]:
    shown = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(shown, LayoutUpdate)
    return [list(line) for line in shown.strips]


async def still(pilot: Pilot[Any]) -> None:
    """Wait until all that was given has been taken, and what it brings up is asked for, laid out and painted."""
    app, shown, turns = pilot.app, None, 0
    # what the till itself has still to take
    settled: Callable[[], Awaitable[None]] | None = getattr(app, "settled", None)
    while turns < _TURNS:
        await pilot.pause(0)
        if settled is not None:
            await settled()
        await app.workers.wait_for_complete()
        now = app.screen, _parts(app)
        turns = turns + 1 if now == shown else 0
        shown = now
