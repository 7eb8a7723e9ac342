"""`tui-pos sync`: the engine alone, as a service, for a till whose screen is closed."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from tui_pos.errors import translated
from tui_pos.exchange import engine_at
from tui_pos.l10n import _
from tui_pos.logs import log_to
from tui_pos.profile import default_profile


def run(options: argparse.Namespace) -> int:
    """Exchange once, or until told to end."""
    profile: Path = options.profile or default_profile()
    if options.once:
        sent, came = asyncio.run(_once(profile))
        print(_("{sent} entries sent, {came} records came.").format(sent=sent, came=came))
    else:
        asyncio.run(_serve(profile))
    return 0


async def _once(profile: Path) -> tuple[int, int]:
    with translated():
        async with engine_at(profile) as engine:
            return await engine.push(), await engine.load_changes()


async def _serve(profile: Path) -> None:
    with translated():
        async with engine_at(profile) as engine:
            log_to(profile)
            running = asyncio.ensure_future(engine.run())
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, running.cancel)
            await asyncio.wait([running])
            if not running.cancelled():
                running.result()
