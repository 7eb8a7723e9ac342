"""Updates of the program: found in the server's repository, and brought here whole; nothing is installed here.

The repository is TUF's (see `sync.protocol.updates`): its metadata are checked by its own client library, so that an
old, a withdrawn or a foreign package is refused whoever serves it. A package comes by ranges, as snapshots do: a poor
line brings it in as many pieces as it needs, while the till sells.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from sync import errors
from sync.events import Alarm, Events, UpdateReady
from sync.ports import Randomness
from sync.protocol.updates import (
    METADATA_PATH,
    ROOT_PATH,
    TARGETS_PATH,
    Release,
    RepositoryRoot,
    is_newer,
)
from sync.server import Server
from sync.snapshot import Told, read_signed
from sync.supervisor import LONGEST, BackOff
from sync.update_folder import FOLDER, READY_FILE, write_whole

if TYPE_CHECKING:
    from tuf.api.metadata import TargetFile
    from tuf.ngclient import FetcherInterface

PATIENCE = 3600.0
"""Seconds between two tries to bring an update, at the most."""


def read_ready(profile: Path) -> tuple[Release, Path] | None:
    """The package that waits to be installed, and where it is; None: there is none."""
    folder = profile / FOLDER
    try:
        release = msgspec.json.decode((folder / READY_FILE).read_bytes(), type=Release)
    except (OSError, msgspec.MsgspecError):
        return None
    package = folder / release.path
    return (release, package) if package.is_file() else None


def is_whole(package: Path, release: Release) -> bool:
    """Whether a file is the package that the publisher signed for. Blocks: reads all of it."""
    try:
        with package.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    return found == release.sha256


class Updates:
    """What the server publishes for this till.

    Args:
        running: the version of the program that runs; empty: it looks for no updates by itself.
        profile: the till's folder.
        server_key: by which the till knows its server.
    """

    def __init__(
        self,
        server: Server,
        events: Events,
        randomness: Randomness,
        running: str,
        profile: Path,
        server_key: bytes,
    ) -> None:
        self.running = running
        self._randomness = randomness
        self._wanted = asyncio.Event()
        self._server = server
        self._events = events
        self._server_key = server_key
        self._folder = profile / FOLDER
        ready = read_ready(profile)
        self.waiting = ready[0].version if ready else ""
        """The version that is here and waits to be installed; empty: none."""
        # a till that gets another server has to do with another repository
        self._known = self._folder / server_key.hex()[:16]
        self._turn = asyncio.Lock()

    def heard_of(self, version: str) -> None:
        """The server names this version: worth a look, if it is newer than what runs and what waits here."""
        if self.running and is_newer(version, self.waiting or self.running):
            self._wanted.set()

    async def run(self) -> None:
        """Bring each newer version here once the server names one, for ever; a poor line is tried again and again."""
        back_off = BackOff(self._randomness, PATIENCE)
        while True:
            await self._wanted.wait()
            try:
                release = await self.find()
                if release is not None:
                    await self.bring(release)
            except errors.SyncError as error:
                if isinstance(error, errors.BadUpdate):
                    self._events.tell(Alarm(error.slug, error.reason))
                await asyncio.sleep(max(LONGEST, back_off.next()))
            else:
                self._wanted.clear()
                back_off.reset()

    async def find(self) -> Release | None:
        """The newest package that is newer than what runs here; None: there is none.

        Raises:
            NoUpdates: the server publishes none at all.
            BadUpdate: the repository is not what its publisher signed, or out of date.
            SyncError: the server could not be asked.
        """
        async with self._turn:
            root = await self._root()
            loop = asyncio.get_running_loop()

            def fetch(target: str) -> bytes:
                return _from_thread(loop, self._server.fetch("GET", target))

            releases = await asyncio.to_thread(_releases, self._known, root, fetch)
        newest: Release | None = None
        for release in releases:
            if is_newer(release.version, newest.version if newest else self.running):
                newest = release
        return newest

    async def bring(self, release: Release, told: Told = lambda _done: None) -> Path:
        """Bring a package here, going on where an earlier try ended; gives where it is.

        Raises:
            BadUpdate: it is not what the publisher signed, or cannot be kept.
            SyncError: it was cut; what is here of it stays for the next try.
        """
        async with self._turn:
            package = self._folder / release.path
            if not await asyncio.to_thread(is_whole, package, release):
                try:
                    await self._bring(release, package.with_name(f"{package.name}.part"), told)
                except OSError as error:
                    raise errors.BadUpdate(reason=error.strerror or str(error)) from error
            await asyncio.to_thread(self._keep, release, package)
        self.waiting = release.version
        self._events.tell(UpdateReady(release.version, release.notes))
        return package

    async def _root(self) -> bytes:
        """Where trust begins: as the server gave it at first, and never another."""
        path = self._known / "first-root.json"
        if path.is_file():
            return path.read_bytes()
        try:
            content = await self._server.fetch("GET", ROOT_PATH)
        except errors.Rejected as error:
            if error.code == "not_found":
                raise errors.NoUpdates from error
            raise
        try:
            root = read_signed(content, RepositoryRoot, self._server_key).root.encode()
        except errors.BadSnapshot as error:
            raise errors.BadUpdate(reason=error.cause) from error
        self._known.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, root)
        return root

    async def _bring(self, release: Release, part: Path, told: Told) -> None:
        target = f"{TARGETS_PATH}{release.path}"
        with part.open("ab") as file:
            have = file.tell()
            if have < release.size:
                # a version is one package: it has not changed since
                headers = {"range": f"bytes={have}-"} if have else {}
                async with self._server.stream(target, headers) as stream:
                    if stream.status != 206:
                        file.truncate(0)
                    async for chunk in stream.chunks():
                        await asyncio.to_thread(_append, file, chunk, release.size)
                        told(file.tell())
        await asyncio.to_thread(_finish, part, release, self._folder / release.path)

    def _keep(self, release: Release, package: Path) -> None:
        """This package is the one that waits; older ones go."""
        write_whole(self._folder / READY_FILE, msgspec.json.encode(release))
        for other in self._folder.glob(f"*{package.suffix}*"):
            if other.name != package.name:
                other.unlink(missing_ok=True)


def _append(file: IO[bytes], chunk: bytes, most: int) -> None:
    file.write(chunk)
    if file.tell() > most:
        file.truncate(0)
        raise errors.BadUpdate(reason=errors.n_("its content is not what was signed"))


def _finish(part: Path, release: Release, package: Path) -> None:
    """What came is the package, or is thrown away, or has to go on."""
    if is_whole(part, release):
        part.rename(package)
    elif part.stat().st_size >= release.size:
        part.unlink()
        raise errors.BadUpdate(reason=errors.n_("its content is not what was signed"))
    else:
        raise errors.Unreachable(reason=errors.n_("the answer was cut"))


def _from_thread(loop: asyncio.AbstractEventLoop, call: Coroutine[Any, Any, bytes]) -> bytes:
    return asyncio.run_coroutine_threadsafe(call, loop).result()


def _releases(known: Path, root: bytes, fetch: Callable[[str], bytes]) -> list[Release]:
    """All packages of the repository, once its metadata are found good. Blocks; runs in a thread of its own."""
    # 100 ms to import, for those that look for updates
    from tuf.api.exceptions import DownloadError, RepositoryError  # noqa: PLC0415
    from tuf.api.metadata import Metadata, Targets  # noqa: PLC0415
    from tuf.ngclient import Updater  # noqa: PLC0415

    try:
        updater = Updater(str(known), METADATA_PATH, fetcher=_fetcher(fetch), bootstrap=root)
        updater.refresh()
        content = (known / "targets.json").read_bytes()
    except DownloadError as error:
        if isinstance(error.__cause__, errors.SyncError):
            raise error.__cause__ from error
        raise errors.BadUpdate(reason=str(error)) from error
    except (RepositoryError, OSError) as error:
        raise errors.BadUpdate(reason=str(error)) from error
    targets = Metadata[Targets].from_bytes(content).signed.targets
    return [release for target in targets.values() if (release := _release(target)) is not None]


def _release(target: TargetFile) -> Release | None:
    """A package as its publisher describes it; None: it is something else."""
    said = target.custom or {}
    fields = {"path": target.path, "size": target.length, "sha256": target.hashes.get("sha256")}
    try:
        release = msgspec.convert({**said, **fields}, Release)
    except msgspec.ValidationError:
        return None
    # it becomes the name of a file here
    return release if Path(release.path).name == release.path else None


def _fetcher(fetch: Callable[[str], bytes]) -> FetcherInterface:
    from tuf.api.exceptions import DownloadHTTPError  # noqa: PLC0415
    from tuf.ngclient import FetcherInterface  # noqa: PLC0415

    class Fetcher(FetcherInterface):
        """The till's own signed calls as the way to a repository."""

        def _fetch(self, url: str) -> Iterator[bytes]:
            try:
                return iter((fetch(url),))
            except errors.Rejected as error:
                if error.code == "not_found":
                    raise DownloadHTTPError(str(error), 404) from error
                raise

    return Fetcher()
