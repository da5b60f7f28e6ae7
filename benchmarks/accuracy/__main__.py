"""Measure everything on every set that is given, and write ``docs/accuracy.md``.

    ./dev accuracy --data DIR [--sets mobilitynet,ssi,...] [--quick]

``DIR`` holds ``labelled/SET`` and ``corpus``. A set that is not there is skipped by name,
and the page keeps the figures of its last measurement. GeoLife measures models that
were never fitted on it, so every look at it is counted: it needs ``--count-look "why"``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from benchmarks.accuracy import lengths, measure, page, peers, trackintel_peer
from benchmarks.accuracy.truth import read_set
from geowallet.track.modes.shipped import shipped_forest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.accuracy.truth import Trace

ROOT = Path(__file__).parent.parent.parent
FIGURES = ROOT / "docs" / "accuracy"
LOOKS = ROOT / "training" / "looks.toml"
LEFT_OUT = ROOT / "training" / "figures" / "left_out.csv"
SETS = ("lengths", "stops", "mobilitynet", "ssi", "simulated", "geolife")
COUNTED = "geolife"
FITTED_ON = frozenset({"mobilitynet", "ssi"})
"""Labelled sets that the model that ships has seen."""

OPENPATH = {
    "gis_9b679e3": "OpenPATH with transit map and motion sensor",
    "master_9b70c97": "OpenPATH, its main branch",
}
"""Branches whose output MobilityNet publishes beside its traces."""


def main() -> None:
    """Measure and write."""
    chosen = _arguments()
    wanted = chosen.sets.split(",") if chosen.sets else [s for s in SETS if s != COUNTED]
    unknown = sorted(set(wanted) - set(SETS))
    if unknown:
        raise SystemExit(f"no such set: {', '.join(unknown)}; there are {', '.join(SETS)}")
    if COUNTED in wanted and not chosen.count_look:
        raise SystemExit(f'{COUNTED} only measures: say why with --count-look "..."')
    peer = None if chosen.page_only else _trackintel(install=not chosen.no_install)
    for name in () if chosen.page_only else wanted:
        found = _measured(name, chosen, peer)
        if found is None:
            print(f"{name}: not there, skipped")
            continue
        measure.write(FIGURES / f"{name}.json", found | {"measured": _circumstances()})
        print(f"{name}: measured")
    page.write(ROOT / "docs" / "accuracy.md", FIGURES, looks=LOOKS, trained=LEFT_OUT.parent)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="folder of the sets")
    parser.add_argument("--sets", default="", help=f"some of {', '.join(SETS)}, by commas")
    parser.add_argument("--quick", action="store_true", help="fewer generated rides and days")
    parser.add_argument("--simulated", type=Path, help="simulated days that nothing was fitted on")
    parser.add_argument("--clean", type=Path, help="simulated days without error, for lengths")
    parser.add_argument("--openpath", type=Path, help="OpenPATH's sections: BRANCH/USER/*.json")
    parser.add_argument("--count-look", default="", help="why GeoLife is looked at once more")
    parser.add_argument("--page-only", action="store_true", help="write the page, measure nothing")
    parser.add_argument("--no-install", action="store_true", help="do not install other programs")
    return parser.parse_args()


def _measured(name: str, chosen: argparse.Namespace, peer: Path | None) -> dict[str, Any] | None:
    """Return the figures of one set, or None where it is not there."""
    if name == "lengths":
        rides = list(_rides(chosen.data, quick=chosen.quick))
        rides += lengths.traffic(chosen.clean) if chosen.clean else []
        return {"lengths": measure.of_lengths(rides)}
    if name == "stops":
        lives, each = (2, 60) if chosen.quick else (6, 121)
        return {"stops": measure.of_stops(peer, lives=lives, rides=each)}
    if name == "simulated":
        folder = chosen.simulated
        if folder is None or not any(folder.glob("*.npz")):
            return None
        traces, legs = measure.simulated(folder, most=40 if chosen.quick else 400)
        return measure.of_set(traces, legs, seen=False, trackintel=peer)
    folder = chosen.data / "labelled" / name
    if not (folder / "labels.csv").exists():
        return None
    if name == COUNTED:
        _announce(chosen.count_look)
    traces, legs = read_set(folder)
    more = dict(_openpath(chosen.openpath, traces)) if name == "mobilitynet" else {}
    seen = name in FITTED_ON
    found = measure.of_set(traces, legs, seen=seen, more=more, trackintel=peer)
    honest = measure.left_out(LEFT_OUT, name)
    if honest is not None:
        found["given"]["geowallet, fitted without this set"] = honest
    if name == COUNTED:
        # Examples of single legs would teach, and belong to those who lent the set.
        found["failures"] = []
        _record(found["given"]["geowallet"])
    return found


def _rides(data: Path, *, quick: bool) -> Iterator[lengths.Measured]:
    corpus = data / "corpus"
    logs = [path for kind in ("teslafi", "openxc") for path in sorted((corpus / kind).glob("*"))]
    yield from lengths.vehicles(logs)
    yield from lengths.wheels(corpus / "fit")
    drives = data / "labelled" / "uah" / "gps.csv.gz"
    if drives.exists():
        yield from lengths.receivers(drives)
    rides = 1 if quick else 4
    yield from lengths.drawn(rides=rides)
    yield from lengths.drawn(rides=rides, speed_sd_mps=0.2)


def _openpath(folder: Path | None, traces: dict[str, Trace]) -> Iterator[tuple[str, Any]]:
    root = folder or user_cache_path("geowallet-peers") / "openpath"
    for branch, name in OPENPATH.items():
        if (root / branch).is_dir():
            yield name, list(peers.openpath(root / branch, sorted(traces)))


def _trackintel(*, install: bool) -> Path | None:
    try:
        return trackintel_peer.interpreter(install=install)
    except trackintel_peer.NoPeerError:
        print("trackintel: not there, skipped")
        return None


def _announce(why: str) -> None:
    """Count a look before anything is scored."""
    with LOOKS.open("a", encoding="utf-8") as stream:
        stream.write(f"\n[[look]]\ndate = {_today()}\n")
        what = "legs given and end to end, by ./dev accuracy"
        for key, value in (("what", what), ("why", why), ("model", _digest())):
            stream.write(f"{key} = {json.dumps(value)}\n")


def _record(figures: dict[str, Any]) -> None:
    with LOOKS.open("a", encoding="utf-8") as stream:
        stream.write(f"accuracy = {figures['accuracy']:.4f}\n")
        stream.write(f"macro_f1 = {figures['macro_f1']:.4f}\nlegs = {figures['legs']}\n")


def _circumstances() -> dict[str, str]:
    """Return when, where and what was measured."""
    head = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(head, cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "date": _today(),
        "commit": commit.stdout.strip() or "unknown",
        "model": _digest()[:16],
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def _digest() -> str:
    return shipped_forest().digest


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


if __name__ == "__main__":
    main()
