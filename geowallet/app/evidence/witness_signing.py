"""Use case of a witness: sign the state of a log that only grew.

It sees three lines of the log and some hashes, and no data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.evidence.witness import alone, known_log, stored_witness, write_witness
from geowallet.app.files import read_small
from geowallet.crypto.cosignatures import cosign
from geowallet.crypto.log_texts import MAX_TEXT_CHARS, parse_request
from geowallet.crypto.merkle import verify_consistency
from geowallet.crypto.note_lines import split_note
from geowallet.crypto.notes import open_checkpoint, parse_checkpoint, parse_verifier_key
from geowallet.model.errors import (
    BadLogKeyError,
    BadRequestError,
    LogForkedError,
    LogRolledBackError,
    LogSignatureError,
    OldSizeError,
    UnknownLogError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.evidence.witness import Witness
    from geowallet.crypto.log_texts import WitnessRequest
    from geowallet.crypto.notes import Checkpoint

_SHAPE = N_("it is not written as such requests are")


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, and which log in which state.

    Attributes:
        asked: The note of the request.
        line: The signature, a line of a note.
        origin: Name of the log.
        size: Its entries.
    """

    asked: str
    line: str
    origin: str
    size: int

    @property
    def note(self) -> str:
        """The cosigned note."""
        return self.asked + self.line


def sign_request(witness: Witness, path: Path, *, log_key: str, now_s: int) -> Signed:
    """Sign what a file asks for; see `sign_text`.

    Raises:
        GeowalletError: As `sign_text`.
        TooLargeError: The file is longer than any request.
    """
    try:
        text = read_small(path, MAX_TEXT_CHARS).decode()
    except ValueError as error:
        raise BadRequestError(reason=_SHAPE) from error
    return sign_text(witness, text, log_key=log_key, now_s=now_s)


def sign_text(witness: Witness, text: str, *, log_key: str = "", now_s: int) -> Signed:
    """Sign the state of a log if it continues the one that was signed last.

    What was signed is remembered before the signature is given out.

    Args:
        witness: Who signs.
        text: The request.
        log_key: The log's key as its owner gave it by another way; "" where the
            witness knows it.
        now_s: The present, seconds since the epoch.

    Raises:
        BadRequestError: It asks for nothing, or contradicts itself.
        BadLogKeyError: ``log_key`` is none.
        UnknownLogError: The witness was never told the key of this log.
        LogSignatureError: Another key signed it.
        LogRolledBackError: The log is shorter than it was.
        OldSizeError: The proof begins elsewhere.
        LogForkedError: The log does not continue what was signed last.
        DiskFullError: It could not be remembered.
    """
    request, claimed = _read_request(text)
    with alone(witness.folder):
        stored = stored_witness(witness.folder)
        known = known_log(stored, claimed.origin)
        key = _key_of(claimed.origin, log_key, known)
        checkpoint = _checked(request, key)
        _check_growth(request, checkpoint, known)
        line = cosign(checkpoint, name=witness.name, seed32=witness.seed32, at_s=now_s)
        stored["logs"][checkpoint.origin] = {
            "key": key,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
        }
        write_witness(witness.folder, stored)
    return Signed(request.note, line, checkpoint.origin, checkpoint.size)


def _read_request(text: str) -> tuple[WitnessRequest, Checkpoint]:
    try:
        request = parse_request(text)
        noted, _ = split_note(request.note)
        return request, parse_checkpoint(noted)
    except ValueError as error:
        raise BadRequestError(reason=_SHAPE) from error


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
    if checkpoint.size < request.old_size:
        raise BadRequestError(reason=N_("it ends before it begins"))
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
