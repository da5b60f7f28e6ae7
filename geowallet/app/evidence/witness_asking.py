"""Use case of the owner: have a witness sign over the network; hashes leave, and one note."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec.structs import replace

from geowallet.app.evidence.sending import TIMEOUT_S, Channel, Reply, exchange, is_private
from geowallet.app.evidence.witness_serving import PATH, SIZE_TYPE
from geowallet.app.evidence.witnessing import keep_witness, last_signed, take_note, witness_request
from geowallet.crypto.note_lines import MAX_NOTE_CHARS
from geowallet.model.errors import (
    BadOptionError,
    CosignatureError,
    UnreachableError,
    WitnessRefusedError,
    WitnessSilentError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.app.evidence.stamps import Stamp
    from geowallet.app.evidence.witnessing import ChosenWitness
    from geowallet.vault.store import Vault

_REASONS: dict[int, str] = {
    HTTPStatus.FORBIDDEN: N_("it knows another key for this log"),
    HTTPStatus.NOT_FOUND: N_("it was not told the key of this log"),
    HTTPStatus.CONFLICT: N_("the log does not continue what it signed last"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("the log does not continue what it signed last"),
}


def reached_at(vault: Vault, witness: ChosenWitness, url: str, *, now_us: int) -> ChosenWitness:
    """Return the witness with the address at which it is asked; what is new of it is kept.

    Args:
        vault: The open wallet.
        witness: Whom to ask.
        url: Its submission prefix; "" for the one known.
        now_us: The present, UTC microseconds.

    Raises:
        BadOptionError: It is no address, anybody on the way could change what it says
            of the owner, or none is known.
    """
    url = url.rstrip("/")
    if not (url or witness.url):
        raise BadOptionError(option="URL", reason=N_("the wallet does not know where it listens"))
    if url and not is_private(url):
        reason = N_("https, or http on this computer alone")
        raise BadOptionError(option="URL", reason=reason)
    found = replace(witness, url=url or witness.url)
    keep_witness(vault, found, now_us=now_us)
    return found


def ask_witness(
    vault: Vault,
    witness: ChosenWitness,
    *,
    clock: Callable[[], int],
    timeout_s: float = TIMEOUT_S,
) -> Stamp:
    """Have the log as it is signed by a witness that listens, and keep the signature.

    A witness that names another size than the wallet remembers is asked once more, from there.

    Args:
        vault: The open wallet.
        witness: With an address.
        clock: Returns the present, UTC microseconds.
        timeout_s: Longest wait for each answer.

    Raises:
        WitnessSilentError: It does not answer.
        WitnessRefusedError: It does not sign.
        CosignatureError: What it answers is not its signature.
        DiskFullError: It could not be kept.
    """
    note, reply = _asked(vault, witness, last_signed(vault, witness), timeout_s)
    size = _size_in(reply)
    if size is not None and size <= vault.mark().size:
        note, reply = _asked(vault, witness, size, timeout_s)
    if reply.status != HTTPStatus.OK:
        reason = _REASONS.get(reply.status, f"HTTP {reply.status}")
        raise WitnessRefusedError(name=witness.name, reason=reason)
    try:
        lines = reply.data.decode()
    except ValueError as error:
        raise CosignatureError(name=witness.name) from error
    return take_note(vault, note + lines, witness, now_us=clock())


def _asked(
    vault: Vault, witness: ChosenWitness, old_size: int, timeout_s: float
) -> tuple[str, Reply]:
    """Return the note that was sent, and what came back."""
    request = witness_request(vault, old_size=old_size)
    channel = Channel(
        witness.name,
        witness.url + PATH,
        sent="text/plain; charset=utf-8",
        wanted="",
        max_bytes=MAX_NOTE_CHARS,
    )
    try:
        return request.note, exchange(channel, str(request).encode(), timeout_s=timeout_s)
    except UnreachableError as error:
        raise WitnessSilentError(**error.details) from error


def _size_in(reply: Reply) -> int | None:
    """Return the size that the witness says it signed last, if it says so."""
    said = re.fullmatch(rb"(0|[1-9][0-9]{0,18})\n", reply.data)
    conflict = reply.status == HTTPStatus.CONFLICT and reply.kind == SIZE_TYPE
    return int(said[1]) if conflict and said else None
