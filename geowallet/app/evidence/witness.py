"""Use cases of a witness: keys of its own, and signing the states of logs that only grow.

A witness is a folder with one file: its key under a passphrase, and of every log
the key that checks it and the state that was signed last. It sees three lines of
a log and some hashes, and no data.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small, replace_whole
from geowallet.crypto.canonical import strict_json
from geowallet.crypto.cosignatures import cosign, witness_key
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.envelope import open_sealed, seal
from geowallet.crypto.keys import KdfCost, Slot, check_slot, make_slot, open_slot
from geowallet.crypto.log_texts import MAX_TEXT_CHARS, parse_request
from geowallet.crypto.merkle import verify_consistency
from geowallet.crypto.note_lines import split_note
from geowallet.crypto.notes import open_checkpoint, parse_checkpoint, parse_verifier_key
from geowallet.crypto.signing import SEED_BYTES, log_public
from geowallet.model.errors import (
    BadLogKeyError,
    BadRequestError,
    LogForkedError,
    LogRolledBackError,
    LogSignatureError,
    NoWitnessError,
    OldSizeError,
    UnknownLogError,
    WeakPassphraseError,
    WitnessDamagedError,
    WitnessExistsError,
    WitnessPassphraseError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geowallet.crypto.log_texts import WitnessRequest
    from geowallet.crypto.notes import Checkpoint

MINIMUM_LENGTH = 12
"""Shortest passphrase of a witness, in characters."""

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


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed: the cosigned note, and which log in which state."""

    note: str
    origin: str
    size: int


def create_witness(
    folder: Path, name: str, passphrase: bytes, *, cost: KdfCost | None = None
) -> Witness:
    """Make a witness's keys and store them under a passphrase.

    Args:
        folder: Where; it is made.
        name: As logs will show it, such as ``exemple.fr/witness``.
        passphrase: At least `MINIMUM_LENGTH` characters.
        cost: What a guess of it shall cost.

    Raises:
        BadLogKeyError: The name cannot stand in a note.
        WitnessExistsError: The folder already holds a witness.
        WeakPassphraseError: The passphrase is too short.
        DiskFullError: It could not be written.
    """
    if (folder / _FILE).exists():
        raise WitnessExistsError(path=str(folder))
    if len(passphrase.decode("utf-8", "replace")) < MINIMUM_LENGTH:
        raise WeakPassphraseError(length=MINIMUM_LENGTH)
    seed, master = os.urandom(SEED_BYTES), os.urandom(32)
    try:
        key = witness_key(name, log_public(seed))
    except ValueError as error:
        raise BadLogKeyError from error
    slot = make_slot(
        "passphrase",
        passphrase,
        master,
        cost=cost or KdfCost.MODERATE,
        salt=os.urandom(16),
        nonce=os.urandom(24),
        vault_id="witness",
    )
    stored = {
        "schema": _SCHEMA,
        "name": name,
        "key": key,
        "slot": {"header": slot.header, "wrapped": b64u(slot.wrapped)},
        "seed": b64u(seal(master, seed, aad=_aad(key), nonce24=os.urandom(24))),
        "logs": {},
    }
    _write(folder, stored)
    return Witness(folder, name, seed, key)


def open_witness(folder: Path, ask: Callable[[], bytes]) -> Witness:
    """Open a witness with its passphrase.

    Raises:
        NoWitnessError: There is none.
        WitnessPassphraseError: The passphrase does not open it.
        WitnessDamagedError: Its file is not what was written.
    """
    stored = _stored(folder)
    try:
        slot = Slot(stored["slot"]["header"], unb64u(stored["slot"]["wrapped"]))
        check_slot(slot)
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


def sign_request(witness: Witness, path: Path, *, log_key: str, now_s: int) -> Signed:
    """Sign the state of a log if it continues the one that was signed last.

    What was signed is remembered before the signature is given out.

    Args:
        witness: Who signs.
        path: The request.
        log_key: The log's key as its owner gave it by another way; "" where the
            witness knows it.
        now_s: The present, seconds since the epoch.

    Raises:
        BadRequestError: The file asks for nothing.
        BadLogKeyError: ``log_key`` is none.
        UnknownLogError: The witness was never told the key of this log.
        LogSignatureError: Another key signed it.
        LogRolledBackError: The log is shorter than it was.
        OldSizeError: The proof begins elsewhere.
        LogForkedError: The log does not continue what was signed last.
        DiskFullError: It could not be remembered.
    """
    request, claimed = _read_request(path)
    with _alone(witness.folder):
        stored = _stored(witness.folder)
        known = _known(stored, claimed.origin)
        key = _key_of(claimed.origin, log_key, known)
        checkpoint = _checked(request, key)
        _check_growth(request, checkpoint, known)
        line = cosign(checkpoint, name=witness.name, seed32=witness.seed32, at_s=now_s)
        stored["logs"][checkpoint.origin] = {
            "key": key,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
        }
        _write(witness.folder, stored)
    return Signed(request.note + line, checkpoint.origin, checkpoint.size)


def _read_request(path: Path) -> tuple[WitnessRequest, Checkpoint]:
    try:
        request = parse_request(read_small(path, MAX_TEXT_CHARS).decode())
        text, _ = split_note(request.note)
        return request, parse_checkpoint(text)
    except ValueError as error:
        raise BadRequestError(reason=N_("it is not written as such requests are")) from error


def _key_of(origin: str, given: str, known: dict[str, Any]) -> str:
    """Return the key that checks this log: the one known, else the one given."""
    if given:
        try:
            named, _ = parse_verifier_key(given.strip())
        except ValueError as error:
            raise BadLogKeyError from error
        if named != origin or known.get("key", given.strip()) != given.strip():
            raise LogSignatureError
        return given.strip()
    if not known:
        raise UnknownLogError(origin=origin)
    return str(known["key"])


def _checked(request: WitnessRequest, key: str) -> Checkpoint:
    _, public32 = parse_verifier_key(key)
    try:
        return open_checkpoint(request.note, public32)
    except ValueError as error:
        raise LogSignatureError from error


def _check_growth(request: WitnessRequest, checkpoint: Checkpoint, known: dict[str, Any]) -> None:
    size, root = int(known.get("size", 0)), bytes.fromhex(known.get("root", ""))
    if checkpoint.size < size:
        raise LogRolledBackError(found=checkpoint.size, known=size)
    if request.old_size != size:
        raise OldSizeError(found=request.old_size, known=size)
    if not size:
        if request.proof:
            raise BadRequestError(reason=N_("there is nothing to continue yet"))
        return
    try:
        verify_consistency(
            request.proof,
            old_size=size,
            new_size=checkpoint.size,
            old_root=root,
            new_root=checkpoint.root,
        )
    except ValueError as error:
        raise LogForkedError(known=size) from error


def _known(stored: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return what is remembered of a log; nothing of one that was never signed."""
    try:
        known = stored["logs"].get(origin, {})
        if known:
            parse_verifier_key(known["key"])
            int(known["size"])
            bytes.fromhex(known["root"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WitnessDamagedError from error
    return dict(known)


def _stored(folder: Path) -> dict[str, Any]:
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


def _write(folder: Path, stored: dict[str, Any]) -> None:
    replace_whole(folder / _FILE, json.dumps(stored, indent=2).encode() + b"\n")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
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
