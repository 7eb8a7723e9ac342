"""`tui-pos setup`: makes a till without a server."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from pathlib import Path

from sync.store import open_store
from tui_pos.errors import translated
from tui_pos.l10n import _
from tui_pos.profile import default_profile, take
from tui_pos.standalone import Setting, furnish


def run(options: argparse.Namespace) -> int:
    """Make the till; what the command line does not say is asked."""
    setting = Setting(
        shop=options.shop or _ask(_("Name of the shop: ")),
        user=options.user or _ask(_("Code of the first user: ")),
        name=options.name or _ask(_("Name of the first user: ")),
        pin=_pin(),
    )
    profile: Path = options.profile or default_profile()
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(_make(profile, setting))
    print(_("The till is made in {profile}. Start it with: tui-pos").format(profile=profile))
    return 0


def _ask(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _pin() -> str:
    """The PIN, never on the command line, where others could read it: asked unseen, or a line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(_("PIN of the first user: "))
    return sys.stdin.readline().strip()


async def _make(profile: Path, setting: Setting) -> None:
    with take(profile), translated():
        store = await open_store(profile, create=True)
        try:
            await furnish(store, setting)
        finally:
            await store.close()
