"""`tui-pos journal archive`, `verify --archive` and `purge`: what is kept of the journal elsewhere, and let go here."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from sync.archive_files import FOLDER
from sync.archiving import archive
from sync.ports import SystemClock
from sync.protocol.archive import BadArchive, Manifest, check_archive
from sync.retention import Outcome
from sync.store import Archived, open_store
from tui_pos.errors import Refused, refuse, said, translated
from tui_pos.exchange import engine_at, program
from tui_pos.fingerprint import fingerprint
from tui_pos.keeping import in_words
from tui_pos.l10n import _, n_
from tui_pos.profile import take

OFTEN = 10_000
"""Entries between two words on how far it has come, where somebody watches."""


def make(profile: Path, folder: Path | None) -> int:
    """Archive what no archive holds yet."""
    made = asyncio.run(_make(profile, folder or profile / FOLDER))
    for one in made:
        text = _("{path}: entries {first} to {last}. SHA-256 {digest}")
        path = Path(one.folder) / one.file
        print(text.format(path=path, first=one.first_seq, last=one.last_seq, digest=one.sha256))
    if not made:
        print(_("Everything is in an archive already."))
    return 0


async def _make(profile: Path, folder: Path) -> tuple[Archived, ...]:
    with translated():
        if not profile.is_dir():  # noqa: ASYNC240 - before there is anything on the loop to hold up
            await open_store(profile, read_only=True)
        with _alone(), take(profile):
            store = await open_store(profile)
            try:
                return await archive(store, folder, SystemClock(), program=program(), progress=_watched)
            finally:
                await store.close()


def verify(files: list[Path], key: bytes | None) -> int:
    """Check archives by themselves, and that each goes on from the one named before it.

    Args:
        key: the key that they must be signed with; None: each names its own, which is shown.

    Raises:
        Refused: `bad_archive`: one is not whole, or not of this till, or does not go on from the one before.
    """
    checked = [(file, _checked(file, key)) for file in files]
    for (_before, one), (file, two) in pairwise(checked):
        ends = (one.last_seq + 1, one.last_hash, one.after, one.public_key)
        if ends != (two.first_seq, two.prev_hash, two.before, two.public_key):
            raise _bad(file, _(_NOT_NEXT))
    for file, manifest in checked:
        text = _(
            "{file}: entries {first} to {last}, {tickets} tickets, {oldest} to {newest}: whole, in order, each signed "
            "by the key {key}."
        )
        print(
            text.format(
                file=file,
                first=manifest.first_seq,
                last=manifest.last_seq,
                tickets=manifest.tickets,
                oldest=manifest.oldest_at[:10],
                newest=manifest.newest_at[:10],
                key=fingerprint(bytes.fromhex(manifest.public_key)),
            )
        )
    return 0


def _checked(file: Path, key: bytes | None) -> Manifest:
    try:
        manifest = check_archive(file, _watched)
    except BadArchive as error:
        raise _bad(file, said(error.reason)) from error
    if key is not None and manifest.public_key != key.hex():
        raise _bad(file, _(_OTHER_KEY))
    return manifest


def _bad(file: Path, reason: str) -> Exception:
    return refuse(
        "bad_archive", n_("The archive {file} does not verify: {reason}."), file=file, reason=reason
    )


def purge(profile: Path) -> int:
    """Let go what may go now, and say what holds up the rest."""
    outcome = asyncio.run(_purge(profile))
    print(in_words(outcome))
    return 0


async def _purge(profile: Path) -> Outcome:
    with translated(), _alone():
        async with engine_at(profile) as engine:
            return await engine.retention.let_go()


@contextmanager
def _alone() -> Iterator[None]:
    """The journal has one writer: of a till that runs, its own screen is the place for this."""
    try:
        yield
    except Refused as refused:
        if refused.slug != "profile_in_use":
            raise
        raise refuse(refused.slug, _RUNS) from refused


def _watched(entries: int) -> None:
    """Say how far it has come, where somebody looks on."""
    if entries % OFTEN == 0 and sys.stderr.isatty():
        print(_("{count} entries…").format(count=entries), file=sys.stderr)


_RUNS = n_(
    "This till is running: do it there, in the settings, on the tab of the data; or close it first. Nothing was done."
)
_NOT_NEXT = n_("it does not go on from the one before")
_OTHER_KEY = n_("it is signed by the key of another till")
