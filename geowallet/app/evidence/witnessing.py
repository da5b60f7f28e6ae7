"""Use cases of the owner: ask a witness by a file, and take in what it signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.app.evidence.stamps import Stamp, put_stamp, stamps
from geowallet.app.files import read_small
from geowallet.app.keeping.own_settings import settings_but_rules
from geowallet.crypto.cosignatures import find_cosignature, parse_witness_key
from geowallet.crypto.log_texts import WitnessRequest
from geowallet.crypto.merkle import consistency_proof, frontier_of
from geowallet.crypto.note_lines import MAX_NOTE_CHARS, split_note
from geowallet.crypto.notes import open_checkpoint
from geowallet.model.errors import (
    BadLogKeyError,
    BadOptionError,
    CosignatureError,
    UnknownWitnessError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_KIND = "setting"
_PREFIX = "witness/"


class ChosenWitness(msgspec.Struct, frozen=True):
    """A witness of the owner's.

    Attributes:
        name: Its own.
        key: The line that log tools take.
        added_us: When it was named here.
        url: Where it listens, or "".
    """

    name: str
    key: str
    added_us: int
    url: str = ""


def witness_of(vault: Vault, key: str, *, now_us: int) -> ChosenWitness:
    """Return the witness that has this key, as it is known or else new; nothing is kept.

    Raises:
        BadLogKeyError: It is none.
    """
    try:
        name, _ = parse_witness_key(key.strip())
    except ValueError as error:
        raise BadLogKeyError from error
    new = ChosenWitness(name, key.strip(), now_us)
    return next((known for known in witnesses(vault) if known.key == new.key), new)


def keep_witness(vault: Vault, chosen: ChosenWitness, *, now_us: int) -> None:
    """Keep a witness; one of the same name is replaced, and one that is known stays."""
    if chosen not in witnesses(vault):
        with vault.transaction(now_us=now_us) as tx:
            _put_witness(tx, chosen)


def add_witness(vault: Vault, key: str, *, now_us: int) -> ChosenWitness:
    """Keep the witness that has this key, and return it; see `keep_witness`.

    Raises:
        BadLogKeyError: It is none.
    """
    chosen = witness_of(vault, key, now_us=now_us)
    keep_witness(vault, chosen, now_us=now_us)
    return chosen


def _put_witness(tx: Transaction, chosen: ChosenWitness) -> None:
    tx.put(_KIND, _PREFIX + chosen.name, msgspec.msgpack.encode(chosen))
    tx.log(Statement(StatementKind.SETTING, (), (), {"what": "witness added"}))


def witnesses(vault: Vault) -> tuple[ChosenWitness, ...]:
    """Return the owner's witnesses, by name."""
    found = (
        msgspec.msgpack.decode(body, type=ChosenWitness)
        for name, body in settings_but_rules(vault)
        if name.startswith(_PREFIX)
    )
    return tuple(sorted(found, key=lambda chosen: chosen.name))


def chosen_witness(vault: Vault, shortened: str) -> ChosenWitness:
    """Return the witness whose name begins with ``shortened``; the only one for "".

    Raises:
        UnknownWitnessError: None does, or several do.
    """
    known = witnesses(vault)
    fitting = [chosen for chosen in known if chosen.name.startswith(shortened)]
    if len(fitting) != 1:
        raise UnknownWitnessError(candidates=", ".join(chosen.name for chosen in known) or "-")
    return fitting[0]


def witness_request(vault: Vault, *, old_size: int) -> WitnessRequest:
    """Return what a witness must see to sign the log as it is now: hashes and a signed note.

    Args:
        vault: The open wallet.
        old_size: Entries that it signed last, 0 for none.

    Raises:
        BadOptionError: The log was never as long.
    """
    hashes = vault.leaf_hashes()
    if not 0 <= old_size <= len(hashes):
        raise BadOptionError(option="--old", reason=N_("the log has fewer entries"))
    proof = consistency_proof(old_size, hashes) if old_size else ()
    return WitnessRequest(old_size, proof, vault.checkpoint())


def last_signed(vault: Vault, witness: ChosenWitness | None) -> int:
    """Return how many entries a witness signed last; 0 for none, and for no witness."""
    key = witness.key if witness else None
    return max((one.size for one in stamps(vault) if one.by == key), default=0)


def take_cosigned(vault: Vault, path: Path, witness: ChosenWitness, *, now_us: int) -> Stamp:
    """Keep a witness's signature from a cosigned note, and the witness if it is new.

    Raises:
        CosignatureError: The note is none, shows another state than this log
            had, or is not signed by this witness.
    """
    try:
        note = read_small(path, MAX_NOTE_CHARS).decode()
    except ValueError as error:
        raise CosignatureError(name=witness.name) from error
    return take_note(vault, note, witness, now_us=now_us)


def take_note(vault: Vault, note: str, witness: ChosenWitness, *, now_us: int) -> Stamp:
    """Keep a witness's signature from the text of a cosigned note; see `take_cosigned`.

    Raises:
        CosignatureError: As `take_cosigned`.
    """
    try:
        stamp = _stamp_in(vault, note, witness)
    except ValueError as error:
        raise CosignatureError(name=witness.name) from error
    with vault.transaction(now_us=now_us) as tx:
        if witness not in witnesses(vault):
            _put_witness(tx, witness)
        put_stamp(tx, stamp, origin=vault.origin, now_us=now_us)
    return stamp


def _stamp_in(vault: Vault, note: str, witness: ChosenWitness) -> Stamp:
    checkpoint = open_checkpoint(note, vault.log_public)
    hashes = vault.leaf_hashes()
    if checkpoint.size > len(hashes):
        raise ValueError("a state that this log never had")
    if frontier_of(hashes[: checkpoint.size]).root() != checkpoint.root:
        raise ValueError("a state that this log never had")
    name, public32 = parse_witness_key(witness.key)
    _, lines = split_note(note)
    said = find_cosignature(checkpoint, lines, name=name, public32=public32)
    return Stamp(
        kind="witness",
        name=witness.name,
        by=witness.key,
        size=checkpoint.size,
        root=checkpoint.root,
        at_s=said.at_s,
        token=said.signature,
        note=note,
    )
