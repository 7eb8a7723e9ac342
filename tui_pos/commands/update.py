"""`tui-pos update`: look for a newer version of the program, install it, or go back to the one before."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sync.update import read_ready
from tui_pos import __version__
from tui_pos.errors import refuse, translated
from tui_pos.exchange import engine_at
from tui_pos.l10n import _, language, n_
from tui_pos.profile import default_profile
from tui_pos.spans import size

if TYPE_CHECKING:
    from sync.protocol.updates import Release


def run(options: argparse.Namespace) -> int:
    """Do what is asked for."""
    profile: Path = options.profile or default_profile()
    match options.what:
        case "check":
            _check(profile, as_json=options.json)
        case "apply":
            _apply(profile)
        case "rollback":
            _roll_back(profile)
        case _:
            return _rehearse(profile)
    return 0


def _check(profile: Path, *, as_json: bool) -> None:
    found = asyncio.run(_look(profile))
    if as_json:
        print(msgspec.json.encode({"running": __version__, "found": found}).decode())
    elif found is None:
        print(_("Version {version} runs here; there is no newer one.").format(version=__version__))
    else:
        text = _(
            "Version {version} is there ({size}); {running} runs here. To install it: tui-pos update apply"
        )
        print(text.format(version=found.version, size=size(found.size), running=__version__))
        if note := news(found):
            print(note)


def news(release: Release) -> str:
    """What is new in a version, in the language of this process where its publisher says it so."""
    return release.notes.get(language()) or next(iter(release.notes.values()), "")


async def _look(profile: Path) -> Release | None:
    with translated():
        async with engine_at(profile) as engine:
            return await engine.updates.find()


def _apply(profile: Path) -> None:
    from tui_pos.updating.applying import apply_update  # noqa: PLC0415 - for this word only

    ready = read_ready(profile) or asyncio.run(_bring(profile))
    if ready is None:
        raise refuse(
            "not_allowed", n_("Version {version} runs here; there is no newer one."), version=__version__
        )
    release, package = ready
    apply_update(profile, release, package, print)
    text = _(
        "Version {version} is installed, and is tried out at the next start. Back: tui-pos update rollback"
    )
    print(text.format(version=release.version))


async def _bring(profile: Path) -> tuple[Release, Path] | None:
    def told(done: int) -> None:
        if release is not None and sys.stderr.isatty():
            print(f"\r{size(done)} / {size(release.size)}  ", end="", file=sys.stderr, flush=True)

    with translated():
        async with engine_at(profile) as engine:
            release = await engine.updates.find()
            return (release, await engine.updates.bring(release, told)) if release is not None else None


def _roll_back(profile: Path) -> None:
    from tui_pos.updating.going_back import go_back  # noqa: PLC0415 - as above
    from tui_pos.updating.state import read_state  # noqa: PLC0415

    gone = read_state(profile).current
    state = go_back(profile, "somebody asked for it", opened=True)
    text = _("Version {gone} is gone; from the next start on it is {version} again.")
    print(text.format(gone=gone, version=state.current or _("the version that the till was installed with")))


def _rehearse(copy: Path) -> int:
    from tui_pos.updating.rehearsal import rehearse  # noqa: PLC0415 - as above

    print(msgspec.json.encode(asyncio.run(rehearse(copy))).decode())
    return 0
