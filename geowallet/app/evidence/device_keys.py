"""Use cases of a device, or of the gateway beside it: a key, and signing each file with it.

The key file lies in the clear, for nobody is there to type a passphrase: whoever
reads it can sign. It also holds the last batch, so that no counter is used twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.app.files import read_small, replace_whole
from geowallet.app.intake.paths import BATCH
from geowallet.crypto.batches import (
    NOTHING_BEFORE,
    Batch,
    device_key,
    open_batch,
    parse_device_key,
    sign_batch,
)
from geowallet.crypto.canonical import strict_json
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.note_lines import MAX_NOTE_CHARS
from geowallet.crypto.signing import SEED_BYTES, log_public
from geowallet.model.errors import (
    DeviceFileError,
    DeviceNameError,
    FileTakenError,
    GeowalletError,
    SourceAccessError,
    SourceMissingError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = "geowallet.device/1"
_MAX_BYTES = 64 << 10


@dataclass(frozen=True, slots=True, repr=False)
class _State:
    """A key file: name, seed, and the note that was signed last or ""."""

    name: str
    seed32: bytes
    note: str

    @property
    def key(self) -> str:
        return device_key(self.name, log_public(self.seed32))


def create_device(path: Path, name: str) -> str:
    """Make the key of a device and return its public half as a line.

    Args:
        path: The key file, readable by its owner alone.
        name: Visible ASCII, without blanks and ``+``.

    Raises:
        FileTakenError: There is something at ``path``.
        DeviceNameError: The name cannot stand in a batch.
        DiskFullError: It could not be written.
    """
    if path.exists():
        raise FileTakenError(path=str(path))
    state = _State(name, os.urandom(SEED_BYTES), "")
    try:
        key = state.key
    except ValueError as error:
        raise DeviceNameError from error
    _write(path, state)
    return key


def sign_file(device: Path, path: Path) -> tuple[Batch, Path]:
    """Sign a file as the next of a device, and return the batch and where it was written.

    The counter is remembered before the signature is given out. The file that
    was signed last gets the same batch again: a cut between the two is mended
    by signing once more. A file whose batch lies beside it is not signed again.

    Args:
        device: Its key file.
        path: The file, which must not change any more.

    Raises:
        DeviceFileError: The key file is not what was written.
        SourceMissingError: One of the files is not there.
        SourceAccessError: One of them cannot be read.
        DiskFullError: It could not be written.
    """
    sha256 = digest_of(path)
    written = batch_path(path)
    with _alone(device):
        state = _stored(device)
        beside = _beside(written, state.key)
        if beside is not None and beside.sha256 == sha256:
            return beside, written
        last = open_batch(state.note, state.key) if state.note else None
        if last is None or last.sha256 != sha256:
            counter, before = (last.counter + 1, last.digest) if last else (1, NOTHING_BEFORE)
            last = Batch(counter, sha256, before)
            note = sign_batch(last, name=state.name, seed32=state.seed32)
            state = _State(state.name, state.seed32, note)
            _write(device, state)
    replace_whole(written, state.note.encode())
    return last, written


def batch_path(path: Path) -> Path:
    """Return where the batch of a file lies: beside it."""
    return path.with_name(path.name + BATCH)


def digest_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file of any size.

    Raises:
        SourceMissingError: There is none.
        SourceAccessError: It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise SourceMissingError(path=str(path)) from error
    except OSError as error:
        raise SourceAccessError(path=str(path), reason=error.strerror or "") from error


def _beside(path: Path, key: str) -> Batch | None:
    try:
        return open_batch(read_small(path, MAX_NOTE_CHARS).decode(), key)
    except (ValueError, GeowalletError):
        return None


def _stored(path: Path) -> _State:
    try:
        stored = strict_json(read_small(path, _MAX_BYTES), max_bytes=_MAX_BYTES)
        if stored["schema"] != _SCHEMA:
            raise ValueError("another schema")  # noqa: TRY301  one refusal for all
        name, _ = parse_device_key(stored["key"])
        state = _State(name, unb64u(stored["seed"]), stored["last"])
        if state.key != stored["key"]:
            raise ValueError("the halves do not belong together")  # noqa: TRY301  likewise
        if state.note:
            open_batch(state.note, state.key)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeviceFileError from error
    return state


def _write(path: Path, state: _State) -> None:
    stored = {
        "schema": _SCHEMA,
        "key": state.key,
        "seed": b64u(state.seed32),
        "last": state.note,
    }
    replace_whole(path, json.dumps(stored, indent=2).encode() + b"\n")


@contextmanager
def _alone(device: Path) -> Iterator[None]:
    """Let one process at a time count, by a lock on the folder of the key file."""
    try:
        handle = os.open(Path(device).resolve().parent, os.O_RDONLY)
    except OSError as error:
        raise SourceMissingError(path=str(device)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
