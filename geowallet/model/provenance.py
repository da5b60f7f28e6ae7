"""What happened to the data, as statements for the evidence log.

The shape is the in-toto Statement v1 (github.com/in-toto/attestation, spec/v1):
subjects named by digest only, and a typed predicate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_PREFIX = "urn:geowallet:predicate:"


class StatementKind(StrEnum):
    """What was done. The word is the end of the predicate type."""

    CREATE = "create"
    IMPORT = "import"
    CLEAN = "clean"
    SEGMENT = "segment"
    CLASSIFY = "classify"
    CORRECT = "correct"
    SETTING = "setting"
    OFFER = "offer"
    CONSENT = "consent"
    EXPORT = "export"
    ATTEMPT = "attempt"
    ACKNOWLEDGE = "acknowledge"
    RECOMPUTE = "recompute"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    AUDIT = "audit"
    STAMP = "stamp"
    WITNESS = "witness"
    DEVICE = "device"
    ERASE = "erase"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A method by name, version, and SHA-256 (hex) of its canonical parameters."""

    name: str
    version: str
    parameters_sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One leaf of the evidence log.

    Attributes:
        kind: What was done.
        subjects: SHA-256 (hex) of what came out.
        inputs: SHA-256 (hex) of what went in.
        predicate: Further facts; JSON values only, no floats.
    """

    kind: StatementKind
    subjects: tuple[str, ...]
    inputs: tuple[str, ...]
    predicate: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the in-toto Statement as JSON values."""
        return {
            "_type": STATEMENT_TYPE,
            "subject": [{"digest": {"sha256": digest}} for digest in self.subjects],
            "predicateType": f"{PREDICATE_PREFIX}{self.kind}/v1",
            "predicate": self.predicate | {"inputs": list(self.inputs)},
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Statement:
        """Read what `as_json` wrote.

        Raises:
            ValueError: Not such a statement.
            KeyError: A field is missing.
        """
        kind = value["predicateType"].removeprefix(PREDICATE_PREFIX).removesuffix("/v1")
        predicate = dict(value["predicate"])
        inputs = tuple(predicate.pop("inputs"))
        subjects = tuple(item["digest"]["sha256"] for item in value["subject"])
        return cls(StatementKind(kind), subjects, inputs, predicate)


def entry_json(
    statement: Statement,
    *,
    salt: str,
    at_us: int,
    objects: Sequence[tuple[str, int, str | None]] = (),
) -> dict[str, Any]:
    """Return an entry of the log as JSON values; its canonical bytes are the leaf.

    Args:
        statement: What was done.
        salt: Random, hex: the published root must not confirm a guess.
        at_us: When, by the clock of the machine that wrote it.
        objects: Row id (hex), version and SHA-256 (hex) of the ciphertext of each record
            that was written with it; None for the last where one was removed.
    """
    value = statement.as_json() | {"salt": salt, "at_us": at_us}
    return value | ({"objects": [list(one) for one in objects]} if objects else {})
