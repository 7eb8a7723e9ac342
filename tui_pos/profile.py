"""The profile of a till: the folder with its data, which one process has at a time; and what a demo is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from tui_pos.errors import Refused, refuse
from tui_pos.l10n import n_

if TYPE_CHECKING:
    from filelock import FileLock


class DemoCode(Struct, frozen=True):
    """Somebody of the demo shop who can sign in."""

    user: str
    pin: str
    name: str


class Demo(Struct, frozen=True):
    """A demo: which shop, how many products, and whose codes to show."""

    shop: Literal["retail", "solidarity"] = "retail"
    products: int = 0
    ready: bool = False
    """Start on the selling screen, signed in, with a session open."""
    codes: tuple[DemoCode, ...] = (
        DemoCode("1", "1111", "Camille"),
        DemoCode("2", "2222", "Dominique"),
        DemoCode("3", "3333", "Claude"),
    )


def default_profile(demo: Demo | None = None) -> Path:
    """Where a till's data are when nothing else is said; each demo shop has a folder of its own."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only where no folder was named

    name = f"demo-{demo.shop}" if demo else "till"
    return user_data_path("tui-pos", appauthor=False) / name


SERVING = "sync.serving"
"""While this file is there, the profile is with the service that exchanges, which lets go of it when it is asked to."""
WANTED = "sync.wanted"
"""Asks it to."""
YIELDS_WITHIN = 30.0
"""Seconds that it is given: what it is sending is finished or given up."""


def take(profile: Path, *, asks: bool = True) -> FileLock:
    """Take a profile for this process.

    Args:
        asks: ask the service that exchanges while the till is closed (`tui-pos sync`) to let go of it, and wait.

    Raises:
        Refused: `profile_in_use`, when another process has it; `storage_failed`: it cannot be written.
    """
    try:
        return _take(profile, asks=asks)
    except OSError as error:
        raise unusable(profile, error) from error


def unusable(profile: Path, error: OSError) -> Refused:
    """The refusal of a folder that cannot be used."""
    text = n_("The folder {profile} cannot be used: {error}. Nothing was touched.")
    return refuse("storage_failed", text, profile=profile, error=error.strerror)


def _take(profile: Path, *, asks: bool) -> FileLock:
    from filelock import FileLock, Timeout  # noqa: PLC0415 - after the first frame

    lock = FileLock(profile / "lock", timeout=0)
    wanted = profile / WANTED
    try:
        lock.acquire()
    except Timeout:
        if not asks or not (profile / SERVING).exists():
            raise _in_use(profile) from None
        wanted.touch()
        try:
            lock.acquire(timeout=YIELDS_WITHIN)
        except Timeout:
            raise _in_use(profile) from None
        finally:
            wanted.unlink(missing_ok=True)
    if asks:
        # of a service that was killed: nobody is to wait for it
        (profile / SERVING).unlink(missing_ok=True)
    return lock


def _in_use(profile: Path) -> Refused:
    text = n_(
        "The till in {profile} is already in use by another process. Nothing was touched: "
        "close the other till, or choose another folder with --profile."
    )
    return refuse("profile_in_use", text, profile=profile)
