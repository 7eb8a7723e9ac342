"""`tui-pos sync`: the engine alone, as a service, for a till whose screen is closed.

A profile is one process's. A till that starts asks the service for it, which lets go at once, and with `--wait` takes
the profile again after the till has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos.errors import Refused, translated
from tui_pos.exchange import engine_at
from tui_pos.l10n import _
from tui_pos.logs import log_to
from tui_pos.profile import SERVING, WANTED, default_profile
from tui_pos.updating.state import confirm

if TYPE_CHECKING:
    from sync.engine import Engine

OFTEN = 0.2
"""Seconds between two looks whether somebody wants the profile."""
AWAY = 5.0
"""Seconds between two looks whether the profile is free: a till that is opened takes it twice, to see and to sell."""


def run(options: argparse.Namespace) -> int:
    """Exchange once, or until told to end."""
    profile: Path = options.profile or default_profile()
    if options.once:
        sent, came = asyncio.run(_once(profile))
        print(_("{sent} entries sent, {came} records came.").format(sent=sent, came=came))
    else:
        asyncio.run(_serve(profile, waits=options.wait))
    return 0


async def _once(profile: Path) -> tuple[int, int]:
    with translated():
        async with engine_at(profile) as engine:
            return await engine.push(), await engine.load_changes()


async def _serve(profile: Path, *, waits: bool) -> None:
    """Exchange while no till has the profile, until told to end.

    Args:
        waits: for the profile, and again for the end of a till that has asked for it; else that is the end.
    """
    ends = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    while not ends.is_set():
        try:
            with translated():
                async with engine_at(profile, asks=False) as engine:
                    log_to(profile)
                    confirm(profile)
                    await _exchange(engine, profile, ends)
        except Refused as refused:
            if not waits or refused.slug != "profile_in_use":
                raise
        if not waits:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.wait(), AWAY)


async def _exchange(engine: Engine, profile: Path, ends: asyncio.Event) -> None:
    """Exchange until told to end, or somebody wants the profile."""
    serving = profile / SERVING
    serving.touch()
    try:
        exchanging = asyncio.create_task(engine.run())
        reasons = {asyncio.create_task(ends.wait()), asyncio.create_task(_wanted(profile / WANTED))}
        await asyncio.wait({exchanging, *reasons}, return_when=asyncio.FIRST_COMPLETED)
        for task in (exchanging, *reasons):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await exchanging
    finally:
        serving.unlink(missing_ok=True)


async def _wanted(wanted: Path) -> None:
    """Return once somebody asks for the profile; a file is what works between all processes of a user."""
    while not wanted.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it; to look takes microseconds
        await asyncio.sleep(OFTEN)
