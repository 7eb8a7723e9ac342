"""A till as a whole: how it opens, what keeps it from opening, and how it stops."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from sync.protocol import ProductRecord
from sync.store import KeySource, open_store
from tests.small_shop import full_disk
from tui_pos import __version__
from tui_pos.demo import make_ready
from tui_pos.errors import Refused
from tui_pos.inputs import Scan, Tender
from tui_pos.l10n import use_language
from tui_pos.profile import Demo, take
from tui_pos.till import Till, open_till


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profile = tmp_path_factory.mktemp("demo") / "till"

    async def make() -> None:
        await (await open_till(profile, Demo(ready=True))).close()

    asyncio.run(make())
    return profile


@pytest.fixture
def profile(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "till")
    return tmp_path / "till"


async def events(till: Till, code: str) -> list[dict[str, object]]:
    entries = await till.store.journal.entries(0, 1000)
    bodies = [msgspec.json.decode(entry.body) for entry in entries if entry.kind == "event"]
    return [body for body in bodies if body["code"] == code]


async def test_a_demo_is_ready_to_sell_once_and_stays_so(profile: Path) -> None:
    for number in (1, 2):
        till = await open_till(profile, Demo(ready=True))
        await make_ready(till.register, Demo())
        await make_ready(till.register, Demo())
        code = (await till.register.products("", 1))[0].code
        await till.register.accept(Scan(code))
        closed = (await till.register.accept(Tender("CASH"))).closed
        assert closed is not None
        assert closed.number == f"1-{number:06d}"
        assert till.register.session is not None
        assert till.register.session.id == "1"
        await till.close()


async def test_a_demo_keeps_the_products_that_were_imported(tmp_path: Path) -> None:
    store = await open_store(tmp_path, create=True, key_source=KeySource.FILE)
    await store.catalogue.load(products=(ProductRecord("X1", "Imported", 100, "20"),), replace=False)
    await store.close()
    till = await open_till(tmp_path, Demo(products=3))
    found = await till.register.products("", 10)
    assert "X1" in {product.code for product in found}
    assert len(found) == 3
    await till.close()


def wrong_key(profile: Path) -> None:
    key = profile / "till.key"
    key.write_bytes(bytes(reversed(key.read_bytes())))


def no_key(profile: Path) -> None:
    (profile / "till.key").unlink()


def truncated(profile: Path) -> None:
    path = profile / "till.db"
    path.write_bytes(path.read_bytes()[:5000])


def emptied(profile: Path) -> None:
    (profile / "till.db").write_bytes(b"")


def overwritten(profile: Path) -> None:
    path = profile / "till.db"
    path.write_bytes(b"not a database" * 2000)


def contents(profile: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in profile.iterdir()}


@pytest.mark.parametrize("harm", [wrong_key, no_key, truncated, emptied, overwritten])
async def test_a_till_that_cannot_be_read_says_so_and_is_left_alone(
    profile: Path, harm: Callable[[Path], None]
) -> None:
    harm(profile)
    before = contents(profile)
    with pytest.raises(Refused) as caught:
        await open_till(profile, Demo())
    assert caught.value.slug in {"wrong_key", "key_missing", "damaged_store"}
    assert "\n" not in caught.value.message
    assert before.items() <= contents(profile).items()
    take(profile).release()


async def test_without_a_till_there_is_nothing_to_open(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Refused) as caught:
            await open_till(folder)
        assert caught.value.slug == "no_store"


async def test_a_second_till_on_the_profile_is_refused_until_the_first_is_closed(profile: Path) -> None:
    first = await open_till(profile, Demo())
    with pytest.raises(Refused) as caught:
        await open_till(profile, Demo())
    assert caught.value.slug == "profile_in_use"
    await first.close()
    await (await open_till(profile, Demo())).close()


async def test_a_new_version_is_traced_once_and_every_clean_stop_too(profile: Path) -> None:
    till = await open_till(profile, Demo())
    (version,) = await events(till, "new_version")
    assert (version["jet"], version["version"]) == (250, __version__)
    assert [event["jet"] for event in await events(till, "stopped")] == [40]
    await till.close()


async def test_a_full_disk_keeps_no_till_from_closing(profile: Path) -> None:
    till = await open_till(profile, Demo())
    with full_disk():
        await till.close()
    take(profile).release()


async def test_who_closes_a_till_leaves_a_card_payment_in_doubt(profile: Path) -> None:
    till = await open_till(profile, Demo())
    await make_ready(till.register, Demo())
    till.counter._staff.named("terminal").device.set(answer="slow")
    await till.register.accept(Scan((await till.register.products("", 1))[0].code))
    assert (await till.register.accept(Tender("CARD"))).pending
    await till.close()
    till = await open_till(profile, Demo())
    await make_ready(till.register, Demo())
    assert till.register.prompt().context == "payment_unknown"
    await till.close()
