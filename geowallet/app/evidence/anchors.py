"""Use cases of a recipient: whose time stamps a desk relies on."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.authorities import read_authority
from geowallet.app.files import read_small, replace_whole
from geowallet.app.settings import check_name, resolve
from geowallet.crypto.canonical import strict_json
from geowallet.crypto.cosignatures import parse_witness_key
from geowallet.crypto.timestamps import EXTRA, Authority
from geowallet.model.errors import (
    BadExportError,
    BadLogKeyError,
    DeskDamagedError,
    MissingExtraError,
)
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.evidence import Anchor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FILE = "anchors.json"
_SCHEMA = "geowallet.anchors/1"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Given:
    """What a recipient was given of an anchor: a certificate file, or a witness's key.

    Attributes:
        certificates: PEM file of an authority, or None.
        policy: Object identifier under which it must stamp, or "".
        witness: Key line of a witness, or "".
    """

    certificates: Path | None = None
    policy: str = ""
    witness: str = ""


def add_anchor(desk: Path, name: str, given: Given) -> Anchor:
    """Note whose stamps the desk relies on; one of the same name is replaced.

    Args:
        desk: Its folder.
        name: Short name.
        given: What was given of it.

    Raises:
        BadNameError: The name cannot be shown safely.
        BadCertificateError: The file does not hold an authority and its root.
        BadLogKeyError: There is neither a file nor the key of a witness.
        DeskDamagedError: The desk's list is not what was written.
        DiskFullError: It could not be written.
    """
    check_name(name)
    anchor = Anchor(name, _pinned(given))
    _write(desk, {one.name: one for one in anchors(desk)} | {name: anchor})
    return anchor


def anchors(desk: Path) -> tuple[Anchor, ...]:
    """Return whom the desk in this folder relies on, by name.

    Raises:
        DeskDamagedError: Its list is not what was written.
    """
    path = desk / _FILE
    if not path.exists():
        return ()
    try:
        stored = strict_json(read_small(path, _MAX_BYTES), max_bytes=_MAX_BYTES)
        if stored["schema"] != _SCHEMA:
            raise ValueError("another schema")  # noqa: TRY301  one refusal for all
        found = [Anchor(name, _read(item)) for name, item in stored["anchors"].items()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeskDamagedError from error
    return tuple(sorted(found, key=lambda anchor: anchor.name))


def remove_anchor(desk: Path, shortened: str) -> Anchor:
    """Rely on somebody no more, and return who it was.

    Raises:
        NotFoundError: None has a name that begins so.
        AmbiguousNameError: Several do.
    """
    known = {one.name: one for one in anchors(desk)}
    gone = known.pop(resolve("desk anchor", shortened, known))
    _write(desk, known)
    return gone


def check_readable(sd_jwt: str, relied_on: Iterable[Anchor]) -> None:
    """Return unless an authority's stamp is to be read and the library for it is missing.

    Args:
        sd_jwt: An export; what is none is for others to refuse.
        relied_on: Whom the reader relies on.

    Raises:
        MissingExtraError: It is missing.
    """
    if not any(isinstance(one.pinned, Authority) for one in relied_on):
        return
    if importlib.util.find_spec("rfc3161_client") is None and _has_stamps(sd_jwt):
        raise MissingExtraError(extra=EXTRA)


def _has_stamps(sd_jwt: str) -> bool:
    try:
        return "evidence" in unpack(sd_jwt).claims
    except BadExportError:
        return False


def _pinned(given: Given) -> Authority | str:
    if given.certificates is not None:
        return read_authority(given.certificates, given.policy)
    try:
        parse_witness_key(given.witness.strip())
    except ValueError as error:
        raise BadLogKeyError from error
    return given.witness.strip()


def _read(item: dict[str, str]) -> Authority | str:
    if "witness" in item:
        parse_witness_key(item["witness"])
        return item["witness"]
    return Authority(item["certificates"], item["policy"])


def _write(desk: Path, known: dict[str, Anchor]) -> None:
    items = {
        name: {"witness": one.pinned}
        if isinstance(one.pinned, str)
        else {"certificates": one.pinned.certificates, "policy": one.pinned.policy}
        for name, one in known.items()
    }
    stored = {"schema": _SCHEMA, "anchors": items}
    replace_whole(desk / _FILE, json.dumps(stored, indent=2).encode() + b"\n")
