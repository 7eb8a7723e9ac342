"""`tui-pos load`: brings data from the server, or from a place where it has published them, with progress."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos.errors import in_words, translated
from tui_pos.exchange import engine_at
from tui_pos.l10n import _
from tui_pos.profile import default_profile
from tui_pos.progress import amount_of, left, percent_of, step

if TYPE_CHECKING:
    from sync.events import Event


def run(options: argparse.Namespace) -> int:
    """Load everything, or what has changed."""
    profile: Path = options.profile or default_profile()
    count = asyncio.run(_load_or_give_up(profile, full=options.what == "full", place=options.place))
    print(_("{count} records are in.").format(count=count))
    return 0


async def _load_or_give_up(profile: Path, *, full: bool, place: str | None) -> int:
    try:
        return await _load(profile, full=full, place=place)
    except asyncio.CancelledError:
        # Ctrl+C
        print(_("The load was given up. The data in use are as they were."), file=sys.stderr)
        raise


async def _load(profile: Path, *, full: bool, place: str | None) -> int:
    with translated():
        async with engine_at(profile) as engine:
            engine.events.subscribe(_show)
            if place is None:
                return await (engine.load_full() if full else engine.load_changes())
            loaded = await engine.load_from(place, full=full)
            if loaded.note is not None:
                print(in_words(loaded.note), file=sys.stderr)
            return loaded.records


def _show(event: Event) -> None:
    """The progress on one line of standard error, where somebody looks at it."""
    from sync.events import LoadEnded, Progress  # noqa: PLC0415 - comes with the engine

    if not sys.stderr.isatty():
        return
    if isinstance(event, Progress):
        parts = step(event), f"{percent_of(event)} %", amount_of(event), left(event)
        print("\r" + "  ".join(filter(None, parts)) + "   ", end="", file=sys.stderr, flush=True)
    elif isinstance(event, LoadEnded):
        print(file=sys.stderr)
