"""Updates of the program on their way here: checked by who signed them, brought in as many pieces as the line needs."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backoffice.updates.publisher import FRESH, Publisher
from sync.errors import BadUpdate, NoUpdates, Rejected, Unreachable
from sync.events import Event, Events, UpdateReady
from sync.ports import SystemRandomness
from sync.protocol import Signer
from sync.protocol.signed import sign_document
from sync.protocol.updates import METADATA_PATH, NOTE_FILE, ROOT_PATH, TARGETS_PATH, PackageNote, is_newer
from sync.server import Server
from sync.update import Updates, read_ready

SERVER = Signer(b"s" * 32)
RUNNING = "1.0.0"


class Shelf:
    """A server that hands on what is in a folder, as far as the line lets it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cut_after: int | None = None
        self.asked: list[str] = []
        self.signer = SERVER

    async def fetch(self, _method: str, target: str) -> bytes:
        self.asked.append(target)
        if target == ROOT_PATH:
            root = self._read("metadata/1.root.json").decode()
            return json.dumps(sign_document({"root": root}, self.signer)).encode()
        return self._read(f"metadata/{target.removeprefix(METADATA_PATH)}")

    @asynccontextmanager
    async def stream(self, target: str, headers: Mapping[str, str]) -> AsyncIterator[Any]:
        content = self._read(f"targets/{target.removeprefix(TARGETS_PATH)}")
        start = int(headers["range"].removeprefix("bytes=").rstrip("-")) if headers else 0
        self.asked.append(f"{target} from {start}")

        async def chunks() -> AsyncIterator[bytes]:
            stop = start + self.cut_after if self.cut_after is not None else len(content)
            for at in range(start, stop, 100):
                yield content[at : min(at + 100, stop)]
            if self.cut_after is not None:
                raise Unreachable(reason="the line is cut")

        yield SimpleNamespace(status=206 if headers else 200, chunks=chunks)

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            raise Rejected(code="not_found", reason=name) from None


class World:
    """A publisher, a server that hands on, and a till."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime.now(UTC)
        self.folder = folder
        self.publisher = Publisher(folder / "repository", folder / "keys")
        self.shelf = Shelf(folder / "repository")
        self.profile = folder / "till"
        self.profile.mkdir()
        self.told: list[Event] = []
        self.updates = self.till()

    def till(self) -> Updates:
        """The till's side, as after a start."""
        events = Events()
        events.subscribe(self.told.append)
        server = cast("Server", self.shelf)
        return Updates(server, events, SystemRandomness(), RUNNING, self.profile, SERVER.public_key)

    def package(self, version: str, size: int = 1000) -> Path:
        """A package, which holds nothing that could be installed."""
        path = self.folder / f"{version}.zip"
        note = PackageNote(version=version, requires={}, notes={"en": f"News of {version}"})
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(
                NOTE_FILE, json.dumps({"version": note.version, "requires": {}, "notes": note.notes})
            )
            archive.writestr("filling", bytes(size))
        return path

    def publish(self, version: str, size: int = 1000) -> None:
        self.publisher.publish(self.package(version, size), self.now)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.publisher.make(made.now)
    return made


async def test_the_newest_package_is_found_and_nothing_that_is_not_newer(world: World) -> None:
    assert await world.updates.find() is None
    for version in ("0.9.0", "1.0.0"):
        world.publish(version)
    assert await world.updates.find() is None
    for version in ("1.10.0", "1.9.0"):
        world.publish(version)
    found = await world.updates.find()
    assert found is not None
    assert (found.version, found.notes) == ("1.10.0", {"en": "News of 1.10.0"})


async def test_a_version_that_was_withdrawn_is_not_found_any_more(world: World) -> None:
    world.publish("2.0.0")
    assert await world.updates.find() is not None
    world.publisher.withdraw("2.0.0", world.now)
    assert await world.updates.find() is None


async def test_a_package_comes_in_as_many_pieces_as_the_line_needs(world: World) -> None:
    world.publish("2.0.0", 2000)
    release = await world.updates.find()
    assert release is not None
    world.shelf.cut_after = 800
    for _ in range(2):
        with pytest.raises(Unreachable):
            await world.updates.bring(release)
        assert read_ready(world.profile) is None
    world.shelf.cut_after = None

    package = await world.till().bring(release)
    assert package.read_bytes() == (world.folder / "2.0.0.zip").read_bytes()
    assert [asked.rpartition(" ")[2] for asked in world.shelf.asked if " from " in asked] == [
        "0",
        "800",
        "1600",
    ]
    assert read_ready(world.profile) == (release, package)
    assert world.told == [UpdateReady("2.0.0", {"en": "News of 2.0.0"})]
    assert world.till().waiting == "2.0.0"


async def test_a_package_that_was_altered_on_the_way_is_thrown_away(world: World) -> None:
    world.publish("2.0.0")
    release = await world.updates.find()
    assert release is not None
    path = world.shelf.folder / "targets" / release.path
    whole = path.read_bytes()
    for altered in (whole[:-1] + b"x", whole + b"more"):
        path.write_bytes(altered)
        with pytest.raises(BadUpdate, match="not what was signed"):
            await world.updates.bring(release)
        assert read_ready(world.profile) is None
    path.write_bytes(whole)
    await world.updates.bring(release)
    assert read_ready(world.profile) is not None


async def test_the_newer_package_takes_the_place_of_one_that_waits(world: World) -> None:
    for version in ("2.0.0", "3.0.0"):
        world.publish(version)
        release = await world.updates.find()
        assert release is not None
        await world.updates.bring(release)
    assert [path.name for path in world.profile.glob("updates/*.zip*")] == ["tui-pos-3.0.0.zip"]


async def test_a_list_that_was_put_back_or_is_out_of_date_is_refused(world: World, tmp_path: Path) -> None:
    timestamp = world.shelf.folder / "metadata" / "timestamp.json"
    before = timestamp.read_bytes()
    world.publish("2.0.0")
    assert await world.updates.find() is not None
    timestamp.write_bytes(before)
    with pytest.raises(BadUpdate):
        await world.updates.find()

    (tmp_path / "late").mkdir()
    late = World(tmp_path / "late")
    late.publisher.make(late.now - FRESH - timedelta(days=1))
    with pytest.raises(BadUpdate, match="expired"):
        await late.updates.find()
    assert late.publisher.refresh(late.now)
    assert await late.updates.find() is None
    assert not late.publisher.refresh(late.now)


async def test_another_publisher_is_never_trusted_not_even_if_the_server_is(
    world: World, tmp_path: Path
) -> None:
    world.publish("2.0.0")
    assert await world.updates.find() is not None
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    other.publisher.make(other.now)
    other.publish("3.0.0")
    world.shelf.folder = other.shelf.folder
    with pytest.raises(BadUpdate):
        await world.updates.find()


async def test_trust_begins_with_what_the_tills_own_server_has_signed(world: World) -> None:
    world.shelf.signer = Signer(b"x" * 32)
    with pytest.raises(BadUpdate):
        await world.updates.find()
    world.shelf.signer = SERVER
    assert await world.updates.find() is None


async def test_a_server_that_publishes_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoUpdates):
        await World(tmp_path).updates.find()


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("1.10.0", "1.9.0", True),
        ("1.0.0", "1.0.0", False),
        ("2.0.0rc1", "2.0.0", False),
        ("new", "1.0.0", False),
    ],
)
def test_versions_are_compared_as_versions(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer
