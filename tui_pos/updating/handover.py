"""At the very start of a command: the version that a profile has been brought up to goes on in this one's place.

It costs those who have had no update one look for a file. A version that was installed and has not opened the till yet
is tried out first: this process waits beside it, and goes on itself if it fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tui_pos import __version__
from tui_pos.profile import default_profile

_TRIED = frozenset({"run", "headless", "sync"})
"""The commands that open a till: one of them is a new version's trial."""
_BACK = ["update", "rollback"]
_ALONE = frozenset({"demo", "fleet"})
"""The commands that have no till to be of one version with."""
_VALUED = frozenset({"--profile", "--lang"})
"""What may stand before a command, with a value behind it."""


def hand_over() -> int | None:
    """Go on as the version that the profile of this command line has been brought up to.

    Returns:
        None: this version is the one. A number: another one has done it, with this exit status. Where that version has
        been tried before, this process becomes it, and nothing is returned.
    """
    words = sys.argv[1:]
    profile = profile_of(words)
    if profile is None or os.environ.get("TUI_POS_STARTED_FOR") == str(profile):
        return None
    if not (profile / "updates" / "state.json").exists():
        return None
    return _hand_over(profile, words)


def is_newer(version: str, than: str) -> bool:
    """See `sync.protocol.updates`, which takes 20 ms to import."""
    from sync.protocol import updates  # noqa: PLC0415

    return updates.is_newer(version, than)


def commands_of(words: Sequence[str]) -> list[str]:
    """The words of a command line that are no options: the command, what it shall do, and what with."""
    before = ["", *words]
    return [
        word for place, word in enumerate(words) if not word.startswith("-") and before[place] not in _VALUED
    ] or ["run"]


def profile_of(words: Sequence[str]) -> Path | None:
    """The profile that a command line is about; None: it is about no till that can have been updated."""
    if commands_of(words)[0] in _ALONE or any(word.partition("=")[0] == "--demo" for word in words):
        return None
    said = None
    for place, word in enumerate(words):
        if word.startswith("--profile="):
            said = word.partition("=")[2]
        elif word == "--profile" and place + 1 < len(words):
            said = words[place + 1]
    return Path(said) if said else default_profile()


def _hand_over(profile: Path, words: Sequence[str]) -> int | None:
    # all of it only where there has been an update
    from tui_pos.updating.state import read_state  # noqa: PLC0415

    state = read_state(profile)
    commands = commands_of(words)
    trial = state.trial and commands[0] in _TRIED
    if not trial and commands[:2] != _BACK:
        _become(profile, state.current, words)
        return None
    # to wait beside a trial, and to go back, is for the version before: it alone knows its own data
    _become(profile, state.previous, words, started=False)
    if not trial or not is_newer(state.current, __version__):
        return None
    from tui_pos.updating.trial import try_out  # noqa: PLC0415 - for this one start

    status = try_out(profile, words)
    return status if status is not None else _hand_over(profile, words)


def _become(profile: Path, version: str, words: Sequence[str], *, started: bool = True) -> None:
    """Go on as a version that is newer than this one and is here; else go on as this one."""
    from tui_pos.updating.state import (  # noqa: PLC0415 - as above
        environment_of,
        program_of,
        python_of,
        started_for,
    )

    environment = environment_of(profile, version)
    if not is_newer(version, __version__) or not python_of(environment).exists():
        return
    command = [*program_of(environment), *words]
    os.execve(command[0], command, started_for(profile) if started else dict(os.environ))  # noqa: S606 - no shell
