"""Texts by which a log shows itself to others: to a witness, and to whoever checks an entry.

A request to a witness::

    old 20852014
    <base64>            consistency proof, a hash a line
                        (empty line)
    <signed note>

The proof of an entry::

    c2sp.org/tlog-proof@v1
    index 73894
    <base64>            inclusion proof, a hash a line
                        (empty line)
    <signed note>

Source:
    C2SP tlog-witness ("add-checkpoint") and tlog-proof.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geowallet.crypto.encoding import b64, unb64
from geowallet.crypto.merkle import HASH_BYTES
from geowallet.crypto.note_lines import MAX_NOTE_CHARS

MOST_HASHES = 63
"""Of one proof (tlog-witness, "add-checkpoint")."""

MAX_TEXT_CHARS = MAX_NOTE_CHARS + 64 * 64
"""Longest of these texts."""

_PROOF_LINE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """What a log asks a witness to sign.

    Attributes:
        old_size: Size of the checkpoint that the witness saw last, 0 for none.
        proof: That the log of now continues it; empty where ``old_size`` is 0.
        note: Signed checkpoint of now.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        hashes = "".join(f"{b64(one)}\n" for one in self.proof)
        return f"old {self.old_size}\n{hashes}\n{self.note}"


@dataclass(frozen=True, slots=True)
class EntryProof:
    """That an entry is in a log.

    Attributes:
        index: Position of the entry, from 0.
        proof: From the entry to the root.
        note: Signed checkpoint, with cosignatures if there are any.
    """

    index: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        hashes = "".join(f"{b64(one)}\n" for one in self.proof)
        return f"{_PROOF_LINE}\nindex {self.index}\n{hashes}\n{self.note}"


def parse_request(text: str) -> WitnessRequest:
    """Return what a text asks of a witness; note and proof are not checked.

    Raises:
        ValueError: It is not such a text.
    """
    lines, note = _parts(text)
    return WitnessRequest(_number("old", lines[0]), _hashes(lines[1:]), note)


def parse_entry_proof(text: str) -> EntryProof:
    """Return what a text says of an entry; note and proof are not checked.

    Raises:
        ValueError: It is not such a text.
    """
    lines, note = _parts(text)
    if lines[0] != _PROOF_LINE or len(lines) < 2:
        raise ValueError("not the proof of an entry")
    rest = lines[2:] if lines[1].startswith("extra ") else lines[1:]
    if not rest:
        raise ValueError("not the proof of an entry")
    return EntryProof(_number("index", rest[0]), _hashes(rest[1:]), note)


def _parts(text: str) -> tuple[list[str], str]:
    head, separator, note = text.partition("\n\n")
    if len(text) > MAX_TEXT_CHARS or not separator:
        raise ValueError("a text of another shape")
    return head.split("\n"), note


def _number(word: str, line: str) -> int:
    found = re.fullmatch(rf"{word} (0|[1-9][0-9]{{0,18}})", line, flags=re.ASCII)
    if not found:
        raise ValueError("a line is not a word and a number")
    return int(found[1])


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    hashes = tuple(unb64(line) for line in lines)
    if len(hashes) > MOST_HASHES or any(len(one) != HASH_BYTES for one in hashes):
        raise ValueError("a proof is not one of hashes")
    return hashes
