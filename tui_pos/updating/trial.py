"""The first start of a new version: if it does not open the till, the version before goes on, with its own data."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_pos.l10n import _
from tui_pos.updating.state import environment_of, program_of, read_state, started_for

OPENS_WITHIN = 120.0
"""Seconds in which a new version has to open the till."""
_LOOK = 0.1
_GRACE = 5.0
_LEAVE_SCREEN = "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?2004l"
"""What a program of full screens that was killed did not say any more."""


def try_out(profile: Path, words: Sequence[str]) -> int | None:
    """Start the new version of a profile for the first time, and wait for its end.

    Returns:
        Its exit status; None: it did not open the till, and the version before is the one that goes again.
    """
    version = read_state(profile).current
    command = [*program_of(environment_of(profile, version)), *words]
    with _terminal_kept():
        child = subprocess.Popen(command, env=started_for(profile))  # noqa: S603 - of a package that was checked
        asked = _forwarding(child)
        failed = _failed(child, profile)
        status = child.wait()
        if not failed or asked:
            return status
    text = _("Version {version} did not start: the version before goes on.").format(version=version)
    print(text, file=sys.stderr)  # noqa: T201 - there is no till yet that could say it
    from tui_pos.updating.going_back import go_back  # noqa: PLC0415 - what waits beside a till is to be small

    go_back(profile, "it did not open the till", opened=False)
    return None


def _failed(child: subprocess.Popen[bytes], profile: Path) -> bool:
    """Wait until the new version has opened the till, or has failed to; one that hangs is ended."""
    ends = time.monotonic() + OPENS_WITHIN
    while time.monotonic() < ends:
        # in this order: it may have opened the till and ended between two looks
        ended = child.poll()
        if not read_state(profile).trial:
            return False
        if ended is not None:
            return ended != 0
        time.sleep(_LOOK)
    child.terminate()
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
    return True


def _forwarding(child: subprocess.Popen[bytes]) -> list[int]:
    """Hand on what the system says to this process; gives what it has said so far."""
    asked: list[int] = []

    def hand_on(number: int, _frame: object) -> None:
        asked.append(number)
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
    # the terminal says it to both
    signal.signal(signal.SIGINT, lambda number, _frame: asked.append(number))
    return asked


@contextlib.contextmanager
def _terminal_kept() -> Iterator[None]:
    """Whatever becomes of the new version, the terminal is as it was."""
    if not sys.stdin.isatty():
        yield
        return
    kept = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, kept)
        if sys.stdout.isatty():
            sys.stdout.write(_LEAVE_SCREEN)
            sys.stdout.flush()
