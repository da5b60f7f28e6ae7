"""Use cases of a witness: a folder with its key, and with what it saw of each log last.

The folder holds one file: the key under a passphrase, and of every log the key that
checks it and the state that was signed last.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small, replace_whole
from geowallet.app.slots import passphrase_slot, slot_as_json, slot_in
from geowallet.crypto.canonical import strict_json
from geowallet.crypto.cosignatures import witness_key
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.envelope import KEY_BYTES, open_sealed, seal
from geowallet.crypto.keys import open_slot
from geowallet.crypto.notes import parse_verifier_key
from geowallet.crypto.signing import SEED_BYTES, log_public
from geowallet.model.errors import (
    BadLogKeyError,
    LogSignatureError,
    NoWitnessError,
    WitnessDamagedError,
    WitnessExistsError,
    WitnessPassphraseError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geowallet.crypto.keys import KdfCost

_SCHEMA = "geowallet.witness/1"
_FILE = "witness.json"
_MAX_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Witness:
    """An opened witness: its folder, its name, its Ed25519 seed and public key as a line."""

    folder: Path
    name: str
    seed32: bytes
    key: str


def create_witness(
    folder: Path, name: str, passphrase: bytes, *, cost: KdfCost | None = None
) -> Witness:
    """Make a witness's keys and store them under a passphrase.

    Args:
        folder: Where; it is made.
        name: As logs will show it, such as ``exemple.fr/witness``.
        passphrase: What opens it.
        cost: What a guess of it shall cost.

    Raises:
        BadLogKeyError: The name cannot stand in a note.
        WitnessExistsError: The folder already holds a witness.
        WeakPassphraseError: The passphrase is too short.
        DiskFullError: It could not be written.
    """
    if (folder / _FILE).exists():
        raise WitnessExistsError(path=str(folder))
    seed, master = os.urandom(SEED_BYTES), os.urandom(KEY_BYTES)
    try:
        key = witness_key(name, log_public(seed))
    except ValueError as error:
        raise BadLogKeyError from error
    slot = passphrase_slot(passphrase, master, cost=cost, owner="witness")
    stored = {
        "schema": _SCHEMA,
        "name": name,
        "key": key,
        "slot": slot_as_json(slot),
        "seed": b64u(seal(master, seed, aad=_aad(key), nonce24=os.urandom(24))),
        "logs": {},
    }
    write_witness(folder, stored)
    return Witness(folder, name, seed, key)


def open_witness(folder: Path, ask: Callable[[], bytes]) -> Witness:
    """Open a witness with its passphrase.

    Raises:
        NoWitnessError: There is none.
        WitnessPassphraseError: The passphrase does not open it.
        WitnessDamagedError: Its file is not what was written.
    """
    stored = stored_witness(folder)
    try:
        slot = slot_in(stored["slot"])
        sealed, name, key = unb64u(stored["seed"]), str(stored["name"]), str(stored["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise WitnessDamagedError from error
    try:
        master = open_slot(slot, ask())
    except ValueError as error:
        raise WitnessPassphraseError from error
    try:
        return Witness(folder, name, open_sealed(master, sealed, aad=_aad(key)), key)
    except ValueError as error:
        raise WitnessDamagedError from error


def add_log(witness: Witness, key: str) -> str:
    """Remember the key of a log, so that requests of it are signed; return its name.

    Args:
        witness: Who will sign.
        key: As the log's owner gave it by another way.

    Raises:
        BadLogKeyError: It is none.
        LogSignatureError: Another key is known for this log.
        DiskFullError: It could not be remembered.
    """
    key = key.strip()
    try:
        origin, _ = parse_verifier_key(key)
    except ValueError as error:
        raise BadLogKeyError from error
    with alone(witness.folder):
        stored = stored_witness(witness.folder)
        known = known_log(stored, origin)
        if known.get("key", key) != key:
            raise LogSignatureError
        if not known:
            stored["logs"][origin] = {"key": key, "size": 0, "root": ""}
            write_witness(witness.folder, stored)
    return origin


def known_log(stored: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return what is remembered of a log: key, size and root; nothing of an unknown one.

    Raises:
        WitnessDamagedError: It is not what was written.
    """
    try:
        known = stored["logs"].get(origin, {})
        if known:
            parse_verifier_key(known["key"])
            int(known["size"])
            bytes.fromhex(known["root"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WitnessDamagedError from error
    return dict(known)


def stored_witness(folder: Path) -> dict[str, Any]:
    """Return what the witness's file holds.

    Raises:
        NoWitnessError: There is none.
        WitnessDamagedError: It is not what was written.
    """
    path = folder / _FILE
    if not path.exists():
        raise NoWitnessError(path=str(folder))
    try:
        stored = strict_json(read_small(path, _MAX_BYTES), max_bytes=_MAX_BYTES)
        if stored["schema"] != _SCHEMA:
            raise ValueError("another schema")  # noqa: TRY301  one refusal for all
    except (ValueError, KeyError, TypeError) as error:
        raise WitnessDamagedError from error
    return dict(stored)


def write_witness(folder: Path, stored: dict[str, Any]) -> None:
    """Replace the witness's file, at once and on the disk.

    Raises:
        DiskFullError: It could not be written; what was there is untouched.
    """
    replace_whole(folder / _FILE, json.dumps(stored, indent=2).encode() + b"\n")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time compare and remember."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _aad(key: str) -> bytes:
    """Return what binds the seed to the name and key under which it signs."""
    return f"{_SCHEMA}|seed|{key}".encode()
