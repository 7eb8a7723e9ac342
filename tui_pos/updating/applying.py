"""An update is installed: beside the version that runs, rehearsed on a copy of the data, and only then in its place.

The data are touched last, and only where the new version has another schema: the copy that it has brought up takes the
place of the database in one step, and the database as it was is kept for the way back.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from sync.protocol import stamp
from sync.protocol.updates import Release, is_newer
from sync.store import open_store
from sync.store.keys import KEY_FILE, NOTE_FILE, sync_folder
from sync.store.opening import DATABASE_FILE
from sync.update import is_whole
from sync.update_folder import FOLDER, READY_FILE
from tui_pos import __version__
from tui_pos.errors import refuse, translated
from tui_pos.l10n import _, n_
from tui_pos.profile import take
from tui_pos.updating.environment import make_environment
from tui_pos.updating.state import (
    Rehearsed,
    database_before,
    environment_of,
    program_of,
    read_state,
    started_for,
    write_state,
)

REHEARSED_WITHIN = 600.0
"""Seconds that a new version has to bring up the copy and open it: a large database takes its time."""

Say = Callable[[str], None]


def apply_update(profile: Path, release: Release, package: Path, say: Say) -> None:
    """Install a package; the next start of the till tries it out.

    Args:
        say: told what is being done.

    Raises:
        Refused: nothing of the till has changed: another process uses it, the package is no newer version or not what
            was signed, it cannot run here, or the rehearsal failed, after which it is not tried again by itself.
    """
    if not is_newer(release.version, __version__):
        text = n_("Version {version} is not newer than {running}, which runs here. Nothing was changed.")
        raise refuse("not_allowed", text, version=release.version, running=__version__)
    if not is_whole(package, release):
        raise refuse("bad_update", n_("The package is not what its publisher signed. Nothing was changed."))
    with take(profile):
        environment = environment_of(profile, release.version)
        say(_("Installing version {version}…").format(version=release.version))
        make_environment(package, release.version, environment)
        say(_("Trying it on a copy of the data…"))
        try:
            migrated = _rehearse(profile, release.version, environment)
        except OSError as error:
            text = n_("The data could not be copied: {reason}. Nothing was changed.")
            raise refuse("storage_failed", text, reason=error.strerror or str(error)) from error
        except BaseException:
            _refuse_from_now_on(profile, release.version)
            raise
        _take_over(profile, release.version, migrated=migrated)


def _rehearse(profile: Path, version: str, environment: Path) -> Path | None:
    """Let the new version open a copy of the till; gives the database that it has brought up, where it had to."""
    folder = profile / FOLDER / "rehearsal"
    shutil.rmtree(folder, ignore_errors=True)
    # a system credential is found by the name of the profile
    copy = folder / profile.name
    copy.mkdir(mode=0o700, parents=True)
    asyncio.run(_fold(profile))
    for name in (DATABASE_FILE, KEY_FILE, NOTE_FILE):
        if (profile / name).exists():
            shutil.copy2(profile / name, copy / name)
    try:
        done = subprocess.run(  # noqa: S603 - of the package that was just checked
            [*program_of(environment), "update", "rehearse", "--profile", copy],
            env=started_for(copy),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=REHEARSED_WITHIN,
        )
        said, told = done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        said, told = "", _("it took too long")
    try:
        found = msgspec.json.decode(said.strip().rpartition("\n")[2], type=Rehearsed)
    except msgspec.MsgspecError:
        text = n_(
            "Version {version} does not start with this till's data: {reason}. The till goes on as it is."
        )
        reason = (told.strip().splitlines() or ["?"])[-1]
        raise refuse("update_failed", text, version=version, reason=reason) from None
    return copy / DATABASE_FILE if found.migrated else None


async def _fold(profile: Path) -> None:
    """Bring all that is confirmed into the one file of the database."""
    with translated():
        store = await open_store(profile)
        await store.close()


def _take_over(profile: Path, version: str, *, migrated: Path | None) -> None:
    before = database_before(profile)
    shutil.rmtree(before.parent, ignore_errors=True)
    if migrated is not None:
        before.parent.mkdir(mode=0o700)
        os.link(profile / DATABASE_FILE, before)
        sync_folder(before.parent)
    state = read_state(profile)
    changed = replace(
        state,
        current=version,
        previous=state.current,
        since=stamp(datetime.now(UTC)),
        trial=True,
        migrated=migrated is not None,
    )
    write_state(profile, changed)
    if migrated is not None:
        migrated.replace(profile / DATABASE_FILE)
        sync_folder(profile)
    (profile / FOLDER / READY_FILE).unlink(missing_ok=True)
    shutil.rmtree(profile / FOLDER / "rehearsal", ignore_errors=True)
    _clear_out(profile, {version, state.current})


def _clear_out(profile: Path, kept: set[str]) -> None:
    """Versions and packages that nobody goes back to."""
    for environment in (profile / FOLDER / "versions").iterdir():
        if environment.name not in kept:
            shutil.rmtree(environment, ignore_errors=True)
    for package in (profile / FOLDER).glob("*.zip*"):
        package.unlink(missing_ok=True)


def _refuse_from_now_on(profile: Path, version: str) -> None:
    state = read_state(profile)
    write_state(profile, replace(state, refused=(*state.refused, version)))
    (profile / FOLDER / READY_FILE).unlink(missing_ok=True)
    shutil.rmtree(profile / FOLDER / "rehearsal", ignore_errors=True)
    shutil.rmtree(environment_of(profile, version), ignore_errors=True)
