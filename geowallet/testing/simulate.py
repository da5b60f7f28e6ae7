"""A month of one invented employee, as files of a phone and a watch, with the truth.

    python -m geowallet.testing.simulate OUT

writes the folder ``samples/simulated-month`` anew. The same seed gives the same
bytes: no clock is read, and no randomness but the seed's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from geowallet.model.calendar import local_time
from geowallet.testing.simulate_diary import MONTH, ZONE
from geowallet.testing.simulate_files import csv, geojson, gpx_10, gpx_11, gzipped, plt
from geowallet.testing.simulate_journey import Journey, live_the_month
from geowallet.testing.simulate_receiver import Sample, phone, watch
from geowallet.testing.simulate_truth import truth_of

SEED = 2026_05
"""The seed of the published month."""

PLT_DAY = 16
"""The day of the month that the phone writes as PLT."""

Writer = Callable[..., bytes]

_WEEKS: tuple[tuple[int, str, Writer], ...] = (
    (10, ".csv", csv),
    (17, ".geojson.gz", geojson),
    (24, ".gpx", gpx_10),
    (31, ".csv.gz", csv),
)
"""What the phone writes up to that day of the month, and in which format."""


def simulated_month(*, seed: int = SEED) -> dict[str, bytes]:
    """Return the files of the month by relative name, ``truth.json`` among them."""
    journeys = live_the_month(seed=seed)
    files = dict(_phone_files(phone(journeys, seed=seed)))
    files.update(_watch_files(journeys, seed=seed))
    truth = json.dumps(truth_of(journeys, seed=seed), indent=1, ensure_ascii=False)
    files["truth.json"] = (truth + "\n").encode()
    return files


def write_month(folder: Path, *, seed: int = SEED) -> tuple[Path, ...]:
    """Write the files of the month into ``folder`` and return their paths, sorted."""
    paths = []
    for name, content in simulated_month(seed=seed).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return tuple(sorted(paths))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m geowallet.testing.simulate")
    parser.add_argument("folder", type=Path, help="where the month is written")
    parser.add_argument("--seed", type=int, default=SEED, help="another month, the same plan")
    options = parser.parse_args(arguments)
    write_month(options.folder, seed=options.seed)


def _phone_files(samples: Iterable[Sample]) -> Iterable[tuple[str, bytes]]:
    by_day: dict[int, list[Sample]] = {}
    for sample in samples:
        by_day.setdefault(local_time(sample.time_s * 1_000_000, ZONE).day, []).append(sample)
    for day, of_day in by_day.items():
        suffix, write = next((s, w) for last, s, w in _WEEKS if day <= last)
        if day == PLT_DAY:
            suffix, write = ".plt", plt
        name = f"{MONTH}-{day:02d}"
        content = write(of_day, name=f"phone {name}")
        yield f"phone/{name}{suffix}", gzipped(content) if suffix.endswith(".gz") else content


def _watch_files(journeys: Sequence[Journey], *, seed: int) -> Iterable[tuple[str, bytes]]:
    for journey in journeys:
        if journey.outing.watch:
            samples = watch(journey, seed=seed)
            start = local_time(samples[0].time_s * 1_000_000, ZONE)
            name = f"{start:%Y-%m-%d-%H%M}"
            content = gpx_11(samples, name=f"watch {name}")
            yield f"watch/{name}.gpx.gz", gzipped(content)


if __name__ == "__main__":
    main()
