"""Files that hold a secret: key files, and recovery keys without a terminal."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from geowallet.app.files import read_small
from geowallet.model.errors import DiskFullError, FileTakenError, WrongKeyFileError
from geowallet.vault.writing import flush_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET_BYTES = 32
"""Length of a key file, and of what a recovery key holds."""


def key_file_bytes(path: Path) -> bytes:
    """Return what a key file holds, whatever it opens.

    Raises:
        SourceMissingError: There is no such file.
        WrongKeyFileError: It has another length.
    """
    secret = read_small(path, SECRET_BYTES)
    if len(secret) != SECRET_BYTES:
        raise WrongKeyFileError
    return secret


@contextmanager
def written_secret(path: Path, data: bytes) -> Iterator[None]:
    """Write a secret to a new file of its owner's; it is removed again where the block fails.

    Raises:
        FileTakenError: Something is at ``path``.
        DiskFullError: It could not be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise FileTakenError(path=str(path)) from error
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(handle)
        flush_folder(path.parent)  # or a power cut takes the name of the only copy away
        yield
    except OSError as error:
        _remove(path)
        raise DiskFullError(reason=error.strerror or "") from error
    except BaseException:
        _remove(path)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
