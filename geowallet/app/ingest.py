"""Use case: read files into the wallet, one transaction a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from geowallet.app.derive import Derived, add_pending, derive
from geowallet.app.inspect import FileReport, open_source
from geowallet.app.paths import source_paths
from geowallet.app.reading import ReadFile, read_files
from geowallet.app.sources import Blob, Source, StoredTrace, joined_runs, runs_of, source
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import (
    DiskFullError,
    GeowalletError,
    SourceAccessError,
    VaultBusyError,
    VaultDamagedError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_
from geowallet.vault.columns import encode_fixes

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator

    from geowallet.app.sources import Window
    from geowallet.connectors.api import Problem, ReadOptions
    from geowallet.vault.store import Vault


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


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an import changed: file by file, and the trips."""

    files: tuple[Imported, ...]
    derived: Derived


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read: what files leave open, the connector by name, and the clock.

    Attributes:
        options: What the owner knows and the files do not say.
        connector: Name of the connector, or None to tell by content.
        clock: Returns the present, UTC microseconds.
        stdin: The bytes that ``-`` stands for.
    """

    options: ReadOptions
    connector: str | None
    clock: Callable[[], int]
    stdin: bytes = b""


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
    paths = list(source_paths(named))
    for path in paths:
        progress(str(path), len(paths))
        files += _import(vault, path, manner)
    return Ingested(tuple(files), derive(vault, now_us=manner.clock()))


def _import(vault: Vault, path: str | Path, manner: Manner) -> Iterator[Imported]:
    """Import one file, or every member of an archive."""
    try:
        with open_source(path, manner.stdin) as stream:
            container = hashlib.file_digest(cast("io.BufferedIOBase", stream), "sha256").hexdigest()
            known = source(vault, container)
            if known is not None:
                yield Imported(str(path), known.connector, "known", known.fixes)
                return
            stream.seek(0)
            name = Path(path).name
            for item in read_files(name, stream, manner.options, manner.connector):
                yield _imported(vault, item, container, manner.clock())
    except (DiskFullError, VaultBusyError, VaultDamagedError):
        raise  # the wallet's trouble, not the file's
    except GeowalletError as error:
        yield Imported(str(path), "", "refused", error=error)
    except OSError as error:
        reason = error.strerror or N_("unknown")
        yield Imported(
            str(path), "", "refused", error=SourceAccessError(path=str(path), reason=reason)
        )


def _imported(vault: Vault, item: ReadFile | FileReport, container: str, now_us: int) -> Imported:
    if isinstance(item, FileReport):
        return Imported(item.path, "", "refused", error=item.error)
    known = source(vault, item.sha256)
    if known is not None:
        return Imported(item.name, known.connector, "known", known.fixes)
    new, bodies = _source(item, container, now_us)
    _store(vault, new, bodies)
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
    )


def _source(item: ReadFile, container: str, now_us: int) -> tuple[Source, dict[str, bytes]]:
    """Describe a file by what its blobs will decode to; the blobs come beside it by name."""
    traces: list[StoredTrace] = []
    bodies: dict[str, bytes] = {}
    for trace in item.result.traces:
        blobs: list[Blob] = []
        runs: list[Window] = []
        for piece in trace.pieces():
            body = encode_fixes(piece)
            first_us, last_us = (int(us) // 1000 * 1000 for us in piece.time_us[[0, -1]])
            name = f"{item.sha256}/{len(traces)}/{len(blobs)}"
            blobs.append(Blob(name, sha256_hex(body), first_us, last_us, len(piece)))
            bodies[name] = body
            runs += runs_of(piece)
        stored = StoredTrace(trace.device, trace.time_kind, joined_runs(runs), tuple(blobs))
        traces.append(stored)
    new = Source(
        sha256=item.sha256,
        container=container,
        name=item.name.replace("\\", "/").rpartition("/")[2],
        length=item.length,
        connector=item.connector,
        imported_us=now_us,
        problems=item.result.problem_count,
        traces=tuple(traces),
        labels=item.result.labels,
    )
    return new, bodies


def _store(vault: Vault, new: Source, bodies: dict[str, bytes]) -> None:
    with vault.transaction(now_us=new.imported_us) as tx:
        for name, body in bodies.items():
            tx.put("fixes", name, body)
        tx.put("source", new.sha256, msgspec.msgpack.encode(new))
        add_pending(vault, tx, new.runs())
        tx.log(_statement(new))


def _statement(new: Source) -> Statement:
    blobs = tuple(blob.sha256 for trace in new.traces for blob in trace.blobs)
    return Statement(
        StatementKind.IMPORT,
        blobs,
        (new.sha256,),
        {
            "bytes": new.length,
            "connector": new.connector,
            "container_sha256": new.container,
            "devices": sorted({trace.device for trace in new.traces}),
            "fixes": new.fixes,
            "problems": new.problems,
            "transport": "file",
        },
    )
