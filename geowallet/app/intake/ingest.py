"""Use case: read files into the wallet, one transaction a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from geowallet.app.evidence.devices import Signed, take_batches
from geowallet.app.intake.ahead import Ahead, Early
from geowallet.app.intake.asking import answered
from geowallet.app.intake.inspect import FileReport, open_source, saved_us
from geowallet.app.intake.paths import source_paths
from geowallet.app.intake.reading import KEPT_BYTES, Kept, ReadFile, Weeks, read_files
from geowallet.app.intake.sources import source, sources
from geowallet.app.intake.storing import archive_members, described, remember_archive, store
from geowallet.app.intake.twins import twins
from geowallet.app.intake.watching import watched
from geowallet.app.travel.derive import Derived, derive
from geowallet.connectors.streams import take
from geowallet.model.errors import (
    DiskFullError,
    GeowalletError,
    SourceAccessError,
    VaultBusyError,
    VaultDamagedError,
)
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from geowallet.app.intake.asking import Ask
    from geowallet.app.intake.sources import Source
    from geowallet.app.intake.watching import Tell
    from geowallet.connectors.api import Problem, ReadOptions
    from geowallet.model.words import Phrase
    from geowallet.vault.store import Vault


ERASED = N_("{count} positions of it were erased and stay so; --bring-back reads them again")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file.

    Attributes:
        name: As it was found, with its archive where there is one.
        connector: Format that read it, "" where none did.
        outcome: ``read``, ``known`` or ``refused``.
        fixes: Number of fixes kept.
        untimed: Number of positions without a time.
        problems: What did not become a fix, and where.
        first_us: First instant, or None.
        last_us: Last instant, or None.
        error: Why it was refused, or None.
        notes: What the owner should know of it.
        sha256: Of its bytes, hex, where it was read.
    """

    name: str
    connector: str
    outcome: str
    fixes: int = 0
    untimed: int = 0
    problems: tuple[Problem, ...] = ()
    first_us: int | None = None
    last_us: int | None = None
    error: GeowalletError | None = None
    notes: tuple[Phrase, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an import changed.

    Attributes:
        files: One for each, in order.
        derived: What became of the trips.
        twins: Name of a file that was read, and of another that covers the same
            time: what both hold counts once.
        signed: What became of the batches that devices signed, beside the files.
        another_hour: Name of a file, of another that was or is in the wallet, and by how
            many seconds the first tells the same way later; it counts once.
    """

    files: tuple[Imported, ...]
    derived: Derived
    twins: tuple[tuple[str, str], ...] = ()
    signed: tuple[Signed, ...] = ()
    another_hour: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read: what files leave open, the connector by name, and the clock.

    Attributes:
        options: What the owner knows and the files do not say.
        connector: Name of the connector, or None to tell by content.
        clock: Returns the present, UTC microseconds.
        stdin: The bytes that ``-`` stands for.
        fix_rollover: Whether to move times that are 1,024 weeks off. None leaves
            new files as they are and known ones as they were read; True and
            False read a known file again where that changes it.
        ask: Asks the owner for what a file leaves open, or None.
        tell: Is told of the bytes read of each file and its length, or None.
        bring_back: Whether to read a known file again of which something was erased.
        jobs: How many children read files ahead of their turn; 1 for none.
    """

    options: ReadOptions
    connector: str | None
    clock: Callable[[], int]
    stdin: bytes = b""
    fix_rollover: bool | None = None
    ask: Ask | None = None
    tell: Tell | None = None
    bring_back: bool = False
    jobs: int = 1


def ingest(
    vault: Vault, named: Iterable[str], manner: Manner, *, progress: Callable[[str, int], None]
) -> Ingested:
    """Read every file and analyse what it touched.

    Each file is one transaction, and the analysis is one more: an interrupted
    import keeps whole files, and the next one finishes the analysis. A file
    that cannot be read never stops the others.

    Args:
        vault: The open wallet.
        named: Files, folders, globs, or ``-``.
        manner: How to read them.
        progress: Called before each file with its name and the number of files.

    Raises:
        DiskFullError: The wallet could not be written; the files before are kept.
        VaultBusyError: Another process writes to it.
        VaultDamagedError: A record that was read is not what was written.
    """
    files: list[Imported] = []
    here: list[Path] = []
    paths = list(source_paths(named))
    with _ahead(vault, paths, manner) as ahead:
        for path in paths:
            progress(str(path), len(paths))
            found = list(_import(vault, ahead.take(path), manner))
            options = answered(manner.ask, manner.options, [(f.name, f.error) for f in found])
            if options is not None:
                ahead.stop()
                manner = replace(manner, options=options)
                known = {item.name: item for item in found if item.error is None}
                again = list(_import(vault, Early(path), manner))
                found = [known.get(item.name, item) for item in again]
            files += found
            if isinstance(path, Path) and any(item.error is None for item in found):
                here.append(path)
    signed = take_batches(vault, here, now_us=manner.clock())
    read = [item.sha256 for item in files if item.outcome == "read"]
    pairs = twins(read, sources(vault)) if read else ()
    same = tuple((new.name, other.name) for new, other in pairs)
    derived = derive(vault, now_us=manner.clock())
    hours = tuple(_another_hour(vault, derived, frozenset(read)))
    return Ingested(tuple(files), derived, same, signed, hours)


def _another_hour(
    vault: Vault, derived: Derived, read: frozenset[str]
) -> Iterator[tuple[str, str, float]]:
    """Yield the names of files of which one, read now, tells the way of the other later."""
    pairs = [one for one in derived.another_hour if {one.source, one.kept} & read]
    names = {source.sha256: source.name for source in sources(vault)} if pairs else {}
    for one in pairs:
        yield names[one.source], names[one.kept], one.later_s


def _ahead(vault: Vault, paths: Sequence[str | Path], manner: Manner) -> Ahead:
    alone = manner.jobs == 1 or manner.connector is not None
    known = frozenset() if alone else frozenset(one.sha256 for one in sources(vault))
    return Ahead(paths, 1 if alone else manner.jobs, manner.options, known)


def _import(vault: Vault, early: Early, manner: Manner) -> Iterator[Imported]:
    """Import one file, or every member of an archive."""
    path = early.path
    try:
        if early.error is not None:
            raise early.error
        with early.kept or open_source(path, manner.stdin) as stream:
            yield from _import_stream(vault, path, stream, manner)
    except (DiskFullError, VaultBusyError, VaultDamagedError):
        raise  # the wallet's trouble, not the file's
    except GeowalletError as error:
        yield Imported(str(path), "", "refused", error=error)
    except OSError as error:
        reason = error.strerror or N_("unknown")
        yield Imported(
            str(path), "", "refused", error=SourceAccessError(path=str(path), reason=reason)
        )


def _import_stream(
    vault: Vault, path: str | Path, stream: BinaryIO, manner: Manner
) -> Iterator[Imported]:
    stream, container, saved = _hashed(stream)
    if manner.fix_rollover is None:
        known = source(vault, container)
        if known is not None and not _is_wanted_back(known, manner):
            yield _known(str(path), known)
            return
        members = archive_members(vault, container)
        if members and not any(_is_wanted_back(known, manner) for known in members):
            for known in members:
                yield _known(f"{Path(path).name}!{known.name}", known)
            return
    weeks = Weeks(manner.clock(), bool(manner.fix_rollover), saved)
    small = isinstance(stream, Kept)  # read in a moment
    inside = watched(stream, manner.tell) if manner.tell and not small else stream
    digests: list[str] = []
    complete = True
    name = Path(path).name
    for item in read_files(name, inside, manner.options, manner.connector, weeks):
        done = _imported(vault, item, container, manner)
        complete = complete and done.error is None
        digests += [item.sha256] if isinstance(item, ReadFile) else []
        yield done
    if complete and digests and digests != [container]:
        remember_archive(vault, container, digests, now_us=manner.clock())


def _hashed(stream: BinaryIO) -> tuple[BinaryIO, str, int | None]:
    """Return a stream at its start, its SHA-256 (hex), and when it was last written, if known."""
    if isinstance(stream, Kept):
        return stream, stream.sha256, stream.saved_us
    saved = saved_us(stream)
    data = take(stream, KEPT_BYTES + 1)
    if len(data) <= KEPT_BYTES:
        kept = Kept(data)
        return kept, kept.sha256, saved
    stream.seek(0)
    container = hashlib.file_digest(cast("io.BufferedIOBase", stream), "sha256").hexdigest()
    stream.seek(0)
    return stream, container, saved


def _imported(
    vault: Vault, item: ReadFile | FileReport, container: str, manner: Manner
) -> Imported:
    if isinstance(item, FileReport):
        return Imported(item.path, "", "refused", error=item.error)
    known = source(vault, item.sha256)
    if known is not None and not (
        _reads_otherwise(known, item, manner) or _is_wanted_back(known, manner)
    ):
        return _known(item.name, known)
    new, bodies = described(item, container, manner.options, manner.clock())
    store(vault, new, bodies, before=known)
    spans = [(blob.first_us, blob.last_us) for trace in new.traces for blob in trace.blobs]
    return Imported(
        item.name,
        item.connector,
        "read",
        new.fixes,
        item.result.untimed,
        item.result.problems,
        min((first for first, _ in spans), default=None),
        max((last for _, last in spans), default=None),
        notes=_notes(item),
        sha256=item.sha256,
    )


def _reads_otherwise(known: Source, item: ReadFile, manner: Manner) -> bool:
    """Say whether a known file was now read with other times, as the owner wants."""
    return manner.fix_rollover is not None and known.weeks_moved != (item.moved is not None)


def _is_wanted_back(known: Source, manner: Manner) -> bool:
    """Say whether a known file is read again: what was lost always, what was erased if asked."""
    return bool(known.lost or (known.erased and manner.bring_back))


def _known(name: str, known: Source) -> Imported:
    notes: tuple[Phrase, ...] = ()
    if known.erased:
        notes = (phrase(ERASED, count=known.erased),)
    return Imported(name, known.connector, "known", known.fixes, notes=notes)


def _notes(item: ReadFile) -> tuple[Phrase, ...]:
    offer = item.lost.offer() if item.lost else None
    done = item.moved.done() if item.moved else None
    return tuple(note for note in (item.result.note, offer, done) if note is not None)
