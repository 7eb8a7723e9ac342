"""A package of the program, made from its source: one zip with wheels, and a note of what has to go with them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from backoffice.errors import BadPackage
from sync.protocol.updates import NOTE_FILE, WHEELS, PackageNote
from tui_pos.l10n import n_


def pack(
    source: Path, package: Path, wheels: Path | None = None, notes: Mapping[str, str] | None = None
) -> PackageNote:
    """Make a package. What the program needs is noted in the versions of the environment that this runs in.

    Args:
        source: the folder of its `pyproject.toml`.
        wheels: what goes into the package beside the program itself: tills take the rest from what they have.
        notes: what is new, by language.

    Raises:
        BadPackage: it cannot be built, or something that it needs is not installed here.
    """
    with tempfile.TemporaryDirectory() as folder:
        wheel = _build(source.resolve(), package, Path(folder))
        _, version, _, _ = parse_wheel_filename(wheel.name)
        about = HeaderParser().parsestr(_metadata_of(wheel))
        note = PackageNote(
            version=str(version),
            requires=_pinned(about.get_all("Requires-Dist") or [], package),
            python=about.get("Requires-Python") or "",
            notes=dict(notes or {}),
        )
        part = package.with_name(f"{package.name}.part")
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(NOTE_FILE, msgspec.json.encode(note))
                for each in (wheel, *(sorted(wheels.glob("*.whl")) if wheels else ())):
                    archive.write(each, WHEELS + each.name)
            part.replace(package)
        except OSError as error:
            raise BadPackage(file=package, reason=error.strerror or str(error)) from error
    return note


def _build(source: Path, package: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    if not (source / "pyproject.toml").is_file():
        raise BadPackage(file=package, reason=n_("there is no source of the program in the folder given"))
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)  # noqa: S603
    built = sorted(folder.glob("*.whl"))
    if done.returncode or not built:
        last = (done.stderr.strip().splitlines() or ["hatchling"])[-1]
        raise BadPackage(file=package, reason=last)
    return built[0]


def _metadata_of(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def _pinned(needed: Iterable[str], package: Path) -> dict[str, str]:
    """Every distribution that is needed, also by others, in the version that is installed here."""
    found: dict[str, str] = {}
    left = [(Requirement(text), "") for text in needed]
    seen = set[tuple[str, str]]()
    while left:
        requirement, extra = left.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError as error:
            raise BadPackage(file=package, reason=f"{name} is not installed") from error
        found[name] = distribution.version
        for also in ("", *requirement.extras):
            if (name, also) not in seen:
                seen.add((name, also))
                left += [(Requirement(text), also) for text in distribution.requires or ()]
    return dict(sorted(found.items()))
