"""The owner cheats with the signed file: every part of it can be bent, and signed again."""

from __future__ import annotations

import pytest

from geowallet.verify.verdict import Outcome
from geowallet.verify.verifier import verify_export
from tests.proofs.parties import CONTRACT, NOW_S
from tests.redteam.conftest import Ends
from tests.verify.forgeries import SIGNED
from tests.verify.forgeries_of_headers import HEADERS
from tests.verify.forging import Fault

CHOSEN = (
    "no signature",
    "alg none",
    "alg HS256 keyed with the public key",
    "a key of the sender's in the header",
    "payload changed, not signed again",
    "a total above its rows",
    "replayed from another contract",
    "a row withheld",
    "negative",
    "a level without evidence",
    "a coordinate as a name",
    "expired",
)
FAULTS = {one.name: one for one in (*SIGNED, *HEADERS)}


@pytest.mark.parametrize("fault", [FAULTS[name] for name in CHOSEN], ids=CHOSEN)
def test_a_forged_export(fault: Fault, ends: Ends) -> None:
    verdict = verify_export(fault.forge(), CONTRACT, now_s=NOW_S)
    assert verdict.figures is None
    ends(next(one.name for one in verdict.checks if one.outcome is Outcome.FAILED))
