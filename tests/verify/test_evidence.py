from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geowallet.contracts.evaluation.result import Result, check_result
from geowallet.contracts.life.grant import contract_bytes
from geowallet.crypto.cosignatures import cosign, find_cosignature, witness_key
from geowallet.crypto.merkle import leaf_hash
from geowallet.crypto.note_lines import signature_lines
from geowallet.crypto.notes import Checkpoint, sign_checkpoint
from geowallet.crypto.proof_tree import ProofTree
from geowallet.crypto.signing import log_public
from geowallet.crypto.timestamps import Authority, ask_for_stamp
from geowallet.proofs.build import build_export
from geowallet.proofs.evidence import Backing, evidence_claim
from geowallet.verify.evidence import Anchor, Seen, check_stamps
from geowallet.verify.jose import RefusedError
from geowallet.verify.standalone import judge
from tests.authority import POLICY, LocalAuthority, new_authority
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

ASKS_L1 = replace(TERMS, name="stamped-mileage", min_assurance="L1", min_share_percent=80)
CONTRACT = contract_of(ASKS_L1)

LEAVES = [leaf_hash(bytes([n])) for n in range(42)]
TREE = ProofTree(LEAVES)
ORIGIN = f"geowallet/{'4f' * 16}"
LOG_SEED = b"l" * 32
SEED = b"w" * 32
NAME = "exemple.fr/witness"
KEY = witness_key(NAME, log_public(SEED))
WITNESS = Anchor("works council", KEY)
DAY_S = 86_400
FIRST_S = 1_790_812_800
"""2026-10-01T00:00:00Z."""


def cosigned(size: int, at_s: int, *, seed: bytes = SEED) -> Backing:
    checkpoint = Checkpoint(ORIGIN, size, ProofTree(LEAVES[:size]).root)
    lines = signature_lines(cosign(checkpoint, name=NAME, seed32=seed, at_s=at_s))
    said = find_cosignature(checkpoint, lines, name=NAME, public32=log_public(seed))
    return Backing(size, checkpoint.root, KEY, at_s, said.signature)


def mileage() -> Result:
    month = OCTOBER.months()[0]
    raw = {
        "totals": {"distance_m": 412_000, "days": 9},
        "groups": [
            {"key": {"month": month, "mode": mode}, "values": {"distance_m": m, "days": days}}
            for mode, m, days in (("car", 400_000, 8), ("bike", 12_000, 2))
        ],
        "share_m": {"L0": 41_000, "L1": 371_000, "L2": 0, "L3": 0},
        "share_percent": {"L0": 10, "L1": 90, "L2": 0, "L3": 0},
    }
    return replace(check_result(ASKS_L1, OCTOBER, raw), contract_sha256=CONTRACT.sha256)


def export_with(*stamps: Backing, leaves: tuple[int, ...] = (3, 19), **further: Any) -> str:
    evidence = {"evidence": evidence_claim(TREE, stamps, leaves)} if stamps else {}
    return build_export(
        mileage(),
        CONTRACT,
        checkpoint=sign_checkpoint(Checkpoint(ORIGIN, 42, TREE.root), LOG_SEED),
        now_s=NOW_S,
        jti=JTI,
        nullifier=NULLIFIER,
        holder_private_jwk=HOLDER,
        salts=fixed_salts(),
        further=evidence | further,
    )


def checked(text: str, *anchors: Anchor) -> Seen | None:
    export = judge(text, json.loads(contract_bytes(CONTRACT)), NOW_S)
    return check_stamps(export, anchors)


GOOD = export_with(cosigned(10, FIRST_S + 4 * DAY_S), cosigned(20, FIRST_S + 5 * DAY_S + 7))


def refused(text: str, *anchors: Anchor) -> RefusedError:
    with pytest.raises(RefusedError) as found:
        checked(text, *anchors)
    return found.value


class TestStamps:
    """Promise: seen by somebody the reader relies on, in time, in the log of the export."""

    def test_says_when_and_by_whom(self) -> None:
        found = checked(GOOD, WITNESS)
        assert found == Seen((FIRST_S + 4 * DAY_S, FIRST_S + 5 * DAY_S + 7), ("works council",))
        assert found is not None
        assert found.days == 2

    def test_a_reader_who_relies_on_nobody_accepts_no_level(self) -> None:
        assert refused(GOOD).status == "unknown_anchor"
        other = Anchor("other", witness_key(NAME, log_public(b"o" * 32)))
        assert refused(GOOD, other).status == "unknown_anchor"

    def test_a_few_metres_above_l0_need_their_evidence_too(self) -> None:
        """1,000 of 412,000 m are 0 %, rounded down; they are claimed all the same."""
        shares = {"L0": 411_000, "L1": 1_000, "L2": 0, "L3": 0}
        percent = {"L0": 100, "L1": 0, "L2": 0, "L3": 0}
        few: dict[str, Any] = {"share_m": shares, "share_percent": percent}
        for text, good in (
            (export_with(cosigned(20, FIRST_S), **few), True),
            (export_with(**few), False),
        ):
            with pytest.raises(RefusedError) as refusal:
                checked(text, WITNESS)
            # The check after that of evidence asks for the 80 % of the contract.
            assert refusal.value.check == ("assurance" if good else "evidence")

    def test_an_export_without_evidence_says_nothing_of_it(self) -> None:
        export = judge(GOOD, json.loads(contract_bytes(CONTRACT)), NOW_S)
        export.claims.pop("evidence")
        assert check_stamps(export, [WITNESS]) is None

    def test_an_entry_that_only_a_stranger_saw_is_not_relied_on(self) -> None:
        stranger = replace(cosigned(20, FIRST_S), by=witness_key("s", log_public(b"s" * 32)))
        text = export_with(cosigned(10, FIRST_S + DAY_S), stranger)
        assert refused(text, WITNESS).status == "unknown_anchor"

    @pytest.mark.parametrize("size", [10, 19])
    def test_an_entry_that_nobody_saw_is_refused(self, size: int) -> None:
        """The entries are 3 and 19: the second needs a state of 20."""
        text = export_with(cosigned(size, FIRST_S + DAY_S))
        assert refused(text, WITNESS).status == "malformed"

    def test_a_forged_signature_is_refused(self) -> None:
        true = cosigned(20, FIRST_S + DAY_S)
        for forged in (
            replace(true, at_s=true.at_s + 1),
            replace(true, token=bytes(64)),
            cosigned(20, FIRST_S + DAY_S, seed=b"x" * 32),
        ):
            assert refused(export_with(forged), WITNESS).status == "malformed"

    def test_a_state_of_another_log_is_refused(self) -> None:
        forged = replace(cosigned(20, FIRST_S + DAY_S), root=bytes(32))
        assert refused(export_with(forged), WITNESS).status == "malformed"

    @pytest.mark.parametrize(
        ("at_s", "good"),
        [
            (FIRST_S - 14 * 3_600 - 301, False),
            (FIRST_S - 14 * 3_600 - 300, True),
            (FIRST_S + 31 * DAY_S, True),
            (FIRST_S + 32 * DAY_S + 12 * 3_600 + 301, False),
        ],
    )
    def test_a_stamp_is_of_the_period_or_the_day_after_it(self, at_s: int, *, good: bool) -> None:
        """The first of October begins at UTC+14; a trip of the 31st may end late at UTC-12."""
        text = export_with(cosigned(20, at_s))
        if good:
            assert checked(text, WITNESS) == Seen((at_s,), ("works council",))
        else:
            assert refused(text, WITNESS).status == "contract_mismatch"

    def test_a_stamp_from_the_future_is_refused(self) -> None:
        # The export is of 2 November, 5:00; the day after October ends on the 2nd, 12:05 UTC.
        text = export_with(cosigned(20, NOW_S + 301))
        assert refused(text, WITNESS).status == "malformed"
        assert checked(export_with(cosigned(20, NOW_S + 300)), WITNESS) is not None


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return new_authority(tmp_path_factory.mktemp("authority"))


class TestAuthorities:
    """Promise: the same for RFC 3161, against the certificate that the reader pinned."""

    def stamped(self, local: LocalAuthority, size: int = 20) -> Backing:
        checkpoint = Checkpoint(ORIGIN, size, ProofTree(LEAVES[:size]).root)
        token = local.answer(ask_for_stamp(str(checkpoint).encode()).body)
        return Backing(size, checkpoint.root, Authority(local.pem).fingerprint, 0, token)

    def test_a_stamp_of_now_is_too_late_for_october(self, local: LocalAuthority) -> None:
        """The token is read and holds; its time is that of the machine that runs this test."""
        anchor = Anchor("tsa", Authority(local.pem, POLICY))
        found = refused(export_with(self.stamped(local)), anchor)
        assert (found.status, time.time() > FIRST_S) == ("contract_mismatch", True)

    def test_a_changed_token_is_refused(self, local: LocalAuthority, tmp_path: Path) -> None:
        anchor = Anchor("tsa", Authority(local.pem, POLICY))
        true = self.stamped(local)
        for token in (
            true.token[:-1] + bytes([true.token[-1] ^ 1]),
            b"",
            self.stamped(local, 5).token,
        ):
            assert refused(export_with(replace(true, token=token)), anchor).status == "malformed"
        other = new_authority(tmp_path / "other")
        assert refused(export_with(self.stamped(other)), anchor).status == "unknown_anchor"
