"""What is let go, what is not and why, and that the books stay right after it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from sync.archive_files import ArchivedEntries
from sync.errors import EntriesLetGo
from sync.protocol import stamp
from sync.retention import Outcome, held_up, let_go
from sync.store import GRAND_TOTAL, KeySource, Refusal, Refused, Store, open_store
from sync.store.database import Writing
from sync.store.pace import SMALL
from tests.unit.sync.archived_books import OldBooks, SetClock
from tests.unit.sync.books import meddle

BEGAN = datetime(2015, 3, 1, 12, tzinfo=UTC)
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OldBooks:
    """Ten years of a shop, each archived, all with the server; it sells still."""
    books = OldBooks(store, BEGAN)
    # the store was made at its first sale
    for year in range(2015, 2026):
        await books.sell_in(year)
    books.now = TODAY.replace(hour=9)
    await books.archived(tmp_path / "archives")
    await books.sell()
    await books.acknowledged()
    return books


@pytest.fixture
def new_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As that of all tests of the store, made when these books begin."""
    profile = tmp_path_factory.mktemp("old") / "till"

    async def make() -> None:
        store = await open_store(profile, create=True, key_source=KeySource.FILE, clock=SetClock(BEGAN))
        await store.close()

    asyncio.run(make())
    return profile


@asynccontextmanager
async def copied(books: OldBooks, *statements: str) -> AsyncIterator[Store]:
    """The till as it would start now, after somebody has meddled with a copy of its file."""
    other = books.store.profile.with_name("copy")
    shutil.copytree(books.store.profile, other)
    if statements:
        meddle(other, *statements)
    store = await open_store(other)
    try:
        yield store
    finally:
        await store.close()


async def go(books: OldBooks, years: int = 6, now: datetime = TODAY, server: datetime = TODAY) -> Outcome:
    return await let_go(books.store, SetClock(now), years, server)


async def numbers(store: Store) -> list[str]:
    return [row.number for row in await store.tickets.find(limit=1000)][::-1]


async def test_entries_older_than_the_period_go_and_the_books_stay_right(books: OldBooks) -> None:
    before = await books.store.journal.entries(0, 1000)
    total = await books.store.counter(GRAND_TOTAL)

    outcome = await go(books)

    left = await books.store.journal.entries(0, 1000)
    archive = await books.store.archives.holding(outcome.through)
    assert archive is not None
    assert archive.newest_at[:4] == "2020"
    assert outcome.gone == outcome.through == archive.last_seq
    assert left[0].seq == outcome.through + 1
    kept = before[outcome.through :]
    assert [entry.hash for entry in left[: len(kept)]] == [entry.hash for entry in kept]
    assert (await numbers(books.store))[0] == f"1-{archive.last_number + 1:06d}"
    report = await books.store.journal.verify()
    assert (report.first_seq, report.ok) == (outcome.through + 1, True)
    assert await books.store.counter(GRAND_TOTAL) == total
    assert outcome.held == f"the entries through {outcome.through + 8} are kept until 2027-03-01"


async def test_what_went_is_told_by_the_journal_before_it_goes(books: OldBooks) -> None:
    outcome = await go(books)

    entry = await books.store.journal.entry(books.store.journal.head.seq)
    assert entry is not None
    body = entry.envelope.body
    assert b'"entries_let_go"' in bytes(body)
    assert f'"through_seq":{outcome.through}'.encode() in bytes(body)


async def test_the_till_goes_on_selling_and_archiving_behind_what_went(
    books: OldBooks, tmp_path: Path
) -> None:
    await go(books)
    await books.sell()
    books.now = TODAY.replace(day=23)
    await books.archived(tmp_path / "archives")
    await books.sell()

    assert (await books.store.journal.verify()).ok
    async with copied(books) as again:
        assert (await again.journal.verify()).ok
        assert (await again.archives.let_go()).at == stamp(TODAY)


async def test_a_second_run_lets_nothing_more_go_until_its_time_has_come(books: OldBooks) -> None:
    first = await go(books)
    assert (await go(books)).gone == 0

    later = datetime(2028, 1, 1, tzinfo=UTC)
    second = await go(books, now=later, server=later)

    assert second.through > first.through
    assert (await books.store.journal.verify()).ok


async def held(
    books: OldBooks, reason: str, years: int = 6, *, now: datetime = TODAY, server: datetime = TODAY
) -> None:
    """Nothing goes, and this is why."""
    head = books.store.journal.head
    outcome = await go(books, years, now, server)
    assert reason in outcome.held
    assert (outcome.through, outcome.gone) == (0, 0)
    assert books.store.journal.head == head
    assert (await books.store.journal.entries(0, 1))[0].seq == 1


async def test_by_default_everything_stays_for_ever(books: OldBooks) -> None:
    await held(books, "for ever", years=0)


async def test_no_period_is_shorter_than_that_of_the_law(books: OldBooks) -> None:
    outcome = await go(books, years=1)

    archive = await books.store.archives.holding(outcome.through)
    assert archive is not None
    assert archive.newest_at < "2020-11-22"


async def test_what_the_server_has_not_answered_for_stays(books: OldBooks) -> None:
    await books.store.outbox.rewind(4)
    await held(books, "has not booked entry 5")


async def test_what_the_server_has_refused_stays_until_it_is_booked(books: OldBooks) -> None:
    refusal = Refusal(3, "quarantined", "unknown method", stamp(TODAY))
    await books.store.outbox.settle(books.store.journal.head.seq, [refusal])

    await held(books, "has not booked entry 3")

    await books.store.outbox.settle(books.store.journal.head.seq, taken=[3])
    assert (await go(books)).gone


async def test_what_is_not_archived_stays(store: Store) -> None:
    books = OldBooks(store, BEGAN)
    await books.sell_in(2015)
    await books.acknowledged()

    await held(books, "no archive holds entry 1")


async def test_what_is_in_no_closing_of_a_year_stays(store: Store, tmp_path: Path) -> None:
    books = OldBooks(store, BEGAN)
    await books.sell_in(2015)
    await books.sell()
    await books.close_session(2)
    await books.close_periods("day", "month")
    books.now = books.now.replace(year=2017)
    await books.archived(tmp_path / "archives")
    await books.acknowledged()

    first = await go(books)

    assert "no year is closed beyond" in first.held
    assert first.through == (await store.archives.all())[0].last_seq


async def test_the_session_that_is_open_keeps_its_entries(store: Store, tmp_path: Path) -> None:
    books = OldBooks(store, BEGAN)
    await books.sell()
    await books.close_periods()
    await books.archived(tmp_path / "archives")
    await books.acknowledged()

    await held(books, "session that is open")


@pytest.mark.parametrize("wrong", ["now", "server"])
async def test_one_clock_that_runs_years_ahead_lets_nothing_go(books: OldBooks, wrong: str) -> None:
    archive = (await books.store.archives.all())[0]
    young = datetime.fromisoformat(archive.newest_at).replace(year=2019)
    ahead = datetime(2099, 1, 1, tzinfo=UTC)

    await held(
        books,
        "kept until 2021-",
        now=ahead if wrong == "now" else young,
        server=ahead if wrong == "server" else young,
    )


async def test_an_archive_that_is_not_there_or_was_altered_keeps_its_entries(
    books: OldBooks, tmp_path: Path
) -> None:
    archive = (await books.store.archives.all())[0]
    path = tmp_path / "archives" / archive.file
    content = path.read_bytes()
    path.unlink()
    await held(books, "bring it back")

    path.write_bytes(content[:-1] + b"\1")
    await held(books, "not as it was written")

    # the till's own folder serves too
    path.unlink()
    own = books.store.profile / "archives"
    own.mkdir()
    (own / archive.file).write_bytes(content)
    assert (await go(books)).gone >= archive.last_seq


async def test_what_would_go_is_told_without_going(books: OldBooks) -> None:
    told = await held_up(books.store, SetClock(TODAY), 6)

    assert (told.through, told.gone) == (0, 0)
    assert "go with the next exchange" in told.held
    assert "for ever" in (await held_up(books.store, SetClock(TODAY), 0)).held


async def test_however_often_the_power_is_cut_the_next_run_goes_on(books: OldBooks) -> None:
    """At each commit, before and after it."""
    total, cuts = await books.store.counter(GRAND_TOTAL), 0
    books.store.catalogue.pace.looked_for()
    with mock.patch("sync.store.pace.SMALL", 2), mock.patch("sync.store.pace.CHUNK", 2):
        while True:
            with mock.patch("sync.store.database.Writing.commit", _Cut(cuts % 4, cuts % 2)):
                try:
                    outcome = await go(books)
                except _PowerCut:
                    cuts += 1
                else:
                    break
            assert (await books.store.journal.verify()).ok
            assert await books.store.counter(GRAND_TOTAL) == total
            await books.sell(total=0)
    assert cuts > 3
    assert (await books.store.journal.entries(0, 1))[0].seq == outcome.through + 1
    assert (await books.store.journal.verify()).ok


class _PowerCut(Exception):
    pass


class _Cut:
    """The power goes at the n-th commit of a run."""

    def __init__(self, after: int, durable: int) -> None:
        self.left = after
        self.durable = durable
        self.commit = Writing.commit

    def __get__(self, writing: object, _type: type) -> object:
        async def commit(on_commit: object) -> None:
            self.left -= 1
            if self.left >= 0:
                await self.commit(writing, on_commit)  # type: ignore[arg-type]
            elif self.durable:
                await self.commit(writing, on_commit)  # type: ignore[arg-type]
                raise _PowerCut
            else:
                raise _PowerCut

        return commit


async def test_a_sale_is_not_held_up_while_entries_go(books: OldBooks) -> None:
    """Each step waits for whoever looks for a code, and is small."""
    sizes = []
    turn = books.store.catalogue.pace.turn

    async def watched() -> int:
        sizes.append(await turn())
        return sizes[-1]

    books.store.catalogue.pace.looked_for()
    with mock.patch.object(books.store.catalogue.pace, "turn", watched):
        await go(books)

    assert sizes[0] == SMALL


# --- what nobody may do


async def test_the_database_lets_nothing_go_that_no_archive_ends_with(books: OldBooks) -> None:
    with pytest.raises(Refused, match="has to be in an archive"):
        async with books.store.transaction() as transaction:
            await transaction.let_go(4, TODAY)


async def test_entries_that_somebody_took_away_by_hand_are_missed(books: OldBooks) -> None:
    archive = (await books.store.archives.all())[0]
    async with copied(
        books,
        f"INSERT INTO retention SELECT 1, seq, hash, at FROM journal WHERE seq = {archive.last_seq}",
        f"DELETE FROM closed_ticket WHERE seq <= {archive.last_seq}",
        f"DELETE FROM journal WHERE seq <= {archive.last_seq}",
    ) as store:
        report = await store.journal.examine()
    assert any("nothing that was signed says" in problem.reason for problem in report.problems)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE archive SET grand_total = grand_total + 1 WHERE last_seq = (SELECT through_seq FROM retention)",
        "UPDATE archive SET sha256 = printf('%064d', 1) WHERE last_seq > (SELECT through_seq FROM retention)",
        "DELETE FROM archive WHERE last_seq = (SELECT max(last_seq) FROM archive)",
        "UPDATE counter SET value = value + 1 WHERE name = 'grand_total'",
        "DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal)",
    ],
)
async def test_books_that_were_changed_after_something_went_do_not_verify(
    books: OldBooks, statement: str
) -> None:
    await go(books)
    async with copied(books, statement) as store:
        assert not (await store.journal.examine()).ok


# --- a server that asks for them


async def test_entries_that_went_are_read_from_their_archives(books: OldBooks, tmp_path: Path) -> None:
    before = await books.store.journal.entries(0, 1000)
    outcome = await go(books)
    archived = ArchivedEntries(books.store)

    found = list[object]()
    while len(found) < outcome.through:
        found += [entry.hash for entry in await archived.after(len(found), 7)]

    assert found == [entry.hash for entry in before[: len(found)]]

    shutil.rmtree(tmp_path / "archives")
    with pytest.raises(EntriesLetGo, match="bring that to"):
        await ArchivedEntries(books.store).after(0, 7)
