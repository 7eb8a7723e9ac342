"""Archives of the journal: frozen, a year at the most, and proof by themselves."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.archive_files import ArchivedEntries
from sync.archiving import archive
from sync.errors import ArchiveFailed
from sync.protocol import Signer
from sync.protocol.archive import (
    ENTRIES,
    MANIFEST,
    README,
    BadArchive,
    check_archive,
    entries_in,
    file_digest,
)
from sync.protocol.journal import Entry
from sync.protocol.signed import sign_document
from sync.protocol.stretch import Stretch, Totals
from sync.store import Refused, Store, open_store
from sync.store.connection import Connection
from sync.store.keys import find_secret
from tests.unit.sync.archived_books import OldBooks, SetClock
from tests.unit.sync.books import meddle

BEGAN = datetime(2019, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def books(store: Store) -> OldBooks:
    return OldBooks(store, BEGAN)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


async def bodies(store: Store, code: str) -> list[dict[str, Any]]:
    entries = await store.journal.entries(0, 10_000)
    found = [json.loads(bytes(entry.body)) for entry in entries if entry.kind == "event"]
    return [body for body in found if body.get("code") == code]


async def test_an_archive_holds_the_journal_as_it_was_signed_and_says_what_it_comes_to(
    books: OldBooks, tmp_path: Path
) -> None:
    await books.sell_in(2019)
    entries = await books.store.journal.entries(1, 1000)

    (made,) = (await books.archived(tmp_path))[1:] or await books.archived(tmp_path)

    manifest = check_archive(tmp_path / made.file)
    assert [entry.hash for entry in entries_in(tmp_path / made.file)][-len(entries) :] == [
        e.hash for e in entries
    ]
    assert (manifest.tickets, manifest.after) == (
        3, Totals(last_number=3, grand_total=1753, grand_total_absolute=2253),
    )  # fmt: skip
    assert made.sha256 == file_digest(tmp_path / made.file)
    assert (tmp_path / made.file).stat().st_mode & 0o222 == 0
    assert made.file in files(tmp_path)
    assert not any(name.endswith(".part") for name in files(tmp_path))


async def test_each_archive_is_told_by_the_journal_with_the_number_of_its_kind(
    books: OldBooks, tmp_path: Path
) -> None:
    await books.sell_in(2019)
    await books.sell()
    made = await books.archived(tmp_path)

    told = await bodies(books.store, "archived")

    assert [(body["file"], body["sha256"]) for body in told] == [(one.file, one.sha256) for one in made]
    assert [body["jet"] for body in told][-2:] == [30, 20]
    assert (await books.store.journal.verify()).ok


async def test_no_archive_goes_beyond_a_year_or_the_closing_of_one(books: OldBooks, tmp_path: Path) -> None:
    for year in (2019, 2020, 2021):
        await books.sell_in(year)
    books.now = books.now.replace(year=2023)
    await books.sell()

    made = await books.archived(tmp_path)
    manifests = [check_archive(tmp_path / one.file) for one in made]

    assert [manifest.fiscal_year for manifest in manifests][-4:] == [True, True, True, False]
    for manifest in manifests:
        oldest, newest = (datetime.fromisoformat(at) for at in (manifest.oldest_at, manifest.newest_at))
        assert (newest - oldest).days < 366
    for one, two in pairwise(manifests):
        assert (two.first_seq, two.prev_hash, two.before) == (one.last_seq + 1, one.last_hash, one.after)


async def test_there_is_nothing_to_archive_twice(books: OldBooks, tmp_path: Path) -> None:
    await books.sell_in(2019)
    assert await books.archived(tmp_path)

    assert await books.archived(tmp_path) == ()

    await books.note()
    (made,) = await books.archived(tmp_path)
    # the entries that tell of the archives before are in it
    assert made.last_seq - made.first_seq >= 1


async def test_a_file_that_a_cut_left_behind_is_taken_up_and_not_written_over(
    books: OldBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await books.sell()

    async def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr("sync.archiving._keep", cut)
        with pytest.raises(KeyboardInterrupt):
            await books.archived(tmp_path)
    left = {tmp_path / name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    assert left
    assert await books.store.archives.all() == []

    made = await books.archived(tmp_path)

    assert {tmp_path / one.file for one in made} >= set(left)
    assert all(path.read_bytes() == content for path, content in left.items())
    assert (await books.store.journal.verify()).ok


async def test_a_file_of_another_till_is_not_written_over(books: OldBooks, tmp_path: Path) -> None:
    await books.sell()
    (tmp_path / "elsewhere").mkdir()
    made = await books.archived(tmp_path / "elsewhere")
    await books.sell()
    (more,) = await books.archived(tmp_path / "elsewhere")
    other = (
        tmp_path
        / "elsewhere"
        / more.file.replace(f"{more.first_seq}-{more.last_seq}", f"{more.last_seq + 1}-{more.last_seq + 2}")
    )
    shutil.copy(tmp_path / "elsewhere" / made[0].file, other)
    before = other.read_bytes()
    await books.note()

    with pytest.raises(ArchiveFailed, match="another file of the name"):
        await books.archived(tmp_path / "elsewhere")

    assert other.read_bytes() == before
    assert (await books.store.archives.last()) == more


async def test_where_nothing_can_be_written_the_journal_stays_as_it_is(
    books: OldBooks, tmp_path: Path
) -> None:
    await books.sell()
    (tmp_path / "file").write_text("no folder")
    head = books.store.journal.head

    with pytest.raises(ArchiveFailed, match="The journal is untouched"):
        await books.archived(tmp_path / "file" / "below")

    assert books.store.journal.head == head


async def test_a_disk_that_is_full_leaves_no_half_an_archive(
    books: OldBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await books.sell()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sync.protocol.archive.os.fsync", full)

    with pytest.raises(ArchiveFailed, match="No space left"):
        await books.archived(tmp_path)

    assert files(tmp_path) == set()


async def test_a_journal_that_was_changed_is_not_archived(books: OldBooks, tmp_path: Path) -> None:
    await books.sell(500)
    await books.sell()
    other = tmp_path / "copy"
    shutil.copytree(books.store.profile, other)
    meddle(
        other, "UPDATE journal SET canonical = CAST(replace(canonical, '500', '900') AS BLOB) WHERE seq = 3"
    )
    store = await open_store(other)
    try:
        with pytest.raises(ArchiveFailed, match="entry 3: its content does not have its hash"):
            await archive(store, tmp_path / "archives", SetClock(books.now), program="tui-pos test")
        assert await store.archives.holding(3) is None
        assert files(tmp_path / "archives") == {one.file for one in await store.archives.all()}
    finally:
        await store.close()


async def test_somebody_who_sells_has_half_of_the_time_while_an_archive_is_checked(
    books: OldBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = list[float]()
    monkeypatch.setattr("sync.store.pace.sleep", slept.append)
    monkeypatch.setattr("sync.store.pace.BREATH", 2)
    await books.sell_in(2020)

    rest = books.store.catalogue.pace.resting()
    rest(2)
    assert slept == []
    await books.store.catalogue.find("3017620422003")
    await books.archived(tmp_path)

    assert len(slept) >= 3


async def test_the_database_takes_no_archive_that_leaves_a_gap(books: OldBooks, tmp_path: Path) -> None:
    await books.sell()
    made = (await books.archived(tmp_path))[-1]

    for statement in ("UPDATE archive SET sha256 = printf('%064d', 1)", "DELETE FROM archive"):
        with pytest.raises(Refused):
            await books.store._database.alone(Connection.do, statement)
    with pytest.raises(Refused, match="gap"):
        async with books.store.transaction() as transaction:
            await transaction.keep_archive(made)


async def test_the_entries_of_an_archive_are_read_on_from_any_place(books: OldBooks, tmp_path: Path) -> None:
    await books.sell_in(2020, tickets=8)
    made = (await books.archived(tmp_path))[-1]
    expected = [entry for entry in await books.store.journal.entries(0, 1000) if entry.seq <= made.last_seq]
    archived = ArchivedEntries(books.store)

    async def walk(start: int, size: int) -> list[Entry]:
        found: list[Entry] = []
        while start + len(found) < made.last_seq:
            found += await archived.after(start + len(found), size)
        return found

    for start, size in ((0, 3), (0, 3), (4, 2), (1, 100), (made.last_seq - 1, 5)):
        assert [entry.hash for entry in await walk(start, size)] == [e.hash for e in expected[start:]]


# --- what is not whole is not believed


@pytest.fixture
async def whole(books: OldBooks, tmp_path: Path) -> Path:
    await books.sell_in(2020)
    made = (await books.archived(tmp_path))[-1]
    return tmp_path / made.file


def rewritten(path: Path, **changed: Callable[[bytes], bytes]) -> Path:
    """The archive with files of it changed."""
    names = {"entries": ENTRIES, "manifest": MANIFEST}
    other = path.with_name("other.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            change = next((change for key, change in changed.items() if names[key] == name), None)
            new.writestr(name, change(old.read(name)) if change else old.read(name))
    return other


def without_line(content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"entries": lambda content: content.replace(b"1001", b"9001", 1)}, "its content does not have its hash"),
        ({"entries": without_line}, "not those that its manifest was signed for"),
        ({"entries": lambda content: content + content.splitlines(keepends=True)[0]}, "no gap"),
        ({"entries": lambda _: b"{}\n"}, "a line of it is no entry"),
        ({"manifest": lambda content: content.replace(b'"grand_total": 1753', b'"grand_total": 1')}, "altered"),
        ({"manifest": lambda _: b"[]"}, "manifest cannot be read"),
        ({"manifest": lambda _: b"\xff" * 10}, "manifest cannot be read"),
    ],
)  # fmt: skip
async def test_an_archive_that_was_changed_is_refused_with_what_is_wrong(
    whole: Path, changed: dict[str, Callable[[bytes], bytes]], reason: str
) -> None:
    with pytest.raises(BadArchive, match=reason):
        check_archive(rewritten(whole, **changed))


async def test_sums_that_are_not_those_of_the_entries_are_refused_though_they_are_signed(
    whole: Path, profile: Path
) -> None:
    signer = Signer(find_secret(profile)[0].signing_seed)

    def lie(content: bytes) -> bytes:
        fields = json.loads(content)
        fields["after"]["grand_total"] += 100
        return json.dumps(sign_document(fields, signer)).encode()

    with pytest.raises(BadArchive, match="totals"):
        check_archive(rewritten(whole, manifest=lie))


@pytest.mark.parametrize("content", [b"", b"PK", b"junk" * 100, None])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.zip"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadArchive):
        check_archive(path)


def test_no_byte_of_an_archive_can_be_changed_unseen(whole: Path) -> None:
    content = whole.read_bytes()
    changed = whole.with_name("changed.zip")
    for at in range(0, len(content), 97):
        changed.write_bytes(content[:at] + bytes((content[at] ^ 0x10,)) + content[at + 1 :])
        try:
            manifest = check_archive(changed)
        except BadArchive:
            continue
        # what is not content, such as a time of the ZIP's own, changes nothing of it
        assert manifest == check_archive(whole)
        assert list(entries_in(changed)) == list(entries_in(whole))
        with zipfile.ZipFile(changed) as file, zipfile.ZipFile(whole) as before:
            assert file.read(README) == before.read(README)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("name", ["REMARQUES.txt", ENTRIES, README])
def test_what_was_put_into_an_archive_beside_its_files_is_refused(whole: Path, name: str) -> None:
    with zipfile.ZipFile(whole) as before:
        once = before.read(name) if name in before.namelist() else b"what nobody has signed"
    with zipfile.ZipFile(whole, "a") as file:
        file.writestr(name, once)
    with pytest.raises(BadArchive, match=f"other files than an archive does: .*{name}"):
        check_archive(whole)


def test_an_archive_without_its_explanation_is_refused(whole: Path) -> None:
    without = whole.with_name("without.zip")
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(without, "w") as new:
        for name in (ENTRIES, MANIFEST):
            new.writestr(name, old.read(name))
    with pytest.raises(BadArchive, match="other files than an archive does"):
        check_archive(without)


# --- how a journal is cut into archives


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(-400, 900)), max_size=60))
def test_however_clocks_run_and_years_close_no_stretch_is_longer_than_a_year(
    steps: list[tuple[int, bool, int]],
) -> None:
    years, day = 2020, 0
    stretches = [Stretch((0, bytes(32)), Totals())]
    for seq, (_, closes, jump) in enumerate(steps, 1):
        day = max(0, day + jump)
        at = f"{years + day // 360:04d}-{1 + day % 360 // 30:02d}-{1 + day % 30:02d}T12:00:00.000Z"
        kind, body = ("closing", '{"kind":"year"}') if closes else ("event", "{}")
        canonical = (
            f'{{"v":1,"shop":"","till":"1","epoch":1,"seq":{seq},"kind":"{kind}","at":"{at}","body":{body}}}'
        )
        entry = Entry(seq, kind, at, canonical.encode(), bytes(32), bytes(32), bytes(64))
        if not stretches[-1].takes(entry):
            stretches.append(Stretch(stretches[-1].last, stretches[-1].after))
        stretches[-1].add(entry)

    assert [s.first_seq for s in stretches[1:]] == [s.last[0] + 1 for s in stretches[:-1]]
    for stretch in stretches:
        if stretch.oldest_at:
            assert stretch.newest_at < f"{int(stretch.oldest_at[:4]) + 1}{stretch.oldest_at[4:]}"
            entries = range(stretch.first_seq, stretch.last[0])
            assert not any(steps[seq - 1][1] for seq in entries)
