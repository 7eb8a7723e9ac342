"""What somebody gives to enrol a till: the server's configuration file, or its address and a one-time code."""

from __future__ import annotations

from pathlib import Path

from sync.enrol import Invitation, invitation_of
from sync.protocol.configuration import LARGEST, BadConfiguration, read_configuration
from tui_pos.errors import refuse
from tui_pos.l10n import _, n_


def from_file(file: Path, proxy: str | None = None) -> Invitation:
    """The invitation that a configuration file holds. Reads it: not on the loop.

    Raises:
        Refused: `bad_configuration`: it cannot be read, or is not as its server signed it.
    """
    try:
        return invitation_of(read_configuration(_read(file)), proxy=proxy)
    except BadConfiguration as error:
        text = n_("The configuration file {file} was not used: {reason}. Nothing was changed.")
        raise refuse("bad_configuration", text, file=file, reason=_(error.reason)) from error


def typed(url: str, code: str, ca: Path | None = None, proxy: str | None = None) -> Invitation:
    """The invitation that was typed. Reads the certificates: not on the loop.

    Args:
        ca: a file with those of the server's own authority (PEM).

    Raises:
        Refused: `bad_configuration`: it cannot be read.
    """
    return Invitation(
        url=url, code=code, ca=_read(ca).decode("ascii", "replace") if ca else None, proxy=proxy
    )


def _read(file: Path) -> bytes:
    try:
        with file.expanduser().open("rb") as source:
            # no more than tells that it is too much: a device may have no end
            return source.read(LARGEST + 1)
    except (OSError, ValueError, RuntimeError) as error:
        text = n_("{file} cannot be read: {error}. Nothing was changed.")
        reason = error.strerror if isinstance(error, OSError) else error
        raise refuse("bad_configuration", text, file=file, error=reason) from error
