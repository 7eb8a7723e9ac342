"""`tui-pos load`: brings data from the server, with progress."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos.errors import translated
from tui_pos.exchange import engine_at
from tui_pos.l10n import _
from tui_pos.profile import default_profile

if TYPE_CHECKING:
    from sync.events import Event


def run(options: argparse.Namespace) -> int:
    """Load everything, or what has changed."""
    profile: Path = options.profile or default_profile()
    count = asyncio.run(_load(profile, full=options.what == "full", source=options.source))
    print(_("{count} records are in.").format(count=count))
    return 0


async def _load(profile: Path, *, full: bool, source: str | None) -> int:
    with translated():
        async with engine_at(profile) as engine:
            engine.events.subscribe(_show)
            if source is not None:
                return await engine.load_from(source, full=full)
            return await (engine.load_full() if full else engine.load_changes())


def _show(event: Event) -> None:
    """The progress on one line of standard error, where somebody looks at it."""
    from sync.events import LoadEnded, Progress  # noqa: PLC0415 - comes with the engine

    if not sys.stderr.isatty():
        return
    if isinstance(event, Progress):
        label = _("Download") if event.phase == "download" else _("Write")
        left = f"  {event.left:.0f} s" if event.left is not None else ""
        share = 100 * event.done // max(1, event.total)
        print(f"\r{label} {share:3d} %  {event.done:,}{left}   ", end="", file=sys.stderr, flush=True)
    elif isinstance(event, LoadEnded):
        print(file=sys.stderr)
