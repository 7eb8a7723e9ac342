"""Updates of the program: what a package says of itself, and what a repository of packages is to a till.

A repository is one of The Update Framework (TUF, specification 1.0): its publisher signs which packages there are and
until when that is known; a server only hands it on. Where a till begins to trust, the repository's first root, comes
signed by the server that the till was enrolled at.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from packaging.version import InvalidVersion, Version

NAME = "tui-pos"
"""Of the distribution that packages bring."""
FORMAT = 1
"""Of packages: a till that knows another one leaves them."""
NOTE_FILE = "package.json"
"""In a package: what it says of itself."""
WHEELS = "wheels/"
"""In a package: the program's own wheel, and those of what else it needs and a till may lack."""

METADATA_PATH = "/v1/updates/metadata/"
TARGETS_PATH = "/v1/updates/targets/"
ROOT_PATH = "/v1/updates/root"


class PackageNote(Struct, frozen=True, kw_only=True):
    """What a package says of itself."""

    version: str
    """As PEP 440 has it."""
    requires: dict[str, str]
    """Each distribution that the program needs, and the one version of it that it was tried with."""
    python: str = ""
    """The Pythons that it runs on, as a PEP 440 specifier."""
    notes: dict[str, str] = {}
    """What is new, in a sentence, by language."""
    format: int = FORMAT


class Release(Struct, frozen=True, kw_only=True):
    """A package of a repository."""

    version: str
    path: str
    """Its name there."""
    size: int
    """Bytes."""
    sha256: str
    """In hexadecimal."""
    notes: dict[str, str] = {}


class RepositoryRoot(Struct, frozen=True):
    """The first root of a server's repository, signed by the server (see `signed`)."""

    root: str
    """TUF's root metadata, byte for byte."""
    signature: str = ""


class TufList(Struct, frozen=True):
    """A list of the repository, as TUF has it: what is signed, and by whom."""

    signed: dict[str, Any]
    signatures: list[Any]


def is_newer(version: str, than: str) -> bool:
    """Whether a version comes after another one (PEP 440); what is no version never does."""
    try:
        return Version(version) > Version(than)
    except InvalidVersion:
        return False
