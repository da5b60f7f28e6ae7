"""The list of trusted connectors: a small file of the owner, outside the wallet."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from geowallet.app.files import read_small, replace_whole
from geowallet.model.errors import SourceAccessError, SourceMissingError, TrustFileError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 20

_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Ending = Annotated[str, msgspec.Meta(pattern=r"^\.[a-z0-9_.-]{1,16}$")]


class Trusted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A connector that the owner trusts.

    Attributes:
        name: Of the format.
        package: Name of its distribution.
        version: Of it, when it was trusted.
        sha256: Digest of its code, see `Package.listing`.
        extensions: As it said when it was trusted.
        generic: As `Connector`.
    """

    name: _Name
    package: _Name
    version: _Name
    sha256: _Digest
    extensions: Annotated[list[_Ending], msgspec.Meta(max_length=16)]
    generic: bool = False


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: Literal["geowallet.trust/1"]
    connectors: list[Trusted]


def trusted(path: Path) -> dict[str, Trusted]:
    """Return what is trusted, by name; nothing where there is no such file.

    Raises:
        TrustFileError: Others may write it, or it is no such list.
    """
    try:
        mode, owner = path.stat().st_mode, path.stat().st_uid
        data = read_small(path, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, SourceMissingError):
        return {}
    except (OSError, SourceAccessError) as error:
        raise TrustFileError(path=str(path), reason=N_("it cannot be read")) from error
    if owner != os.getuid() or mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise TrustFileError(path=str(path), reason=N_("others than its owner may write it"))
    try:
        found = msgspec.json.decode(data, type=_List)
    except ValueError as error:
        raise TrustFileError(path=str(path), reason=N_("it is no such list")) from error
    return {known.name: known for known in found.connectors}


def write_trusted(path: Path, known: dict[str, Trusted]) -> None:
    """Write the list, readable and writable by its owner alone.

    Raises:
        DiskFullError: It could not be written; what was there is untouched.
    """
    listed = _List("geowallet.trust/1", [known[name] for name in sorted(known)])
    replace_whole(path, msgspec.json.format(msgspec.json.encode(listed), indent=2) + b"\n")
