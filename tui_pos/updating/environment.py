"""An environment for another version of the program: its wheels from a package, and the rest from the one that runs.

No network and no pip: what the package does not bring has to be here already, in the very version that the package was
tried with. Files that both have in common are shared, so that an update takes the room of what is new in it.
"""

from __future__ import annotations

import os
import shutil
import sys
import venv
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from sync.protocol.updates import FORMAT, NAME, NOTE_FILE, WHEELS, PackageNote
from tui_pos.errors import Refused, refuse
from tui_pos.l10n import _, n_
from tui_pos.updating.state import python_of

_NOT_INSTALLED = n_(
    "Version {version} was not installed: {reason}. The till goes on with the version that it has."
)


def make_environment(package: Path, version: str, environment: Path) -> None:
    """Make the environment of a package: whole, or not at all. Blocks for some seconds.

    Args:
        version: which one the repository said it is.
        environment: the folder to make; what is left there of an earlier try goes first.

    Raises:
        Refused: `update_failed`: it cannot run here, or there is no room.
    """
    try:
        environment.parent.mkdir(parents=True, exist_ok=True)
        if environment.exists():
            shutil.rmtree(environment)
        with zipfile.ZipFile(package) as archive, TemporaryDirectory(dir=environment.parent) as folder:
            note = msgspec.json.decode(archive.read(NOTE_FILE), type=PackageNote)
            _check(note, version)
            # scripts name their own folder: it is made where it stays
            venv.EnvBuilder(symlinks=True).create(environment)
            _fill(environment, note, _unpacked(archive, Path(folder)))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError) as error:
        shutil.rmtree(environment, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse("update_failed", _NOT_INSTALLED, version=version, reason=reason) from error
    except Refused:
        shutil.rmtree(environment, ignore_errors=True)
        raise


def _check(note: PackageNote, version: str) -> None:
    if note.version != version or note.format != FORMAT:
        raise _cannot(version, n_("the package is not what the repository says"))
    if not SpecifierSet(note.python).contains(_python_version()):
        text = n_("it needs Python {wanted}, and this is {found}")
        raise _cannot(version, text, wanted=note.python, found=_python_version())


def _python_version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _cannot(version: str, reason: str, **values: object) -> Refused:
    return refuse("update_failed", _NOT_INSTALLED, version=version, reason=_(reason).format(**values))


def _unpacked(archive: zipfile.ZipFile, folder: Path) -> dict[str, Path]:
    """The wheels of a package that run on this machine, by the name of their distribution."""
    tags, wheels = frozenset(sys_tags()), dict[str, Path]()
    for member in archive.namelist():
        name = member.removeprefix(WHEELS)
        if name == member or "/" in name or not name.endswith(".whl"):
            continue
        distribution, _version, _build, found = parse_wheel_filename(name)
        if not tags.isdisjoint(found):
            wheels[distribution] = folder / name
            with archive.open(member) as source, wheels[distribution].open("wb") as target:
                shutil.copyfileobj(source, target)
    return wheels


def _fill(environment: Path, note: PackageNote, wheels: Mapping[str, Path]) -> None:
    if NAME not in wheels:
        raise _cannot(note.version, n_("the package lacks the program itself"))
    left, done = [Requirement(NAME)], set[tuple[str, str]]()
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        if (name, "") not in done:
            _put(environment, name, note, wheels)
        needed = _needs(environment, name)
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) not in done:
                done.add((name, extra))
                left += [
                    each for each in needed if each.marker is None or each.marker.evaluate({"extra": extra})
                ]


def _put(environment: Path, name: str, note: PackageNote, wheels: Mapping[str, Path]) -> None:
    """One distribution: from the package, or what is here of it."""
    if name in wheels:
        _install(wheels[name], environment)
        return
    wanted = note.requires.get(name)
    try:
        here = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise _cannot(note.version, n_("{name} is not here, and the package lacks it"), name=name) from None
    if wanted is not None and here.version != wanted:
        text = n_("it needs {name} {wanted}, here is {found}, and the package lacks it")
        raise _cannot(note.version, text, name=name, wanted=wanted, found=here.version)
    _share(here, _site(environment))


def _site(environment: Path) -> Path:
    return environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def _install(wheel: Path, environment: Path) -> None:
    site, scripts = str(_site(environment)), str(environment / "bin")
    schemes = {
        "purelib": site,
        "platlib": site,
        "scripts": scripts,
        "data": str(environment),
        "headers": site,
    }
    destination = SchemeDictionaryDestination(
        schemes, str(python_of(environment)), "posix", bytecode_optimization_levels=(0,)
    )
    with WheelFile.open(wheel) as source:
        install(source, destination, {"INSTALLER": b"tui-pos"})


def _share(distribution: metadata.Distribution, site: Path) -> None:
    """The files of a distribution that is here, with their bytecode, as links where the disk allows."""
    for file in distribution.files or ():
        if ".." in file.parts:
            continue
        source = Path(str(distribution.locate_file(file)))
        compiled = source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
        _link(source, site / file)
        if source.suffix == ".py" and compiled.is_file():
            _link(compiled, (site / file).parent / "__pycache__" / compiled.name)


def _link(source: Path, target: Path) -> None:
    if target.exists() or not source.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        # another disk, or one without links
        shutil.copy2(source, target)


def _needs(environment: Path, name: str) -> list[Requirement]:
    for distribution in metadata.distributions(name=name, path=[str(_site(environment))]):
        return [Requirement(text) for text in distribution.requires or ()]
    return []
