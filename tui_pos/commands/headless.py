"""`tui-pos headless`: the till by JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from tui_pos.errors import refuse
from tui_pos.headless import converse
from tui_pos.l10n import n_
from tui_pos.logs import log_to
from tui_pos.profile import Demo, default_profile
from tui_pos.signals import when_asked_to_end
from tui_pos.till import open_till


def run(options: argparse.Namespace) -> int:
    """Answer requests until they end."""
    demo = Demo(options.demo, options.products) if options.demo else None
    with contextlib.suppress(asyncio.CancelledError):
        return asyncio.run(_run(options, options.profile or default_profile(demo), demo))
    return 1


async def _run(options: argparse.Namespace, profile: Path, demo: Demo | None) -> int:
    if (task := asyncio.current_task()) is not None:
        when_asked_to_end(task.cancel)
    till = await open_till(profile, demo, paper=options.paper)
    log_to(profile)
    try:
        with contextlib.ExitStack() as stack:
            source = sys.stdin.buffer
            if options.file != "-":
                try:
                    source = stack.enter_context(Path(options.file).open("rb"))  # noqa: ASYNC230 - before any request
                except OSError as error:
                    text = n_("{file} cannot be read: {error}.")
                    raise refuse("bad_request", text, file=options.file, error=error.strerror) from error
            return await converse(till, source, sys.stdout.buffer, stop_on_error=options.stop_on_error)
    finally:
        await till.close()
