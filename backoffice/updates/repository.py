"""A repository of updates as a server hands it on: packages of the till's program, and what is signed of them.

It is The Update Framework's (TUF 1.0), in a folder: `metadata` and `targets` are what tills get. `online.pem` beside
them signs until when the list of packages is known to be the latest, and may stay with the server.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from backoffice.errors import BadPackage, BadRepository
from sync.protocol.updates import FORMAT, NOTE_FILE, PackageNote, is_newer
from tui_pos.l10n import n_

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata

METADATA, TARGETS = "metadata", "targets"

_METADATA_NAME = re.compile(r"(?:\d{1,9}\.)?(?:root|targets|snapshot|timestamp)\.json")
_PACKAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,120}\.zip")


class Published(Struct, frozen=True):
    """A package of the repository."""

    version: str
    file: str
    size: int
    notes: dict[str, str] = {}


class Repository:
    """A repository in a folder, as a server hands it on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._newest: tuple[int, str] = 0, ""

    def first_root(self) -> str | None:
        """Where tills begin to trust; None: there is no repository."""
        try:
            return (self.folder / METADATA / "1.root.json").read_text("utf-8")
        except OSError:
            return None

    def metadata(self, name: str) -> Path | None:
        """One of its signed lists."""
        return self._file(METADATA, name) if _METADATA_NAME.fullmatch(name) else None

    def package(self, name: str) -> Path | None:
        """One of its packages."""
        return self._file(TARGETS, name) if _PACKAGE_NAME.fullmatch(name) else None

    def newest(self) -> str:
        """The newest version that it has; empty: none."""
        try:
            changed = (self.folder / METADATA / "timestamp.json").stat().st_mtime_ns
        except OSError:
            return ""
        if self._newest[0] != changed:
            newest = ""
            for published in self.packages():
                if not newest or is_newer(published.version, newest):
                    newest = published.version
            self._newest = changed, newest
        return self._newest[1]

    def packages(self) -> list[Published]:
        """All packages, as they were published.

        Raises:
            BadRepository: there is no repository, or it cannot be read.
        """
        return [
            Published(str(custom["version"]), target.path, target.length, dict(custom.get("notes", {})))
            for target in self.latest("targets").signed.targets.values()
            if (custom := target.custom or {}).get("version")
        ]

    def _file(self, kind: str, name: str) -> Path | None:
        path = self.folder / kind / name
        return path if path.is_file() else None

    def latest(self, role: str) -> Metadata[Any]:
        """The newest list of one kind: `root`, `targets`, `snapshot` or `timestamp`.

        Raises:
            BadRepository: there is none, or it cannot be read.
        """
        # securesystemslib and tuf take 150 ms to import, for those who publish
        from tuf.api.metadata import Metadata  # noqa: PLC0415
        from tuf.api.serialization import DeserializationError  # noqa: PLC0415

        folder = self.folder / METADATA
        names = sorted(folder.glob(f"*{role}.json"), key=_number)
        try:
            return Metadata.from_file(str(names[-1]))
        except (IndexError, OSError, DeserializationError) as error:
            raise BadRepository(folder=self.folder, reason=str(error) or n_("it is empty")) from error


def read_note(package: Path) -> PackageNote:
    """What a package says of itself.

    Raises:
        BadPackage: it is none.
    """
    try:
        with zipfile.ZipFile(package) as archive:
            note = msgspec.json.decode(archive.read(NOTE_FILE), type=PackageNote)
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError) as error:
        reason = getattr(error, "strerror", None) or n_("it is no package of this program")
        raise BadPackage(file=package, reason=reason) from error
    if note.format != FORMAT:
        raise BadPackage(file=package, reason=n_("it is no package of this program"))
    return note


def _number(path: Path) -> int:
    number = path.name.partition(".")[0]
    return int(number) if number.isdigit() else 0
