"""A write-ahead log that was damaged after a kill: its confirmed steps are missed, and nothing of it is thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.store import DamagedStore, open_store
from sync.store.keys import find_secret
from sync.store.wal import lost_steps
from tests.unit.sync.books import Books
from tests.unit.sync.test_power_cut import killed_after

HEADER, FRAME = 32, 24 + 4096


@pytest.fixture
async def killed(profile: Path) -> Path:
    """A till that was killed in the middle of its sales: all of them are in the log."""
    await killed_after(profile, 41)
    return profile


@pytest.fixture
def copy(killed: Path, tmp_path: Path) -> Callable[[], Path]:
    """Copies of that till, each of its own."""
    count = 0

    def made() -> Path:
        nonlocal count
        count += 1
        return Path(shutil.copytree(killed, tmp_path / f"copy {count}"))

    return made


def log_of(profile: Path) -> Path:
    return profile / "till.db-wal"


def damage(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x5A]))


def frames(profile: Path) -> int:
    return (log_of(profile).stat().st_size - HEADER) // FRAME


def lost(profile: Path) -> int:
    secret, _ = find_secret(profile)
    return lost_steps(profile / "till.db", secret.database_key)


async def head(profile: Path) -> int:
    store = await open_store(profile)
    try:
        await store.journal.verify()
        return store.journal.head.seq
    finally:
        await store.close()


async def test_nothing_is_missed_of_a_log_that_is_whole_and_looking_changes_nothing(
    killed: Path, copy: Callable[[], Path]
) -> None:
    before = log_of(killed).read_bytes(), (killed / "till.db").read_bytes()
    assert lost(killed) == 0
    assert (log_of(killed).read_bytes(), (killed / "till.db").read_bytes()) == before
    assert await head(copy()) >= 8


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7])
async def test_confirmed_steps_behind_a_damaged_frame_are_missed_and_nothing_is_changed(
    copy: Callable[[], Path], part: float
) -> None:
    profile = copy()
    damage(log_of(profile), HEADER + int(frames(profile) * part) * FRAME + 24 + 100)
    log, database = log_of(profile).read_bytes(), (profile / "till.db").read_bytes()

    for read_only in (False, True):
        with pytest.raises(DamagedStore, match=r"\d+ confirmed steps in its write-ahead log"):
            await open_store(profile, read_only=read_only)

    assert (log_of(profile).read_bytes(), (profile / "till.db").read_bytes()) == (log, database)


async def test_a_damaged_head_of_the_log_is_missed(copy: Callable[[], Path]) -> None:
    for at in (0, 9, 17, 25):
        profile = copy()
        damage(log_of(profile), at)
        with pytest.raises(DamagedStore):
            await open_store(profile)


async def test_the_step_that_a_power_cut_has_torn_is_no_damage(copy: Callable[[], Path]) -> None:
    whole = await head(copy())
    profile = copy()
    damage(log_of(profile), log_of(profile).stat().st_size - 50)
    assert await head(profile) in (whole - 1, whole)


async def test_a_log_that_ends_early_opens_with_what_is_whole(copy: Callable[[], Path]) -> None:
    for missing in (1, FRAME, 5 * FRAME + 7):
        profile = copy()
        log = log_of(profile).read_bytes()
        log_of(profile).write_bytes(log[:-missing])
        assert await head(profile) > 1


async def test_a_log_that_is_no_log_is_as_none(copy: Callable[[], Path]) -> None:
    for content in (b"", b"x", b"x" * 32, bytes(100_000)):
        profile = copy()
        log_of(profile).write_bytes(content)
        assert lost(profile) == 0


async def test_frames_of_an_older_log_behind_a_new_one_are_nothing_to_miss(profile: Path) -> None:
    """SQLite begins the log anew over its old frames once they are all in the file."""
    store = await open_store(profile)
    books = Books(store)
    try:
        await books.sell()
        for _ in range(3):
            await books.sell()
        secret, _source = find_secret(profile)
        await store._database.alone(lambda connection: connection.all("PRAGMA wal_checkpoint(RESTART)"))
        await books.sell()
        assert lost_steps(profile / "till.db", secret.database_key) == 0
    finally:
        await store.close()
