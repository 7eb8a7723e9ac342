"""`tui-pos setup`: makes a till: one that its server knows, or one without a server."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos.errors import translated
from tui_pos.l10n import _
from tui_pos.profile import default_profile, take, unusable

if TYPE_CHECKING:
    from sync.enrol import Invitation
    from sync.membership import Membership
    from tui_pos.standalone import Setting


def run(options: argparse.Namespace) -> int:
    """Make the till; what the command line does not say of one without a server is asked."""
    profile: Path = options.profile or default_profile()
    if options.standalone:
        return _run_standalone(options, profile)
    invitation = _invitation(options)
    membership = asyncio.run(_enrol(profile, invitation))
    text = _("Till {number} of {shop} is enrolled in {profile}. Bring its data: {command}")
    shop = membership.shop_name or membership.shop_id
    command = _command(options, "load", "full")
    print(text.format(number=membership.number, shop=shop, profile=profile, command=command))
    return 0


def _command(options: argparse.Namespace, *words: str) -> str:
    """What is typed next, for the same profile."""
    profile = () if options.profile is None else ("--profile", str(options.profile))
    return shlex.join(("tui-pos", *words, *profile))


# --- with a server


def _invitation(options: argparse.Namespace) -> Invitation:
    from tui_pos import invitations  # noqa: PLC0415 - a till without a server needs none of it

    if options.config is not None:
        return invitations.from_file(options.config, options.proxy)
    code = options.code or _ask(_("One-time code: "))
    return invitations.typed(options.server, code, options.ca, options.proxy)


@contextmanager
def _folder(profile: Path) -> Iterator[None]:
    """The folder of the till to be, for this process alone; one that was made for nothing goes again."""
    try:
        there = profile.is_dir()
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = take(profile)
    except OSError as error:
        raise unusable(profile, error) from error
    try:
        with lock:
            yield
    finally:
        if not there and {path.name for path in profile.iterdir()} <= {"lock"}:
            (profile / "lock").unlink(missing_ok=True)
            profile.rmdir()


async def _enrol(profile: Path, invitation: Invitation) -> Membership:
    from sync.enrol import enrol  # noqa: PLC0415 - as above
    from sync.http import HttpTransport  # noqa: PLC0415
    from sync.ports import Ports  # noqa: PLC0415
    from tui_pos.exchange import program  # noqa: PLC0415

    with translated():
        transport = HttpTransport(invitation.url, ca=invitation.ca, proxy=invitation.proxy)
        try:
            with _folder(profile):
                return await enrol(profile, invitation, Ports(transport), program())
        finally:
            await transport.close()


# --- without


def _run_standalone(options: argparse.Namespace, profile: Path) -> int:
    from tui_pos.standalone import Setting  # noqa: PLC0415 - an enrolled till needs none of it

    setting = Setting(
        shop=options.shop or _ask(_("Name of the shop: ")),
        user=options.user or _ask(_("Code of the first user: ")),
        name=options.name or _ask(_("Name of the first user: ")),
        pin=_pin(),
    )
    asyncio.run(_make(profile, setting))
    text = _("The till is made in {profile}. Start it with: {command}")
    print(text.format(profile=profile, command=_command(options)))
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
    from sync.store import open_store  # noqa: PLC0415 - a usage error needs no database
    from tui_pos.standalone import furnish  # noqa: PLC0415

    with _folder(profile), translated():
        store = await open_store(profile, create=True)
        try:
            await furnish(store, setting)
        finally:
            await store.close()
