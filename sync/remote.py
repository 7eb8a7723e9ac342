"""Folders that fsspec reaches: by FTP, SFTP, SMB, in an object store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from sync.addresses import check_place

if TYPE_CHECKING:
    from collections.abc import Mapping

EXTRAS: Mapping[str, str] = {"sftp": "sftp", "ssh": "sftp", "smb": "smb", "s3": "s3", "s3a": "s3"}
"""What of the project's extras brings the library that a scheme needs."""
_AHEAD = 4 * 1024 * 1024
"""Bytes that are asked for at a time: each is a transfer of its own."""
_WITH_USER = "ftp", "sftp", "ssh", "smb"
"""Schemes whose address holds user and password."""


class Lacking(Exception):
    """The library is not installed that this kind of share needs."""

    def __init__(self, scheme: str) -> None:
        super().__init__(scheme)
        self.scheme = scheme
        self.extra = EXTRAS[scheme]


class Remote:
    """A folder on a share.

    Args:
        address: with user and password, where they are needed.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._files: Any = None
        self._folder = ""

    def open(self, name: str) -> BinaryIO:
        """A file in it; the connection is made for the first one. It raises whatever its kind raises.

        Raises:
            BadPlace: the address is none.
            Lacking: see there.
        """
        if self._files is None:
            self._connect()
        if name.endswith(".json"):
            # these change; their sizes are not those of the listing that was read before
            self._files.invalidate_cache()
        path = f"{self._folder.rstrip('/')}/{name}"
        opened: BinaryIO = self._files.open(path, "rb", block_size=_AHEAD)
        return opened

    def _connect(self) -> None:
        import fsspec.core  # noqa: PLC0415 - only who loads from a share needs it

        parts, options = _asked(self._address)
        try:
            if parts.scheme in {"sftp", "ssh"}:
                options["host_key_policy"] = _known_or_new(parts)
            # a connection that was lost is not to be met again by the next load
            address = urlunsplit(parts)
            self._files, self._folder = fsspec.core.url_to_fs(address, skip_instance_cache=True, **options)
        except ImportError as error:
            if parts.scheme in EXTRAS:
                raise Lacking(parts.scheme) from error
            raise


def _asked(address: str) -> tuple[SplitResult, dict[str, Any]]:
    """What fsspec is asked for: it has no scheme for explicit TLS (RFC 4217), and reads no escapes in passwords.

    Raises:
        BadPlace: it is none.
    """
    parts = urlsplit(check_place(address))
    options: dict[str, Any] = {}
    if parts.scheme == "ftps":
        parts, options = parts._replace(scheme="ftp"), {"tls": True}
    if parts.scheme in _WITH_USER and parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return parts, options


def _known_or_new(parts: SplitResult) -> Any:
    """A policy of SSH: a server whose key is among the known hosts must have it still; others are taken as they are.

    What is loaded is signed; it is the password that a stranger would be given.
    """
    import paramiko  # noqa: PLC0415 - comes with an extra

    host = parts.hostname or ""
    names = [host] if parts.port in {None, 22} else [f"[{host}]:{parts.port}"]

    class Policy(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
        def missing_host_key(self, _client: Any, _name: str, key: Any) -> None:
            file = Path("~/.ssh/known_hosts").expanduser()
            known = paramiko.HostKeys(str(file)) if file.is_file() else paramiko.HostKeys()
            for name in names:
                kept = known.lookup(name)
                if kept is not None and kept.get(key.get_name()) not in {None, key}:
                    raise paramiko.BadHostKeyException(name, key, kept[key.get_name()])

    return Policy()
