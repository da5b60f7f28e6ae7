from __future__ import annotations

import csv
import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from geowallet.track.modes.shipped import shipped_forest
from training.measure import figures_of
from training.recipe import NETWORK_SHARE, USED
from training.tables import CLASSES

ROOT = Path(__file__).parents[2]
ARTEFACT = ROOT / "geowallet" / "track" / "modes" / "shipped.forest"
MOST_LOOKS = 15
"""The last two: what ships, and `model fit`, since days along a way are counted and legs that cuts
find are less sure."""


def test_the_card_is_of_the_forest_that_ships() -> None:
    digest = hashlib.sha256(ARTEFACT.read_bytes()).hexdigest()
    card = (ROOT / "training" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"`{digest}`" in card


def test_the_forest_that_ships_is_small_and_of_this_recipe() -> None:
    forest = shipped_forest()
    assert forest is not None
    assert ARTEFACT.stat().st_size < 2_000_000
    assert forest.classes == CLASSES
    assert forest.features == USED
    assert forest.network is not None
    assert forest.network_share == NETWORK_SHARE


def test_looks_at_the_measuring_set_are_counted_and_have_a_reason() -> None:
    looks = tomllib.loads((ROOT / "training" / "looks.toml").read_text(encoding="utf-8"))["look"]
    assert len(looks) <= MOST_LOOKS
    assert all(look["what"] and look["why"] and len(look["model"]) in {0, 64} for look in looks)


@pytest.mark.parametrize("name", ["mobilitynet", "ssi"])
def test_the_rows_of_a_set_give_the_figures_of_the_card(name: str) -> None:
    with (ROOT / "training" / "figures" / "left_out.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["set"] == name]
    found = figures_of(
        [row["truth"] for row in rows],
        [row["guess"] for row in rows],
        np.array([float(row["probability"]) for row in rows]),
        np.array([float(row["path_m"]) for row in rows]),
    )
    card = (ROOT / "training" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"| {name} | {found.legs} | {found.accuracy:.3f} | {found.macro_f1:.3f} |" in card
