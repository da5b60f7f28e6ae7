"""Packages with connectors, found by their entry points and read as files: nothing is imported.

What is hashed is what runs: the confined child gets these very bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.connectors.guests.offered import imports_of, is_taken, lacking
from geowallet.model.errors import ConnectorUnusableError, UnknownConnectorError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

GROUP = "geowallet.connectors"
MAX_FILES = 1_000
MAX_BYTES = 16 << 20
"""Of all files of a package and of what it requires: more is no connector."""
MAX_REQUIRED = 20

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
_REQUIRED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OURS = frozenset({"geowallet", "numpy"})
"""Distributions that are there in any case."""
_COMPILED = frozenset({".pyc", ".pyo"})

_MANY = N_("it has too many or too large files")
_LINK = N_("one of its files is a link")
_NOT_THERE = N_("its code is not found as plain files of its package")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an installed package says of a connector, without a look at its code.

    Attributes:
        name: The format, as typed after ``--format``.
        package: Name of the distribution.
        version: Of it.
        target: ``module:class``.
    """

    name: str
    package: str
    version: str
    target: str


@dataclass(frozen=True)
class Package:
    """The code of a connector, as it is installed now.

    Attributes:
        entry: What its package says.
        files: Path below the folder of modules to bytes; sorted.
    """

    entry: Entry
    files: dict[str, bytes]

    @cached_property
    def digest(self) -> str:
        """SHA-256, hex, over the text that `listing` describes."""
        return hashlib.sha256("\n".join(self.listing()).encode()).hexdigest()

    def listing(self) -> Iterator[str]:
        """Yield the lines whose digest is trusted, each ended by a line feed but the last.

        ``geowallet.connector/1``, ``NAME PACKAGE VERSION MODULE:CLASS``, then for each
        file its SHA-256, its length in bytes and its path, by path.
        """
        entry = self.entry
        yield "geowallet.connector/1"
        yield f"{entry.name} {entry.package} {entry.version} {entry.target}"
        for path, data in self.files.items():
            yield f"{hashlib.sha256(data).hexdigest()} {len(data)} {path}"

    def imports(self) -> frozenset[str]:
        """Return the modules that its code names in imports."""
        return imports_of(data for path, data in self.files.items() if path.endswith(".py"))

    def lacks(self) -> tuple[str, ...]:
        """Return the imports that will not be there when it runs."""
        own = {path.partition("/")[0].removesuffix(".py") for path in self.files}
        return lacking(self.imports(), own)


def entries() -> tuple[Entry, ...]:
    """Return every connector that an installed package offers, by name; nothing is imported."""
    return tuple(sorted((_entry(e) for e in entry_points(group=GROUP)), key=lambda e: e.name))


def package_of(name: str) -> Package:
    """Return the code of the connector ``name``.

    It is the module or package that the entry point names, with all else that its
    distribution installs as modules, and the same of what the distribution
    requires, without geowallet and numpy; compiled files are left out.

    Raises:
        UnknownConnectorError: No package has it.
        ConnectorUnusableError: It could never run.
    """
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        raise UnknownConnectorError(name=name)
    if len(found) > 1:
        raise ConnectorUnusableError(name=name, reason=N_("two packages name it"))
    (point,) = found
    entry = _entry(point)
    told = all(0 < len(w) <= 100 and w.isprintable() for w in (entry.package, entry.version))
    if not told or not _NAME.fullmatch(name) or not _TARGET.fullmatch(entry.target):
        raise ConnectorUnusableError(name=name, reason=N_("its entry point is malformed"))
    return Package(entry, dict(sorted(_files(point, name).items())))


def _entry(point: EntryPoint) -> Entry:
    dist = point.dist
    package, version = (dist.name, dist.version) if dist else ("", "")
    return Entry(point.name, package, version, point.value)


def _files(point: EntryPoint, name: str) -> dict[str, bytes]:
    own = point.value.partition(":")[0].partition(".")[0]
    roots: dict[str, Path | None] = {own: _root_of(own, point.dist)}
    for dist in _with_required(point.dist):
        for top, at in _tops(dist).items():
            roots.setdefault(top, Path(str(dist.locate_file(at))))
    files: dict[str, bytes] = {}
    for top, root in roots.items():
        if is_taken(top):
            reason = N_("it would stand in for a module that is there already")
            raise ConnectorUnusableError(name=name, reason=reason)
        if root is None or root.is_symlink():
            raise ConnectorUnusableError(name=name, reason=_LINK if root else _NOT_THERE)
        for path in _below(root):
            _add(files, path.relative_to(root.parent).as_posix(), path, name)
    return files


def _root_of(top: str, dist: Distribution | None) -> Path | None:
    """Return the file or folder of a module, beside its distribution or on the path."""
    beside = Path(str(dist.locate_file(top))) if dist else None
    for path in (beside, beside and beside.with_name(f"{top}.py")):
        if path is not None and path.exists():
            return path
    spec = PathFinder.find_spec(top)  # looks for files only: no code of the module runs
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin


def _with_required(dist: Distribution | None) -> Iterator[Distribution]:
    """Yield a distribution and all that it requires, without what is there in any case."""
    waiting = [dist] if dist else []
    known = set(_OURS)
    while waiting and len(known) <= MAX_REQUIRED:
        found = waiting.pop()
        if _plain(found.name) in known:
            continue
        known.add(_plain(found.name))
        yield found
        for requirement in found.requires or ():
            match = _REQUIRED.match(requirement)
            if match and "extra ==" not in requirement and _plain(match[0]) not in known:
                try:
                    waiting.append(distribution(match[0]))
                except PackageNotFoundError:
                    continue


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _tops(dist: Distribution) -> dict[str, str]:
    """Return the modules at the top of a distribution, each with where it lies in it."""
    tops: dict[str, str] = {}
    for path in dist.files or ():
        first = path.parts[0]
        top = first.removesuffix(".py")
        if path.suffix == ".py" and top.isidentifier():  # no "..", no "/", no folder of data
            tops[top] = first
    return tops


def _below(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix not in _COMPILED:
            yield path


def _add(files: dict[str, bytes], name: str, path: Path, connector: str) -> None:
    if not name.isprintable():  # a line feed would make two lines of one in the listing
        raise ConnectorUnusableError(name=connector, reason=_NOT_THERE)
    room = MAX_BYTES - sum(map(len, files.values()))
    try:
        if path.is_symlink():  # it could lead to anything that its owner can read
            raise ConnectorUnusableError(name=connector, reason=_LINK)
        with path.open("rb") as stream:
            data = stream.read(room + 1)
    except OSError as error:
        raise ConnectorUnusableError(name=connector, reason=_NOT_THERE) from error
    if len(data) > room or len(files) >= MAX_FILES:
        raise ConnectorUnusableError(name=connector, reason=_MANY)
    files[name] = data
