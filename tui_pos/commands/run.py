"""`tui-pos [run]` and `tui-pos demo`: the till on the screen."""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos.errors import refuse
from tui_pos.l10n import n_
from tui_pos.profile import Demo, default_profile, take
from tui_pos.screens.stumbles import RESTART

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui_pos.till import Till

PAUSE = 60.0
"""Seconds within which a second start would be one too many."""

_RESTARTED = "TUI_POS_RESTARTED"


def run(options: argparse.Namespace) -> int:
    """Run the till until it is left; gives the exit status."""
    demo = None
    if options.command == "demo":
        demo = Demo(options.shop, options.products, options.ready)
    profile: Path = options.profile or default_profile(demo)
    if demo is not None and options.fresh:
        forget(profile)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise refuse(
            "bad_request", n_("The till needs a terminal. Without one: tui-pos headless takes JSON lines.")
        )
    if demo is None and (profile / "updates" / "ready.json").exists():
        from tui_pos.updating.at_start import update_at_start  # noqa: PLC0415 - where there is something to install

        update_at_start(profile)
    # a start makes much that stays and little that goes: the app turns the collector on again once the till is open
    gc.disable()
    from tui_pos.app import TillApp  # noqa: PLC0415 - Textual, which a usage error need not load

    app = TillApp(_opener(profile, demo, getattr(options, "paper", None), lambda: app.exit(return_code=0)))
    app.run(mouse=False)
    if app.return_code == RESTART:
        start_anew()
    return app.return_code or 0


def start_anew() -> None:
    """Become a new till with the same command line; not twice within a minute, which would go on for ever.

    Raises:
        Refused: it has just been tried.
    """
    if time.time() - float(os.environ.get(_RESTARTED, "0")) < PAUSE:
        text = n_(
            "The till was started anew and stumbled again. What was sold is kept: run tui-pos doctor, then start it."
        )
        raise refuse("internal", text)
    os.environ[_RESTARTED] = str(time.time())
    # a demo that forgot its data at its first start keeps them at this one
    words = (word for word in sys.orig_argv[1:] if word != "--fresh")
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - no shell is meant


def _opener(
    profile: Path, demo: Demo | None, paper: Path | None, leave: Callable[[], None]
) -> Callable[[], Awaitable[Till]]:
    async def open_it() -> Till:
        # The first frame is painted: now there is time for the database and all that hangs on it.
        from tui_pos.logs import log_to  # noqa: PLC0415
        from tui_pos.signals import when_asked_to_end  # noqa: PLC0415
        from tui_pos.till import open_till  # noqa: PLC0415

        when_asked_to_end(leave)
        server = None
        if demo is not None:
            from tui_pos.demo_server import DemoServer  # noqa: PLC0415 - only a demo brings its server

            server = DemoServer(profile, demo)
            if server.is_wanted():
                await server.prepare()
            else:
                server = None
        try:
            till = await open_till(profile, demo, paper=paper)
        finally:
            # also for why it could not be opened
            log_to(profile)
        if server is not None:
            till.on_close(server.start_beside(till.store, till.server))
        if demo is not None and demo.ready:
            from tui_pos.demo import make_ready  # noqa: PLC0415 - only a demo needs it

            await make_ready(till.register, demo)
        return till

    return open_it


def forget(profile: Path) -> None:
    """Delete the data of a demo. Only a folder that holds a till and nothing else of anybody's is deleted.

    Raises:
        Refused: another process has it, or it is no till's folder.
    """
    if not profile.exists():
        return
    known = {
        "till.db",
        "till.db-wal",
        "till.db-shm",
        "till.key",
        "till.json",
        "devices.json",
        "lock",
        "logs",
        "server",
    }
    if any(path.name not in known for path in profile.iterdir()):
        text = n_(
            "{profile} holds files that are not a till's: it was not deleted. Choose another --profile."
        )
        raise refuse("not_allowed", text, profile=profile)
    take(profile).release()
    shutil.rmtree(profile)
