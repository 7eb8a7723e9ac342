"""Years of a shop: what is old is archived and let go, and nothing of it is lost, whatever is cut or comes back."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path
from unittest import mock

import pytest

from sync.archiving import archive
from sync.protocol.archive import check_archive, entries_in
from sync.retention import Outcome
from sync.store import GRAND_TOTAL
from sync.store.database import Writing
from tests.simulation.backend import Backend
from tests.simulation.till import SimTill
from tests.simulation.wire import Wire
from tui_pos.errors import Refused
from tui_pos.inputs import ClosePeriod, CloseSession, Hold, Recall, Return, Scan, Tender

YEAR = 366 * 86_400.0


class PowerCut(BaseException):
    """Nothing goes on after it."""


class OldShop:
    """A till that lives for years: it is closed in between, so that only its own days take time."""

    def __init__(self, till: SimTill, folder: Path) -> None:
        self.till = till
        self.folder = folder
        self.years = 6

    async def keep(self) -> int:
        return self.years

    async def open(self) -> None:
        await self.till.start()
        self.till.engine.retention.keep = self.keep

    async def year(self, sales: int = 3) -> None:
        """Sell, take something back, close the year, archive; then a year passes."""
        await self.till.sell_many(sales)
        await self.till.take_back()
        await self.close_year()
        await self.archive()
        await self.till.pushed()
        await self.rest()

    async def rest(self) -> None:
        """A year passes in which everything is switched off."""
        await self.till.stop()
        await self.till.backend.stop()
        await asyncio.sleep(YEAR)
        await self.till.backend.start()
        await self.open()

    async def close_year(self) -> None:
        await self.till.register.accept(CloseSession())
        for period in ("day", "month", "year"):
            await self.till.register.accept(ClosePeriod(period))

    async def archive(self) -> None:
        await archive(self.till.store, self.folder, self.till.clock, program="simulated")

    async def let_go(self) -> Outcome:
        return await self.till.engine.retention.let_go()

    async def archived(self) -> list[tuple[int, str]]:
        """Position and hash of what the archives hold; each is whole."""
        found = []
        for one in await self.till.store.archives.all():
            check_archive(self.folder / one.file)
            found += [(entry.seq, entry.hash.hex()) for entry in entries_in(self.folder / one.file)]
        return found

    async def nothing_is_lost(self, backend: Backend) -> None:
        """What is here and what is archived is what the server holds, once each; the books agree."""
        await self.till.pushed()
        here, there = dict(await self.till.journal()), await backend.entries(self.till.name)
        everything = dict(await self.archived()) | here
        assert sorted(everything.items()) == there
        assert [seq for seq, _ in there] == list(range(1, len(there) + 1))
        tickets = [(ticket.number, ticket.total) for ticket in self.till.sold]
        assert await backend.tickets(self.till.name) == tickets
        assert await self.till.store.counter(GRAND_TOTAL) == sum(ticket.total for ticket in self.till.sold)
        await self.till.store.journal.verify()


@pytest.fixture
async def shop(till: SimTill, tmp_path: Path) -> OldShop:
    """Eight years, archived."""
    made = OldShop(till, tmp_path / "archives")
    till.engine.retention.keep = made.keep
    for _ in range(8):
        await made.year()
    return made


async def test_what_is_old_goes_and_the_till_sells_closes_and_sends_as_before(
    shop: OldShop, backend: Backend
) -> None:
    outcome = await shop.let_go()

    assert outcome.gone
    assert (await shop.till.journal())[0][0] == outcome.through + 1
    await shop.nothing_is_lost(backend)
    await shop.year()
    assert (await shop.let_go()).through > outcome.through
    await shop.till.sell_many(3)
    await shop.nothing_is_lost(backend)


async def test_it_goes_by_itself_within_the_day_and_at_once_when_the_period_is_set(
    shop: OldShop, backend: Backend
) -> None:
    shop.years = 0
    await asyncio.sleep(2 * 86_400)
    assert (await shop.till.store.archives.let_go()).through == 0

    shop.years = 6
    shop.till.engine.retention.changed()
    await asyncio.sleep(60)
    assert (await shop.till.store.archives.let_go()).through

    await shop.nothing_is_lost(backend)


async def test_goods_of_a_ticket_that_went_are_refused_with_where_it_is_and_later_ones_come_back(
    shop: OldShop, backend: Backend
) -> None:
    old, kept = shop.till.sold[0], shop.till.sold[-2]
    await shop.let_go()

    with pytest.raises(Refused, match=r"It is in the archive archive-.*zip") as refused:
        await shop.till.register.accept(Return(old.number or ""))
    assert refused.value.slug == "no_ticket"
    with pytest.raises(Refused, match="no such ticket"):
        await shop.till.register.accept(Return("1-999999"))

    assert kept.total > 0
    # it came back with the year's last sale; the one before it has not
    await shop.till.register.accept(Return(shop.till.sold[-3].number or ""))
    outcome = await shop.till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    shop.till.sold.append(outcome.closed)
    await shop.nothing_is_lost(backend)


async def test_a_ticket_on_hold_is_taken_up_after_what_it_gives_back_has_gone(
    shop: OldShop, backend: Backend
) -> None:
    till = shop.till
    sale = next(ticket for ticket in till.sold if ticket.total > 0)
    await till.register.accept(Return(sale.number or ""))
    await till.register.accept(Hold())

    assert (await shop.let_go()).gone

    await till.register.accept(Recall())
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    assert outcome.closed.total == -sale.total
    till.sold.append(outcome.closed)
    await shop.nothing_is_lost(backend)


async def test_a_server_from_an_old_backup_gets_what_went_from_the_archives(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    shop = OldShop(till, tmp_path / "archives")
    await shop.year()
    await backend.back_up("old")
    for _ in range(8):
        await shop.year()
    through = (await shop.let_go()).through
    await backend.restore("old")

    await till.sell()
    await asyncio.sleep(2 * 3600)

    assert through
    await shop.nothing_is_lost(backend)


async def test_a_server_that_asks_for_what_went_is_told_which_file_is_wanted_and_selling_goes_on(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    shop = OldShop(till, tmp_path / "archives")
    await backend.back_up("new")
    for _ in range(8):
        await shop.year()
    await shop.let_go()
    away = tmp_path / "safe"
    shop.folder.rename(away)
    await backend.restore("new")

    await till.sell()
    await asyncio.sleep(2 * 3600)

    status = await till.engine.status()
    assert status.unsent
    assert "bring that to" in (status.stopped or "")
    assert till.alarms().count("entries_let_go") == 1
    await till.sell()

    shutil.copytree(away, till.profile / "archives")
    away.rename(shop.folder)
    await asyncio.sleep(600)
    await shop.nothing_is_lost(backend)


async def test_a_till_that_gets_another_server_sends_it_all_that_it_ever_wrote(
    shop: OldShop, tmp_path: Path
) -> None:
    assert (await shop.let_go()).gone
    await shop.till.stop()
    other = Backend(tmp_path / "other", 1)
    await other.make()
    shop.till.backend, shop.till.wire = other, Wire(other, "other")

    await shop.till.enrol()
    await shop.open()
    await shop.till.sell()

    await shop.till.pushed()

    # it keeps them, and books those alone that were made for it
    everything = dict(await shop.archived()) | dict(await shop.till.journal())
    assert sorted(everything.items()) == await other.entries(shop.till.name)
    await shop.till.store.journal.verify()
    await other.stop()


async def test_a_till_from_a_backup_before_it_let_go_gets_its_entries_and_archives_back(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    shop = OldShop(till, tmp_path / "archives")
    for _ in range(7):
        await shop.year()
    await till.pushed()
    await till.stop()
    till.back_up()
    await shop.open()
    await shop.year()
    assert (await shop.let_go()).gone
    await till.sell()
    await till.pushed()
    await till.stop()
    till.restore()

    await shop.open()
    await till.pushed()

    assert len(await till.store.archives.all()) >= 8
    assert (await till.store.archives.let_go()).through == 0
    await shop.nothing_is_lost(backend)
    assert (await shop.let_go()).gone
    await till.sell()
    await shop.nothing_is_lost(backend)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_cut_in_whatever_order_nothing_is_lost(
    seed: int, till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    """Years of sales, closings, archives and purges, each of which may be cut at any of its commits."""
    shop, chance = OldShop(till, tmp_path / "archives"), random.Random(seed)
    cuts = 0

    async def cut_somewhere(work: str) -> None:
        nonlocal cuts
        left, commit = chance.randrange(12), Writing.commit

        async def failing(writing: Writing, on_commit: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise PowerCut
            await commit(writing, on_commit)  # type: ignore[arg-type]

        with mock.patch.object(Writing, "commit", failing):
            try:
                await (shop.archive() if work == "archive" else shop.let_go())
            except PowerCut:
                cuts += 1
        # what is in memory is not believed after a cut
        await till.stop()
        await shop.open()

    with mock.patch("sync.store.pace.CHUNK", 3):
        for _ in range(9):
            await till.sell_many(chance.randint(1, 3))
            if chance.random() < 0.4:
                await till.take_back()
            if chance.random() < 0.8:
                await shop.close_year()
            await till.pushed()
            for work in chance.sample(("archive", "let_go", "archive", "let_go"), 3):
                await cut_somewhere(work)
            await shop.rest()
        await shop.archive()
        await shop.let_go()

    assert cuts
    await till.register.accept(Scan("P001"))
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    till.sold.append(outcome.closed)
    await shop.nothing_is_lost(backend)
