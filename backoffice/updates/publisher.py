"""Whoever publishes updates: holds a repository's keys, and signs what is in it (TUF 1.0).

The keys that say who publishes and what is published (`root.pem`, `targets.pem`) belong in a folder of their own, away
from the server; its own (`online.pem`) only says that nothing newer is known.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backoffice.errors import BadPackage, BadRepository
from backoffice.updates.repository import METADATA, TARGETS, Published, Repository, read_note
from sync.protocol.updates import NAME
from tui_pos.l10n import n_

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner
    from tuf.api.metadata import Metadata

LASTING = timedelta(days=3650)
"""How long what its publisher signed is good: until it is signed anew, in fact."""
FRESH = timedelta(days=30)
"""How long the list of packages is known to be the latest: a server that keeps new ones back is found out then."""

_OFFLINE = ("root", "targets")
_ONLINE = ("snapshot", "timestamp")


class Publisher:
    """Whoever holds the keys of a repository.

    Args:
        keys: the folder of `root.pem` and `targets.pem`; only `refresh` needs none.
    """

    def __init__(self, folder: Path, keys: Path | None = None) -> None:
        self._repository = Repository(folder)
        self._folder = folder
        self._keys = keys

    def make(self, now: datetime) -> None:
        """Make an empty repository, and its keys.

        Raises:
            BadRepository: there is one already, or the folder cannot be used.
        """
        from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp  # noqa: PLC0415

        if (self._folder / METADATA).exists():
            raise BadRepository(folder=self._folder, reason=n_("there is one already"))
        with storing(self._folder):
            for name in (METADATA, TARGETS):
                (self._folder / name).mkdir(parents=True)
            offline = {role: _new_key(self._key_file(role)) for role in _OFFLINE}
            online = _new_key(self._key_file("timestamp"))
        root = Root(expires=now + LASTING, consistent_snapshot=True)
        for role in (*_OFFLINE, *_ONLINE):
            root.add_key(offline.get(role, online).public_key, role)
        targets = Targets(expires=now + LASTING)
        snapshot = Snapshot(expires=now + LASTING, meta={"targets.json": MetaFile(1)})
        self._sign(Metadata(root), offline["root"], "1.root")
        self._sign(Metadata(targets), offline["targets"], "1.targets")
        self._sign(Metadata(snapshot), online, "1.snapshot")
        self._sign(Metadata(Timestamp(expires=now + FRESH, snapshot_meta=MetaFile(1))), online, "timestamp")

    def publish(self, package: Path, now: datetime) -> Published:
        """Offer a package to all tills.

        Raises:
            BadPackage: it is none, or its version is offered already.
            BadRepository: there is no repository, its keys are not here, or it cannot be written.
        """
        from tuf.api.metadata import TargetFile  # noqa: PLC0415

        note = read_note(package)
        if any(known.version == note.version for known in self._repository.packages()):
            raise BadPackage(
                file=package, reason=n_("this version is published already, and a version is one package")
            )
        name = f"{NAME}-{note.version}.zip"
        with storing(self._folder):
            shutil.copyfile(package, self._folder / TARGETS / f"{name}.part")
            (self._folder / TARGETS / f"{name}.part").replace(self._folder / TARGETS / name)
        target = TargetFile.from_file(name, str(self._folder / TARGETS / name), ["sha256"])
        custom = {"version": note.version, "notes": note.notes}
        target.unrecognized_fields["custom"] = custom
        targets = self._repository.latest("targets")
        targets.signed.targets[name] = target
        self._put(targets, now)
        return Published(note.version, name, target.length, note.notes)

    def withdraw(self, version: str, now: datetime) -> None:
        """Offer a version no more; tills that have it keep it.

        Raises:
            BadRepository: it is not offered, or see `publish`.
        """
        targets = self._repository.latest("targets")
        name = next((known.file for known in self._repository.packages() if known.version == version), None)
        if name is None:
            raise BadRepository(folder=self._folder, reason=n_("it has no such version"))
        del targets.signed.targets[name]
        self._put(targets, now)
        with storing(self._folder):
            (self._folder / TARGETS / name).unlink(missing_ok=True)

    def refresh(self, now: datetime) -> bool:
        """Say anew that the list is the latest, if half of the time is over; gives whether it was.

        Raises:
            BadRepository: there is no repository, or its online key is not here.
        """
        timestamp = self._repository.latest("timestamp")
        if timestamp.signed.expires - now > FRESH / 2 or not self._key_file("timestamp").exists():
            return False
        self._put_timestamp(timestamp, now)
        return True

    def _put(self, targets: Metadata[Any], now: datetime) -> None:
        """Another list of packages: each later file names the one before, and the timestamp comes last."""
        offline, online = self._key("targets"), self._key("snapshot")
        snapshot = self._repository.latest("snapshot")
        timestamp = self._repository.latest("timestamp")
        targets.signed.version += 1
        targets.signed.expires = now + LASTING
        self._sign(targets, offline, f"{targets.signed.version}.targets")
        snapshot.signed.version += 1
        snapshot.signed.expires = now + LASTING
        snapshot.signed.meta["targets.json"].version = targets.signed.version
        self._sign(snapshot, online, f"{snapshot.signed.version}.snapshot")
        timestamp.signed.snapshot_meta.version = snapshot.signed.version
        self._put_timestamp(timestamp, now)

    def _put_timestamp(self, timestamp: Metadata[Any], now: datetime) -> None:
        timestamp.signed.version += 1
        timestamp.signed.expires = now + FRESH
        self._sign(timestamp, self._key("timestamp"), "timestamp")

    def _sign(self, metadata: Metadata[Any], key: CryptoSigner, name: str) -> None:
        metadata.sign(key)
        path = self._folder / METADATA / f"{name}.json"
        with storing(self._folder):
            metadata.to_file(f"{path}.new")
            Path(f"{path}.new").replace(path)

    def _key_file(self, role: str) -> Path:
        if role in _ONLINE:
            return self._folder / "online.pem"
        if self._keys is None:
            raise BadRepository(folder=self._folder, reason=n_("its keys are needed for this: --keys FOLDER"))
        return self._keys / f"{role}.pem"

    def _key(self, role: str) -> CryptoSigner:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
        from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

        try:
            return CryptoSigner(load_pem_private_key(self._key_file(role).read_bytes(), None))
        except (OSError, ValueError, TypeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BadRepository(folder=self._key_file(role), reason=reason) from error


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """What fails in a repository's folder is said in words."""
    try:
        yield
    except OSError as error:
        raise BadRepository(folder=folder, reason=error.strerror or str(error)) from error


def _new_key(path: Path) -> CryptoSigner:
    """Make a key, for its owner's eyes only; one that is there stays."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return CryptoSigner(key)
