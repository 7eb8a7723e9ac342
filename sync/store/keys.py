"""The till's secret, and where it is kept: a systemd credential, the desktop's keyring, or a file of mode 0600.

One secret of 64 bytes opens the database and signs the journal. Which of the three holds it is noted in `till.json`
beside the database (no secret is in it), so that opening need not try them all.
"""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import os
import secrets
import stat
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec

from sync.errors import Reason
from sync.store.errors import DiskFailed, DiskFull, KeyInsecure, KeyMissing, NoStore, StoreExists, n_

KEY_FILE = "till.key"
NOTE_FILE = "till.json"
KEYRING_SERVICE = "tui-pos"
SECRET_SIZE = 64


class KeySource(StrEnum):
    """Where the secret is kept, the safest first."""

    CREDENTIAL = "credential"
    """systemd's `LoadCredentialEncrypted=`, sealed by the TPM where there is one."""
    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True)
class Secret:
    """What must not be lost nor shown."""

    database_key: bytes = field(repr=False)
    """32 bytes: SQLCipher's raw key."""
    signing_seed: bytes = field(repr=False)
    """32 bytes: the Ed25519 key that signs the journal."""

    @classmethod
    def read(cls, text: str) -> Secret:
        """The secret from its base64 text.

        Raises:
            ValueError: it is no such text.
        """
        try:
            both = base64.b64decode(text.strip(), validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from None
        if len(both) != SECRET_SIZE:
            raise ValueError(Reason(n_("{found} bytes instead of {size}"), found=len(both), size=SECRET_SIZE))
        return cls(both[:32], both[32:])

    def write(self) -> str:
        """The base64 text of the secret."""
        return base64.b64encode(self.database_key + self.signing_seed).decode()

    @property
    def fingerprint(self) -> str:
        """Tells one secret from another and nothing else: a wrong key is known from a damaged file by it."""
        return hashlib.sha256(b"tui-pos key\0" + self.database_key + self.signing_seed).hexdigest()[:16]


class KeyNote(msgspec.Struct, frozen=True):
    """What `till.json` holds."""

    key_source: KeySource
    key_name: str
    """Its name in that place."""
    fingerprint: str


def read_note(profile: Path) -> KeyNote | None:
    """Where this profile's secret is; None: there is no note, or none that can be read."""
    try:
        return msgspec.json.decode((profile / NOTE_FILE).read_bytes(), type=KeyNote)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def find_secret(profile: Path) -> tuple[Secret, KeySource]:
    """The secret of a profile and where it was.

    Blocks: the keyring may ask its user; call it in a thread.

    Raises:
        NoStore: none was ever made here.
        KeyMissing: it is not where the note says.
        KeyInsecure: it is in a file that others may read.
    """
    note = read_note(profile)
    if note:
        return _read(profile, note.key_source, note.key_name), note.key_source
    if _credential_path(profile):
        return _read(profile, KeySource.CREDENTIAL, _credential_name(profile)), KeySource.CREDENTIAL
    if (profile / KEY_FILE).exists():
        return _read(profile, KeySource.FILE, KEY_FILE), KeySource.FILE
    raise NoStore(profile=profile)


def make_secret(profile: Path, source: KeySource | None = None) -> tuple[Secret, KeySource]:
    """Make a new secret and keep it.

    Blocks, as `find_secret` does.

    Args:
        source: where to keep it; None: in the safest place there is. A credential cannot be made from here: systemd has
            put it there before.

    Raises:
        StoreExists: this profile has one already.
        KeyMissing: that place cannot be written, or holds no credential.
        DiskFull, DiskFailed: there is no room for it in the profile.
    """
    if read_note(profile):
        raise StoreExists(profile=profile)
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = source or _safest(profile)
    match source:
        case KeySource.CREDENTIAL:
            name = _credential_name(profile)
            secret = _read(profile, source, name)
        case KeySource.KEYRING:
            secret = _new_secret()
            name = _keep_in_keyring(secret)
        case KeySource.FILE:
            name = KEY_FILE
            secret = _file_secret(profile)
    note = KeyNote(source, name, secret.fingerprint)
    _write_durably(profile / NOTE_FILE, msgspec.json.encode(note) + b"\n", mode=0o644)
    return secret, source


def forget_secret(profile: Path) -> None:
    """Take back a secret that was made just now, and that nothing was locked with.

    Blocks, as `find_secret` does. A credential stays: it is not ours.

    Raises:
        StoreExists: a database is locked with it.
    """
    if any(profile.glob("*.db*")):
        raise StoreExists(profile=profile)
    note = read_note(profile)
    if note and note.key_source is KeySource.KEYRING:
        import keyring  # noqa: PLC0415

        keyring.delete_password(KEYRING_SERVICE, note.key_name)
    for name in (NOTE_FILE, KEY_FILE):
        (profile / name).unlink(missing_ok=True)


def _safest(profile: Path) -> KeySource:
    if _credential_path(profile):
        return KeySource.CREDENTIAL
    # without a desktop there is no keyring, and to ask for one takes 350 ms
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS") or sys.platform in {"darwin", "win32"}:
        import keyring  # noqa: PLC0415

        # the backends that are no keyring at all have a priority below 1
        if keyring.get_keyring().priority >= 1:
            return KeySource.KEYRING
    return KeySource.FILE


def _credential_name(profile: Path) -> str:
    return f"tui-pos-{profile.name}"


def _credential_path(profile: Path) -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / _credential_name(profile) if folder else None
    return path if path and path.exists() else None


def _read(profile: Path, source: KeySource, name: str) -> Secret:
    match source:
        case KeySource.CREDENTIAL:
            path = _credential_path(profile)
            if path is None:
                raise KeyMissing(reason=Reason(n_("systemd gives no credential “{name}”"), name=name))
            text = path.read_text(encoding="ascii", errors="replace")
        case KeySource.KEYRING:
            text = _read_keyring(name)
        case KeySource.FILE:
            text = _read_file(profile / name)
    try:
        return Secret.read(text)
    except ValueError as error:
        what = n_("what is kept as “{name}” ({source}) is not a key: {error}")
        raise KeyMissing(reason=Reason(what, name=name, source=source, error=error.args[0])) from None


def _read_keyring(name: str) -> str:
    import keyring  # noqa: PLC0415 - 350 ms, for those that use it
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        text = keyring.get_password(KEYRING_SERVICE, name)
    except KeyringError as error:
        raise KeyMissing(
            reason=Reason(n_("the desktop's keyring does not answer ({error})"), error=error)
        ) from error
    if text is None:
        raise KeyMissing(reason=Reason(n_("the desktop's keyring holds no “{name}”"), name=name))
    return text


def _keep_in_keyring(secret: Secret) -> str:
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    name = f"till-{secrets.token_hex(4)}"
    try:
        keyring.set_password(KEYRING_SERVICE, name, secret.write())
    except KeyringError as error:
        raise KeyMissing(
            reason=Reason(n_("the desktop's keyring takes no key ({error})"), error=error)
        ) from error
    return name


def _read_file(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise KeyMissing(reason=f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
        if os.name == "posix":
            _refuse_insecure(path, os.fstat(descriptor))
        return file.read()


def _refuse_insecure(path: Path, found: os.stat_result) -> None:
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise KeyInsecure(
            path=path, reason=Reason(n_("its mode is {mode}"), mode=f"{stat.S_IMODE(found.st_mode):04o}")
        )
    if found.st_uid not in {0, os.geteuid()}:
        raise KeyInsecure(path=path, reason=n_("it belongs to somebody else"))


def _file_secret(profile: Path) -> Secret:
    path = profile / KEY_FILE
    if path.exists():
        # a first run was cut before its note was written; a key is never thrown away
        return _read(profile, KeySource.FILE, KEY_FILE)
    secret = _new_secret()
    _write_durably(path, secret.write().encode() + b"\n", mode=0o600)
    return secret


def _new_secret() -> Secret:
    return Secret(secrets.token_bytes(32), secrets.token_bytes(32))


def _write_durably(path: Path, content: bytes, mode: int) -> None:
    """Make a file that is whole and on disk, or not there.

    Raises:
        DiskFull, DiskFailed: it is not there.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        part.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise DiskFailed(reason=error.strerror) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
