"""Use cases of a recipient: on whose word a desk relies, for time, files and odometers."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.authorities import read_authority
from geowallet.app.files import read_small, replace_whole
from geowallet.app.settings import check_name, resolve
from geowallet.crypto.batches import parse_device_key
from geowallet.crypto.canonical import strict_json
from geowallet.crypto.cosignatures import parse_witness_key
from geowallet.crypto.timestamps import EXTRA, Authority
from geowallet.model.errors import (
    BadDeviceKeyError,
    BadExportError,
    BadLogKeyError,
    BadStatementKeyError,
    DeskDamagedError,
    MissingExtraError,
)
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.evidence import Anchor, Speaks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FILE = "anchors.json"
_SCHEMA = "geowallet.anchors/1"
_MAX_BYTES = 1 << 20


_BAD_KEYS = (BadLogKeyError, BadDeviceKeyError, BadStatementKeyError)


@dataclass(frozen=True, slots=True)
class Given:
    """What a recipient was given of an anchor: one of a file and three kinds of key.

    Attributes:
        certificates: PEM file of an authority, or None.
        policy: Object identifier under which it must stamp, or "".
        witness: Key line of a witness, or "".
        device: Key line of a device, or "".
        odometer: Thumbprint of a key that signs odometer readings, or "".
    """

    certificates: Path | None = None
    policy: str = ""
    witness: str = ""
    device: str = ""
    odometer: str = ""


def add_anchor(desk: Path, name: str, given: Given) -> Anchor:
    """Note on whom the desk relies; one of the same name is replaced.

    Args:
        desk: Its folder.
        name: Short name.
        given: What was given of it.

    Raises:
        BadNameError: The name cannot be shown safely.
        BadCertificateError: The file does not hold an authority and its root.
        BadLogKeyError: There is neither a file nor the key of a witness.
        BadDeviceKeyError: It is not the key of a device.
        BadStatementKeyError: It is not the thumbprint of a key.
        DeskDamagedError: The desk's list is not what was written.
        DiskFullError: It could not be written.
    """
    check_name(name)
    anchor = _anchor(name, given)
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
        found = [_read(name, item) for name, item in stored["anchors"].items()]
    except (ValueError, KeyError, TypeError, AttributeError, *_BAD_KEYS) as error:
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


def _anchor(name: str, given: Given) -> Anchor:
    if given.device:
        return _checked(Anchor(name, given.device.strip(), Speaks.DEVICE))
    if given.odometer:
        return _checked(Anchor(name, given.odometer.strip(), Speaks.ODOMETER))
    if given.certificates is not None:
        return Anchor(name, read_authority(given.certificates, given.policy))
    return _checked(Anchor(name, given.witness.strip()))


def _checked(anchor: Anchor) -> Anchor:
    """Return an anchor if its key is one of its kind.

    Raises:
        BadLogKeyError: Not the key of a witness.
        BadDeviceKeyError: Not the key of a device.
        BadStatementKeyError: Not the thumbprint of a key.
    """
    if anchor.speaks is Speaks.ODOMETER:
        if not re.fullmatch(_THUMBPRINT, anchor.by):
            raise BadStatementKeyError
        return anchor
    device = anchor.speaks is Speaks.DEVICE
    try:
        parse_device_key(anchor.by) if device else parse_witness_key(anchor.by)
    except ValueError as error:
        raise (BadDeviceKeyError if device else BadLogKeyError) from error
    return anchor


_THUMBPRINT = r"[A-Za-z0-9_-]{43}"
_MEMBERS = {Speaks.TIME: "witness", Speaks.DEVICE: "device", Speaks.ODOMETER: "odometer"}


def _read(name: str, item: dict[str, str]) -> Anchor:
    for speaks, member in _MEMBERS.items():
        if member in item:
            return _checked(Anchor(name, item[member], speaks))
    return Anchor(name, Authority(item["certificates"], item["policy"]))


def _write(desk: Path, known: dict[str, Anchor]) -> None:
    items = {
        name: {_MEMBERS[one.speaks]: one.pinned}
        if isinstance(one.pinned, str)
        else {"certificates": one.pinned.certificates, "policy": one.pinned.policy}
        for name, one in known.items()
    }
    stored = {"schema": _SCHEMA, "anchors": items}
    replace_whole(desk / _FILE, json.dumps(stored, indent=2).encode() + b"\n")
