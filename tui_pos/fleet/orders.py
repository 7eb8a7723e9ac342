"""What a fleet is told to do, and the one-time codes that its tills enrol with."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from tui_pos.errors import refuse
from tui_pos.fleet.faults import Plan
from tui_pos.l10n import n_


class Orders(Struct, frozen=True, kw_only=True):
    """What a fleet is told to do."""

    tills: int
    seconds: float
    """For how long they sell."""
    server: str
    folder: Path
    """With a folder for each till, which goes on from there the next time."""
    codes: tuple[str, ...] = ()
    """One for each till, in their order; a till that is enrolled needs none."""
    ca: str | None = None
    every: float = 30.0
    """Seconds between two tickets of one till, on average."""
    plan: Plan = Plan()
    seed: int = 1
    user: str = "1"
    pin: str = "1111"


def read_codes(path: Path) -> tuple[str, ...]:
    """The codes of a file, one a line; none where there is no such file.

    Raises:
        Refused: it cannot be read.
    """
    try:
        return tuple(path.read_text("utf-8").split())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        text = n_("{file} cannot be read: {error}. Nothing was changed.")
        raise refuse("bad_request", text, file=path, error=error) from error
