"""The profile of a till: the folder with its data, which one process has at a time; and what a demo is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from tui_pos.errors import refuse
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
    )


def default_profile(demo: Demo | None = None) -> Path:
    """Where a till's data are when nothing else is said; each demo shop has a folder of its own."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only where no folder was named

    name = f"demo-{demo.shop}" if demo else "till"
    return user_data_path("tui-pos", appauthor=False) / name


def take(profile: Path) -> FileLock:
    """Take a profile for this process.

    Raises:
        Refused: `profile_in_use`, when another process has it.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - after the first frame

    lock = FileLock(profile / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        text = n_(
            "The till in {profile} is already in use by another process. Nothing was touched: "
            "close the other till, or choose another folder with --profile."
        )
        raise refuse("profile_in_use", text, profile=profile) from None
    return lock
