from __future__ import annotations

from importlib import resources

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.mobility import Mode
from geowallet.track.modes.shipped import NAME, shipped_forest
from geowallet.track.pipeline import algorithms
from tests.track.modes.forests import forest_of


def shipped_bytes() -> bytes:
    return (resources.files("geowallet.track.modes") / NAME).read_bytes()


class TestShippedForest:
    """Promise: under 2 MB, no pickle, and its digest in the evidence of every classification."""

    def test_is_read_from_the_package_once(self) -> None:
        forest = shipped_forest()
        assert forest is shipped_forest()
        assert forest.digest == sha256_hex(shipped_bytes())
        assert len(shipped_bytes()) < 2_000_000

    def test_tells_the_modes_that_matter_apart(self) -> None:
        forest = shipped_forest()
        wanted = {Mode.WALK, Mode.BIKE, Mode.CAR, Mode.BUS, Mode.TRAM, Mode.SUBWAY, Mode.TRAIN}
        assert wanted <= {Mode(name) for name in forest.classes}

    def test_changes_the_digest_of_the_method(self) -> None:
        def mode(*forest: object) -> str:
            (found,) = [a for a in algorithms(*forest) if a.name.endswith(".mode")]  # type: ignore[arg-type]  # one forest or none
            return found.parameters_sha256

        assert mode() == mode(shipped_forest()) != mode(forest_of())
