"""What the owner or a witness says is in the wallet whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app.evidence.stamps import stamps
from geowallet.app.evidence.witness import create_witness
from geowallet.app.evidence.witness_signing import sign_request
from geowallet.app.evidence.witnessing import add_witness, witness_request
from geowallet.app.sharing import agreements, standing
from geowallet.app.travel.corrections import corrections
from geowallet.app.travel.trips import described_trips
from geowallet.contracts.life.withdrawal import check_withdrawal
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.notes import verifier_key
from geowallet.model.mobility import Mode
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene
from tests.faults.conftest import Death, Sweep
from tests.faults.dying import KILLED

pytestmark = pytest.mark.slow

NOW_S = scene.NOON_US // 1_000_000


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None) -> Path:
    """A wallet of one day with a contract and a witness, beside what the witness signed."""
    folder = tmp_path_factory.mktemp("stage")
    here = scene.new_wallet(folder / "wallet")
    scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4)))
    witness = create_witness(
        folder / "witness", "exemple.fr/w", scene.DESK_PASSPHRASE, cost=KdfCost.LEAST
    )
    with scene.opened(here) as vault:
        scene.introduce(vault)
        employer = scene.new_desk(folder / "desk")
        scene.agree(vault, employer, scene.mileage(employer), folder)
        add_witness(vault, witness.key, now_us=scene.NOON_US)
        asked = folder / "asked"
        asked.write_text(str(witness_request(vault, old_size=0)))
        key = verifier_key(vault.origin, vault.log_public)
        signed = sign_request(witness, asked, log_key=key, now_s=NOW_S)
    (folder / "signed").write_text(signed.note)
    return folder


def swept(sweep: Sweep, action: str, stage: Path, *files: Path) -> list[Death]:
    """Return the deaths; all but the last were at their point, and the last was beyond."""
    deaths = sweep(action, "kill", "1:200:1", stage / "wallet", *files)
    assert (deaths[-1].status, len(deaths) > 5) == (0, True)
    assert {death.status for death in deaths[:-1]} == {KILLED}
    return deaths


def sound(vault: Vault) -> None:
    assert check_vault(vault).problems == ()


def test_a_correction(stage: Path, sweep: Sweep) -> None:
    """Promise: mode, purpose and tag that were said together are kept together."""
    found = set()
    for death in swept(sweep, "correct", stage):
        with scene.opened(scene.places_at(death.folder)) as vault:
            sound(vault)
            said = corrections(vault)
            first = described_trips(vault)[0].trip
            found.add((len(said), first.legs[0].mode is Mode.BUS))
    assert found == {(0, False), (1, True)}


def test_the_end_of_a_contract(stage: Path, sweep: Sweep) -> None:
    """Promise: no signed end of a contract leaves that the wallet does not know."""
    found = set()
    for death in swept(sweep, "withdraw", stage):
        with scene.opened(scene.places_at(death.folder)) as vault:
            sound(vault)
            (contract,) = agreements.accepted(vault)
            known = standing.standing_of(vault, contract.sha256)
        left = list((death.folder / "out").glob("*.withdrawal"))
        for path in left:
            assert known is not None
            assert path.read_bytes() == known.answer
            check_withdrawal(path.read_bytes(), contract)
        found.add((known is not None, len(left)))
    assert found == {(False, 0), (True, 0), (True, 1)}


def test_the_signature_of_a_witness(stage: Path, sweep: Sweep) -> None:
    """Promise: the signature is kept with its entry in the log, or not at all."""
    found = set()
    for death in swept(sweep, "cosign", stage, stage / "signed"):
        with scene.opened(scene.places_at(death.folder)) as vault:
            sound(vault)
            found.add(len(stamps(vault)))
    assert found == {0, 1}
