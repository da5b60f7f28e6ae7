"""Exports whose metres rest on files that a device signed, and on odometers that others read."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

from geowallet.contracts.evaluation.result import check_result
from geowallet.contracts.life.grant import Contract, contract_bytes
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.batches import Batch, device_key, sign_batch
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.cosignatures import cosign, find_cosignature, witness_key
from geowallet.crypto.merkle import leaf_hash
from geowallet.crypto.note_lines import signature_lines, split_note
from geowallet.crypto.notes import Checkpoint, sign_checkpoint
from geowallet.crypto.proof_tree import ProofTree
from geowallet.crypto.signing import log_public, new_private_jwk, thumbprint
from geowallet.model.provenance import entry_json
from geowallet.proofs.build import build_export
from geowallet.proofs.device_runs import OpenedEntry, Run, batch_statement, runs_of
from geowallet.proofs.evidence import Backing, evidence_claim
from geowallet.proofs.odometer import Statement, state_odometer
from geowallet.verify.evidence import Anchor, Seen, Speaks, check_stamps
from geowallet.verify.standalone import judge
from tests.proofs.parties import (
    HOLDER,
    JTI,
    NOW_S,
    NULLIFIER,
    OCTOBER,
    TERMS,
    contract_of,
    fixed_salts,
)

SEED, NAME = b"d" * 32, "van-1"
KEY = device_key(NAME, log_public(SEED))
WORKSHOP = new_private_jwk("sig", b"o" * 32)
ORIGIN = f"geowallet/{'4f' * 16}"
AT_S = 1_790_812_800 + 12 * 86_400
"""2026-10-13T00:00:00Z, when everything was seen."""

WITNESS_SEED, WITNESS_NAME = b"w" * 32, "exemple.fr/witness"
TIME = Anchor("council", witness_key(WITNESS_NAME, log_public(WITNESS_SEED)))
VAN = Anchor("our van", KEY, Speaks.DEVICE)
GARAGE = Anchor("garage", thumbprint(WORKSHOP), Speaks.ODOMETER)


def chain(count: int) -> list[tuple[Batch, bytes]]:
    """The first batches of the device, with their signatures."""
    found: list[tuple[Batch, bytes]] = []
    for n in range(1, count + 1):
        before = found[-1][0].digest if found else "0" * 64
        batch = Batch(n, f"{n:064x}", before)
        found.append((batch, split_note(sign_batch(batch, name=NAME, seed32=SEED))[1][0].blob))
    return found


BATCHES = chain(8)
ENTRIES = [
    OpenedEntry(b.counter, 20 + b.counter, f"{b.counter:032x}", 5, (("ab" * 16, 1, "cd" * 32),))
    for b, _ in BATCHES
]


def leaf_of(entry: OpenedEntry) -> bytes:
    value = entry_json(
        batch_statement(BATCHES[entry.counter - 1][0]),
        salt=entry.salt,
        at_us=entry.at_us,
        objects=entry.objects,
    )
    return leaf_hash(canonical_bytes(value))


_LEAVES = [leaf_hash(bytes([n])) for n in range(42)]
for _entry in ENTRIES:
    _LEAVES[_entry.index] = leaf_of(_entry)
TREE = ProofTree(_LEAVES)


def runs(*counters: int, opened: tuple[int, ...] = ()) -> tuple[Run, ...]:
    """The runs that these batches make; all of their entries are opened, or those named."""
    shown = opened or counters
    entries = [entry for entry in ENTRIES if entry.counter in shown]
    return runs_of(KEY, [BATCHES[n - 1] for n in counters], entries)


def reading(day: int, km: int, *, month: int = 10, vehicle: str = "AB123CD") -> Statement:
    at = dt.date(2026, month, day)
    return state_odometer(vehicle, km, at, private_jwk=WORKSHOP, salts=fixed_salts())


PAIR = (reading(30, 40_000, month=9), reading(1, 40_500, month=11))


def asks(level: str, percent: int = 50, *, readings: bool = False) -> Terms:
    """Terms that ask for a level of so much of the metres."""
    return replace(
        TERMS,
        name="signed-km",
        min_assurance=level,
        min_share_percent=percent,
        shows_readings=readings,
    )


@dataclass(frozen=True, slots=True)
class Signed:
    """An export of 412 km, so much of it by level, and what it is judged by."""

    terms: Terms
    shares: dict[str, int]

    @property
    def contract(self) -> Contract:
        return contract_of(self.terms)

    def text(self, evidence: dict[str, Any]) -> str:
        month, contract = OCTOBER.months()[0], self.contract
        raw = {
            "totals": {"distance_m": 412_000, "days": 9},
            "groups": [
                {"key": {"month": month, "mode": mode}, "values": {"distance_m": m, "days": days}}
                for mode, m, days in (("car", 400_000, 8), ("bike", 12_000, 2))
            ],
            "share_m": self.shares,
            "share_percent": _percent(self.shares),
        }
        result = replace(check_result(self.terms, OCTOBER, raw), contract_sha256=contract.sha256)
        return build_export(
            result,
            contract,
            checkpoint=sign_checkpoint(Checkpoint(ORIGIN, TREE.size, TREE.root), b"l" * 32),
            now_s=NOW_S,
            jti=JTI,
            nullifier=NULLIFIER,
            holder_private_jwk=HOLDER,
            salts=fixed_salts(),
            further={"evidence": evidence},
        )

    def checked(self, evidence: dict[str, Any], *anchors: Anchor) -> Seen:
        export = judge(self.text(evidence), json.loads(contract_bytes(self.contract)), NOW_S)
        found = check_stamps(export, (TIME, *anchors))
        if found is None:
            raise LookupError
        return found


def claim(
    runs: tuple[Run, ...] = (),
    pairs: tuple[tuple[Statement, Statement], ...] = (),
    size: int = 42,
    leaves: tuple[int, ...] = (3, 19),
) -> dict[str, Any]:
    """Evidence over a state of so many entries that the witness saw."""
    return evidence_claim(TREE, [cosigned(size)], leaves, runs=runs, readings=pairs)


def cosigned(size: int) -> Backing:
    checkpoint = Checkpoint(ORIGIN, size, ProofTree(_LEAVES[:size]).root)
    lines = signature_lines(cosign(checkpoint, name=WITNESS_NAME, seed32=WITNESS_SEED, at_s=AT_S))
    public = log_public(WITNESS_SEED)
    said = find_cosignature(checkpoint, lines, name=WITNESS_NAME, public32=public)
    return Backing(size, checkpoint.root, TIME.by, AT_S, said.signature)


def closed(pair: tuple[Statement, Statement]) -> tuple[Statement, Statement]:
    return pair[0].closed(), pair[1].closed()


CLOSED_PAIR = closed(PAIR)
L2 = Signed(asks("L2"), {"L0": 12_000, "L1": 100_000, "L2": 300_000, "L3": 0})
L3 = Signed(asks("L3"), {"L0": 12_000, "L1": 0, "L2": 100_000, "L3": 300_000})
OPEN = Signed(asks("L3", readings=True), L3.shares)


def _percent(shares: dict[str, int]) -> dict[str, int]:
    rounded = {name: 100 * part // 412_000 for name, part in shares.items()}
    return rounded | {"L0": rounded["L0"] + 100 - sum(rounded.values())}
