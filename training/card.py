"""The model card: what the model was fitted on, under which terms, and how well it does."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geowallet.track.modes.fitting import Growth
    from geowallet.track.modes.network import Network
    from training.measure import Figures
    from training.stages import Heard

GROWN = (
    "Gradient boosted trees (LightGBM, two forests of {rounds} rounds and {leaves} leaves, "
    "averaged), run on numpy. Simulated legs are half of the weight, real sets the other half by "
    "the root of their sizes; then every class has the share that `training/recipe.py` states."
)

TAUGHT = (
    "Beside the trees a network of {weights:,} weights reads the path in rows of ten seconds "
    "(convolutions that reach {reach} rows back and ahead, `geowallet/track/modes/network.py`); a "
    "leg gets the mean over its rows, and half of the word. It was taught the simulation alone, "
    "seen through several receivers (`training/courses.py`), with its numbers rounded as they run."
)

SCORED = (
    "Each set is scored by trees that had not seen it, only the others and the simulation, and the "
    "network, which saw none; the simulation by roads and seeds of its own, once more between high "
    "houses, by random pieces of its long legs, and by travellers with rarer rides (*broad*). "
    "*Soft* are motorised metres taken for foot or bike."
)

RECORDERS = (
    "Sport files of open-source projects (FIT and TCX; the sport chosen on the device) and drives "
    "of cars' own logs"
)

SIMULATION = (
    "training/simulation: Eclipse SUMO traffic and rail kinematics with receivers of several "
    "kinds; some travellers with rarer rides (`training/simulation/broad.py`); some days once more "
    "between high houses (`training/reflections.py`), some as random pieces of long legs "
    "(`training/variants.py`); ranges from the literature"
)

TERMS: Mapping[str, tuple[str, str]] = {
    "mobilitynet": (
        "MobilityNet (scripted trips, San Francisco Bay Area, 2019-2020; one traveller, 4 phones)",
        "BSD-3-Clause repository; the data lie in the same repository",
    ),
    "ssi": (
        "ESSnet Smart Surveys geoservice (diary-labelled, Netherlands, 2024; three accounts)",
        "EUPL-1.2",
    ),
    "goal": (
        "GOAL, GPS-ordered activity labels (delivery agents; on foot and driving, metres only)",
        "CC-BY-4.0",
    ),
    "recorders": (
        RECORDERS,
        "MIT, BSD or Apache-2.0 of the projects; TeslaFi samples of TeslaMate (AGPL-3.0)",
    ),
    "simulation": (
        SIMULATION,
        "ours",
    ),
}

LIMITS = """\
- Positions do not tell an e-bike or an e-scooter from a bike, a motorcycle or a taxi from a car,
  nor driver from passenger. The model says the nearest; what the owner owns decides the rest.
- Buses in their own lane or on empty roads look like cars, cars in stop-and-go traffic like
  buses; trams in the street like buses.
- A subway that is recorded only above ground looks like a car on an empty road; one recorded
  only at its stations is little more than two points.
- Ferries and aeroplanes are known from simulation alone, trams and subways nearly so: the real
  sets hold few of them.
- The real sets are few travellers in few cities. Figures of a set with some dozen legs move by
  five points when three legs do.
- Long rides on a sports bike are taken for a car, or left unknown, one time in five where only
  simulated ones were taught (`recorders`, left out).
- Cars on a motorway or country road at 1 Hz (UAH-DriveSet) are called buses up to five times in
  21, as seeds, batches of the simulation and what is hidden from the network have it.
- A metro above the ground and a regional train over the same distance are told apart by shares
  that the recipe states (`BROAD_SHARE`), not by what they do.
- Runs are taken for rides by bike: 22 to 37 of a hundred minutes of simulated runs from raw fixes,
  as the receiver has it; 0.5 to 3 of a hundred of such rides are taken for runs. Figures of moving
  time leave runs out.
- Drives of a minute between doors (deliveries) are taken for walks more often than any other.
- Below a fix in twenty seconds the confidence is lower and the claims fewer.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What fitting measured.

    Attributes:
        digest: SHA-256 of the artefact, hex.
        size: Its bytes.
        legs: How many legs each set taught, before blurring.
        figures: Of each set, from trees that had not seen it.
        bands: Temperatures by cadence.
        growth: How the trees were grown.
        reliability: Mean confidence, share right and count of each tenth.
        outside: What was said of each real set that was left out.
        network: What reads the path beside the trees.
    """

    digest: str
    size: int
    legs: Mapping[str, int]
    figures: Mapping[str, Figures]
    bands: Sequence[Mapping[str, object]]
    growth: Growth
    reliability: Mapping[str, Sequence[tuple[float, float, int]]]
    outside: Mapping[str, Heard]
    network: Network


def card_of(made: Made, looks: Path) -> str:
    """Return the card as Markdown."""
    return "\n".join(
        (
            "# The model of travel modes",
            "",
            f"Digest (SHA-256): `{made.digest}`, {made.size:,} bytes. Written by `./dev train`.",
            "",
            GROWN.format(rounds=made.growth.rounds, leaves=made.growth.leaves),
            "",
            TAUGHT.format(
                weights=sum(layer.weight.size for layer in made.network.layers),
                reach=made.network.reach,
            ),
            "",
            "## Data and terms",
            "",
            *_table(
                ("set", "what", "terms", "legs"),
                [(n, *TERMS[n], f"{count:,}") for n, count in made.legs.items()],
            ),
            "",
            "GeoLife and UAH-DriveSet only measure: nothing here is fitted on them.",
            "",
            "## Figures of legs given, five classes",
            "",
            SCORED,
            "",
            *_table(
                ("set", "legs", "accuracy", "macro-F1", "by metres", "ECE", "soft", "unknown"),
                [_row(name, found) for name, found in made.figures.items()],
            ),
            "",
            "## Confusion",
            "",
            *(line for name, found in made.figures.items() for line in _confusion(name, found)),
            "## Calibration",
            "",
            *_table(
                ("cadence up to", "temperature"),
                [(_cadence(b["cadence_s_up_to"]), str(b["temperature"])) for b in made.bands],
            ),
            "",
            *(line for n, every in made.reliability.items() for line in _reliability(n, every)),
            "## Known failures",
            "",
            LIMITS,
            "## Looks at GeoLife",
            "",
            *_looks(looks),
            "",
        )
    )


def _row(name: str, found: Figures) -> tuple[str, ...]:
    return (
        name,
        f"{found.legs:,}",
        f"{found.accuracy:.3f}",
        f"{found.macro_f1:.3f}",
        f"{found.by_distance:.3f}",
        f"{found.ece:.3f}",
        f"{100 * found.soft_share:.2f} %",
        f"{100 * found.unknown_share:.1f} %",
    )


def _confusion(name: str, found: Figures) -> list[str]:
    said = sorted({word for row in found.confusion.values() for word in row})
    rows = [
        (truth, *(str(row.get(word, 0)) for word in said)) for truth, row in found.confusion.items()
    ]
    return [f"{name} (rows are the truth):", "", *_table(("", *said), rows), ""]


def _reliability(name: str, every: Sequence[tuple[float, float, int]]) -> list[str]:
    rows = [(f"{sure:.2f}", f"{right:.2f}", str(count)) for sure, right, count in every]
    return [f"{name}, all classes:", "", *_table(("confidence", "right", "legs"), rows), ""]


def _looks(looks: Path) -> list[str]:
    entries = tomllib.loads(looks.read_text(encoding="utf-8")).get("look", [])
    names = ("date", "what", "why", "accuracy", "macro_f1")
    rows = [tuple(str(entry.get(name, "")) for name in names) for entry in entries]
    text = f"{len(rows)} in all, each written down before it was taken (`training/looks.toml`)."
    return [text, "", *_table(("date", "what", "why", "accuracy", "macro-F1"), rows)]


def _cadence(limit: object) -> str:
    return "any" if limit is None else f"{limit} s"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]
