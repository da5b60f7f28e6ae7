"""What a map would change on simulated days: modes told without one, and with one.

    python -m training.map_gain SHARES.npz DAYS [--every N]

The days of the simulation lie nowhere, so each leg is given what a way by its mode follows on
a real map: one of those that `training.map_ways --out SHARES.npz` drew, best over extracts
that the tables were not measured on. That traces and maps are independent of each other, the
mode given, is assumed.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch
from zlib import crc32

import numpy as np

from geowallet.model.fixes import fixes_from
from geowallet.model.mobility import Mode
from geowallet.track.modes import classify
from geowallet.track.modes.classify import TOO_FEW, classify_legs
from geowallet.track.modes.mapped import Followed
from geowallet.track.modes.mapped_shares import LIKE
from geowallet.track.modes.surroundings import DrawnMap, Kind
from training.measure import FAMILIES, FIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.track.legs import Span
    from geowallet.track.modes.decide import Guess
    from geowallet.track.modes.surroundings import Surroundings
    from geowallet.track.motion import Path as Way

RAILS = (Mode.TRAM, Mode.SUBWAY, Mode.TRAIN)


@dataclass(frozen=True, slots=True)
class Told:
    """One leg: what it was, and what it is taken for."""

    truth: Mode
    guess: Guess

    @property
    def family(self) -> str:
        """Its family as it was, "" where it is not scored."""
        return FAMILIES.get(self.truth, "")

    @property
    def is_right(self) -> bool:
        """Whether the family is right."""
        return FAMILIES.get(self.guess.mode) == self.family


class Drawn:
    """What each leg of one day would follow."""

    def __init__(self, bounds_us: np.ndarray, shares: np.ndarray) -> None:
        self._bounds_us, self._shares = bounds_us, shares

    def followed(self, path: Way, spans: Sequence[Span], around: Surroundings) -> Followed:  # noqa: ARG002  in place of `mapped.followed`
        """Return the shares that the true leg in the middle of each span was given."""
        middle = np.array([path.instant_us((span.first + span.last) // 2) for span in spans])
        leg = np.searchsorted(self._bounds_us[:, 0], middle, side="right") - 1
        return Followed(self._shares[np.maximum(leg, 0)])


def day_told(path: Path, rides: Mapping[str, list[np.ndarray]]) -> list[tuple[Told, Told]]:
    """Return the legs of one day, told without and with a map."""
    with np.load(path) as stored:
        columns = {name: stored[name] for name in ("time_us", "lat_deg", "lon_deg")}
        more = {name: stored[name] for name in ("accuracy_m", "speed_mps")}
        bounds = np.column_stack((stored["start_us"], stored["end_us"]))
        modes = [Mode(name) for name in stored["mode"].tolist()]
    fixes = fixes_from(**columns, **more)
    chance = np.random.default_rng(crc32(path.name.encode()))
    shares = np.array([_drawn(LIKE.get(mode, mode), rides, chance) for mode in modes])
    plain = classify_legs(fixes, bounds)
    with patch.object(classify, "followed", Drawn(bounds, shares).followed):
        mapped = classify_legs(fixes, bounds, surroundings=DrawnMap({}))
    return [
        (Told(mode, before), Told(mode, after))
        for mode, before, after in zip(modes, plain, mapped, strict=True)
        if TOO_FEW not in before.reasons
    ]


def _drawn(
    mode: Mode, rides: Mapping[str, list[np.ndarray]], chance: np.random.Generator
) -> np.ndarray:
    maps = rides.get(mode)
    if not maps:
        return np.full(len(tuple(Kind)), np.nan)
    shares = maps[int(chance.integers(len(maps)))]
    return np.asarray(shares[int(chance.integers(len(shares)))])


def show(name: str, told: Sequence[Told]) -> None:
    """Print figures and confusions of some legs."""
    scored = [leg for leg in told if leg.family]
    claimed = [leg for leg in scored if leg.guess.mode is not Mode.UNKNOWN]
    right = sum(leg.is_right for leg in scored) / len(scored)
    sure = sum(leg.is_right for leg in claimed) / len(claimed)
    rails = [leg for leg in scored if leg.truth in RAILS]
    kind = sum(leg.guess.mode is leg.truth for leg in rails) / max(len(rails), 1)
    print(
        f"{name}: {len(scored)} legs, right {right:.3f}, of the claimed {sure:.3f}, "
        f"F1 {', '.join(f'{f} {_f1(scored, f):.2f}' for f in FIVE)}, "
        f"kind of rail right {kind:.2f} of {len(rails)}, off by {_error(claimed):.3f}"
    )
    for family in FIVE:
        row = [leg for leg in scored if leg.family == family]
        said = [FAMILIES.get(leg.guess.mode, "unknown") for leg in row]
        print(f"  {family}: { ({f: said.count(f) for f in (*FIVE, 'unknown')}) }")


def _f1(told: Sequence[Told], family: str) -> float:
    hits = sum(leg.is_right and leg.family == family for leg in told)
    both = sum(leg.family == family for leg in told)
    both += sum(FAMILIES.get(leg.guess.mode) == family for leg in told)
    return 2 * hits / max(both, 1)


def _error(told: Sequence[Told]) -> float:
    """Return how far promised probabilities and hits lie apart, in ten bins."""
    promised = np.array([leg.guess.probability for leg in told])
    hits = np.array([leg.is_right for leg in told])
    rank = np.minimum((10 * promised).astype(int), 9)
    bins = [rank == number for number in np.unique(rank)]
    return float(sum(abs(np.sum(hits[some]) - np.sum(promised[some])) for some in bins) / len(told))


def main() -> None:
    """Read the command line, tell the modes of all days, print."""
    parser = argparse.ArgumentParser(prog="training.map_gain", description=__doc__)
    parser.add_argument("shares", type=Path)
    parser.add_argument("days", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only each so many days")
    asked = parser.parse_args()
    rides: dict[str, list[np.ndarray]] = {}
    with np.load(asked.shares) as stored:
        for name in stored.files:
            rides.setdefault(name.split("|")[0], []).append(stored[name])
    days = sorted(asked.days.glob("*.npz"))[:: asked.every]
    told = [pair for path in days for pair in day_told(path, rides)]
    show("without a map", [before for before, _ in told])
    show("with a map", [after for _, after in told])


if __name__ == "__main__":
    main()
