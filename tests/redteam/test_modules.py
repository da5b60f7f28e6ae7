"""The recipient's own formula says something else than a score, within its ranges."""

from __future__ import annotations

from pathlib import Path

from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import agreements, preparing
from geowallet.app.sharing.offering import with_module
from geowallet.contracts.words.warnings import warnings
from geowallet.vault.store import Vault
from tests.app import scene
from tests.evaluator.modules import module
from tests.redteam.conftest import Ends

TRIPS = module("(i64.extend_i32_u (local.get $count))")
"""A score that is the number of trips, which the terms do not name."""


def scored(vault: Vault, employer: Desk, folder: Path, most: int) -> object:
    """Accept terms with that module, and return the score of May."""
    terms = with_module(scene.mileage(employer), TRIPS, (f"score:0:{most}",), fuel=1_000)
    offer = agreements.offer_from(desk.make_offer(employer, terms, folder))
    contract, _ = agreements.accept_offer(
        vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder, module=TRIPS
    )
    return preparing.prepare(vault, contract.terms, scene.MONTH).result.totals["score"]


def test_a_score_that_counts_trips(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    score = scored(vault, employer, tmp_path, 100)
    ends("accepted" if score == 4 else f"score {score}")


def test_a_range_with_room_for_more(employer: Desk, ends: Ends) -> None:
    terms = with_module(scene.mileage(employer), TRIPS, ("score:0:1000000",), fuel=1_000)
    ends("warned of" if "wide_output" in {one.code for one in warnings(terms)} else "accepted")
