"""Addresses of servers, proxies and places: checked before anything is sent, shown without what is secret in them."""

from __future__ import annotations

from urllib.parse import urlsplit

from sync.errors import BadAddress, BadPlace, n_

ESCAPES = n_(
    "in user and password, signs that an address uses are written as %40 for @, %2F for /, %3A for :"
)
PLACE = "place"
"""The setting that says where the server's exports are. On a till it may hold a password, as the proxy may."""
SHARES = frozenset({"ftp", "ftps", "sftp", "ssh", "smb", "s3", "s3a", "gs", "gcs", "az", "abfs"})
"""The schemes of shares: of each fsspec has a file system."""
SHARES_KNOWN = n_("shares begin with ftp://, ftps://, sftp://, smb:// or s3://; anything else is a folder")
NO_HOST = n_("it names no machine, as in ftp://user:password@host/folder")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_address(url: str) -> str:
    """The server's address without a slash at its end.

    Raises:
        BadAddress: it is none, or would carry a till's data in clear: plain HTTP goes to this machine only.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(url=url, reason=str(error)) from None
    if parts.scheme not in {"http", "https"} or not host:
        raise BadAddress(url=url, reason=n_("it must begin with https://"))
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadAddress(url=url, reason=n_("only a server on this machine is spoken to without TLS"))
    if parts.query or parts.fragment or parts.username or parts.path.strip("/"):
        # what is signed is the path as the server gets it: nothing may be put before it on the way
        raise BadAddress(url=url, reason=n_("it must be host and port only"))
    return f"{parts.scheme}://{parts.netloc}"


def check_proxy(address: str) -> str:
    """The address of a proxy, with its credentials.

    Raises:
        BadAddress: it is none.
    """
    try:
        parts = urlsplit(address)
        known = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    if not known:
        shown = without_password(address)
        raise BadAddress(url=shown, reason=n_("a proxy is http://user:password@host:port"))
    return address


def check_place(address: str) -> str:
    """A place of exports: a path of this machine, or the address of a share; empty: none.

    Raises:
        BadPlace: it is none.
    """
    scheme, slashes, _ = address.partition("://")
    if not slashes:
        return address
    try:
        parts = urlsplit(address)
        readable, host = parts.port or True, parts.hostname
    except ValueError:
        readable, host = False, None
    if scheme.lower() not in SHARES:
        reason: str = SHARES_KNOWN
    elif not readable:
        reason = ESCAPES
    elif not host:
        reason = NO_HOST
    else:
        return address
    raise BadPlace(place=without_password(address), reason=reason)


def password_kept(address: str, before: str) -> str:
    """An address as it was typed over the one before it as that was shown: whoever leaves it so keeps its password."""
    return before if address == without_password(before) else address


def without_password(address: str) -> str:
    """An address as it may be shown."""
    before, at, host = address.rpartition("@")
    scheme, slashes, user = before.rpartition("://")
    if not at or ":" not in user:
        return address
    return f"{scheme}{slashes}{user.partition(':')[0]}@{host}"
