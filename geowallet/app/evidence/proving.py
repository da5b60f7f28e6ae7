"""Use case: prove to anybody with a log tool that an entry is in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.evidence.stamps import stamps
from geowallet.crypto.log_texts import EntryProof
from geowallet.crypto.merkle import inclusion_proof
from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.vault.store import Vault


def entry_proof(vault: Vault, index: int) -> EntryProof:
    """Return the C2SP tlog-proof of one entry; the entry itself stays closed.

    It leads to the earliest state with the entry in it that a witness signed, and
    where there is none to the state of now, which only the log signed.

    Args:
        vault: The open wallet.
        index: Position of the entry, from 0.

    Raises:
        BadOptionError: There is no such entry.
    """
    hashes = vault.leaf_hashes()
    if not 0 <= index < len(hashes):
        raise BadOptionError(option="ENTRY", reason=N_("no entry has this number"))
    signed = [stamp for stamp in stamps(vault) if stamp.note and stamp.size > index]
    if signed:
        first = min(signed, key=lambda stamp: (stamp.size, stamp.at_s))
        return EntryProof(index, inclusion_proof(index, hashes[: first.size]), first.note)
    note = vault.checkpoint()
    size = int(note.split("\n")[1])
    return EntryProof(index, inclusion_proof(index, hashes[:size]), note)
