"""Which version of the program a profile is with, and where its versions are.

A version lies in an environment of its own below the profile. The version that the till was installed with is in none
of them: it stays where it is, and hands over to the newer one that its profile has been brought up to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.update_folder import FOLDER, write_whole
from tui_pos import __version__

STATE_FILE = "state.json"


STARTED_FOR = "TUI_POS_STARTED_FOR"
"""In the environment: the profile whose version has been looked for already."""


class State(Struct, frozen=True, kw_only=True):
    """What has become of a profile's updates; both versions of a change read it, so that fields are only ever added."""

    current: str = ""
    """The version that goes; empty: the one that the till was installed with."""
    previous: str = ""
    """The one before, likewise."""
    since: str = ""
    """When it was installed: RFC 3339, UTC."""
    trial: bool = False
    """It was installed and has not opened the till yet: if it does not, the one before goes on."""
    migrated: bool = False
    """It changed the schema of the database: the one before has to get its own back."""
    refused: tuple[str, ...] = ()
    """Versions that failed here, which are not tried again by themselves."""


class Rehearsed(Struct, frozen=True):
    """What a new version's rehearsal came to; another version reads it."""

    migrated: bool
    """The schema of the database had to change: that of the copy is the new version's now."""


def read_state(profile: Path) -> State:
    """Where a profile stands; what cannot be read is as if there had never been an update."""
    try:
        return msgspec.json.decode((profile / FOLDER / STATE_FILE).read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return State()


def write_state(profile: Path, state: State) -> None:
    """Keep it, durably.

    Raises:
        OSError: it cannot be kept; what was kept stays.
    """
    write_whole(profile / FOLDER / STATE_FILE, msgspec.json.encode(state))


def confirm(profile: Path) -> None:
    """This version has opened the till: from now on it is the one that goes."""
    if not (profile / FOLDER / STATE_FILE).exists():
        return
    state = read_state(profile)
    if state.trial and state.current == __version__:
        write_state(profile, replace(state, trial=False))


def environment_of(profile: Path, version: str) -> Path:
    """The folder of a version's environment."""
    return profile / FOLDER / "versions" / version


def python_of(environment: Path) -> Path:
    """What runs the program of an environment."""
    return environment / "bin" / "python"


def program_of(environment: Path) -> tuple[str, ...]:
    """The command that runs the program of an environment, whatever lies in the folder that it is run in."""
    return str(python_of(environment)), "-P", "-m", "tui_pos"


def started_for(profile: Path) -> Mapping[str, str]:
    """The environment variables of a version that is started for a profile."""
    return {**os.environ, STARTED_FOR: str(profile)}


def database_before(profile: Path) -> Path:
    """The database as it was before the last change of its schema, for the way back."""
    return profile / FOLDER / "before" / "till.db"
