"""Figures of one set: ours and others on the same legs, as plain JSON."""

from __future__ import annotations

import csv
import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy import lengths, ours, peers, stops, trackintel_peer
from benchmarks.accuracy.figures import (
    bootstrap,
    calibration,
    cost,
    day_of,
    reliability,
    table_of,
    user_of,
)
from benchmarks.accuracy.ours import Naming
from benchmarks.accuracy.pictures import OURS
from benchmarks.accuracy.score import FIVE, Row, Score, class_of, scorable, score
from benchmarks.accuracy.truth import Leg, Trace, haversine_m, word
from geowallet.track.pipeline import SourcedFixes, analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from benchmarks.accuracy.score import Guess

MOTORISED = frozenset({"car", "bus", "rail"})
EXAMPLES = 2
"""Wrong legs told of each mode."""


def of_rows(rows: Sequence[Row]) -> dict[str, Any]:
    """Return every figure of given legs."""
    table = table_of(rows)
    bins, error = reliability(rows)
    wrong = cost(rows)
    by: Callable[[Row], object] = user_of if len({row.leg.user for row in rows}) > 5 else day_of
    metres = sum(row.leg.path_m for row in rows)
    return {
        "legs": len(rows),
        "people": len({row.leg.user for row in rows}),
        "accuracy": table.accuracy,
        "accuracy_95": bootstrap(rows, lambda drawn: table_of(drawn).accuracy, by=by),
        "macro_f1": table.macro_f1,
        "macro_f1_95": bootstrap(rows, lambda drawn: table_of(drawn).macro_f1, by=by),
        "drawn_by": "people" if by is user_of else "days",
        "by_distance": sum(r.leg.path_m for r in rows if r.truth == r.guess) / metres,
        "f1": {name: table.f1(name) for name in table.classes},
        "cells": [[truth, guess, weight] for (truth, guess), weight in table.cells.items()],
        "classes": list(table.classes),
        "bins": [[b.confidence, b.right, b.legs] for b in bins],
        "ece": error,
        "motorised_km": wrong.motorised_m / 1000,
        "motorised_as_soft": wrong.motorised_as_soft,
        "soft_as_motorised": wrong.soft_as_motorised,
        "unknown": wrong.unknown,
        "decided": wrong.decided,
        "two_classes": _two(rows),
    }


def _two(rows: Sequence[Row]) -> float:
    """Return how often muscle and motor are told apart."""
    side = {**dict.fromkeys(MOTORISED, "motorised"), "walk": "soft", "bike": "soft"}
    return float(np.mean([side[r.truth] == side.get(r.guess, r.guess) for r in rows]))


def of_whole(found: Score) -> dict[str, Any]:
    """Return the figures of a whole chain."""
    sure = calibration(found.rows)
    return {
        "time": found.time.accuracy,
        "time_macro_f1": found.time.macro_f1,
        "moving": found.moving.accuracy,
        "moving_macro_f1": found.moving.macro_f1,
        "distance": found.distance.accuracy,
        "legs": found.legs.accuracy,
        "change_precision": found.change_precision,
        "change_recall": found.change_recall,
        "changes": list(found.changes),
        "motorised_as_soft": _soft_metres(found),
        "ece": sure.error,
        "ece_honest": sure.honest,
        "ece_claimed": sure.claimed,
        "too_sure": sure.gap,
        "bins": [[b.confidence, b.right, b.legs] for b in reliability(found.rows)[0]],
    }


def _soft_metres(found: Score) -> float:
    cells = found.distance.cells
    motorised = sum(m for (truth, _), m in cells.items() if truth in MOTORISED)
    soft = sum(m for (t, g), m in cells.items() if t in MOTORISED and g in {"walk", "bike"})
    return soft / motorised if motorised else float("nan")


WAYS = {
    OURS: Naming.TOGETHER,
    f"{OURS}, a wallet that read habits": Naming.HABITS,
    f"{OURS}, each stretch alone": Naming.ALONE,
}
"""How legs from raw fixes are named, as the page calls it."""


def of_set(
    traces: Mapping[str, Trace],
    legs: Sequence[Leg],
    *,
    seen: bool,
    more: Mapping[str, Iterable[Guess]] | None = None,
    trackintel: Path | None = None,
) -> dict[str, Any]:
    """Return the figures of a labelled set.

    Args:
        traces: By user.
        legs: That can be scored.
        seen: Whether the model that ships was fitted on it.
        more: Whole chains of others, by name.
        trackintel: Its interpreter, or None.
    """
    scored = partial(score, traces, legs)
    mine = scored(ours.of_given_legs(traces, legs))
    given = {"geowallet": of_rows(mine.rows) | {"seen": seen}}
    for name, rule in peers.RULES.items():
        given[name] = of_rows(scored(peers.by_rule(rule, traces, legs)).rows) | {"seen": False}
    whole = {}
    for who, naming in WAYS.items():
        told = ours.of_whole_traces(ours.analysed(traces, naming))
        whole[who] = of_whole(scored(list(told)))
    for name, said in (more or {}).items():
        whole[name] = of_whole(scored(list(said)))
    two = {name: figures["two_classes"] for name, figures in given.items()}
    if trackintel is not None:
        wanted = scorable(legs)
        coarse = trackintel_peer.two_classes(trackintel, traces, wanted)
        right = [
            guess.mode == ("motorised" if class_of(leg.mode) in MOTORISED else "soft")
            for leg, guess in zip(wanted, coarse, strict=True)
        ]
        two["trackintel"] = float(np.mean(right))
    return {"given": given, "whole": whole, "two": two, "failures": failures(mine.rows, traces)}


def failures(rows: Sequence[Row], traces: Mapping[str, Trace]) -> list[str]:
    """Return the longest wrong legs of each mode, told without place and time."""
    told = []
    for truth in FIVE:
        wrong = [row for row in rows if row.truth == truth != row.guess]
        for row in sorted(wrong, key=lambda row: -row.leg.path_m)[:EXAMPLES]:
            leg, trace = row.leg, traces[row.leg.user]
            inside = (trace.time_s >= leg.start_s) & (trace.time_s <= leg.end_s)
            every_s = float(np.median(np.diff(trace.time_s[inside])))
            minutes = (leg.end_s - leg.start_s) / 60
            said = {"none": "nothing", "other": "unknown or another mode"}.get(row.guess, row.guess)
            sure = f", {100 * row.confidence:.0f} % sure" if row.confidence > 0 else ""
            told.append(
                f"{word(leg.mode)} called {said}{sure}: {leg.path_m / 1000:.1f} km in "
                f"{minutes:.0f} min ({leg.path_m / 1000 / minutes * 60:.0f} km/h), "
                f"a fix every {every_s:.0f} s"
            )
    return told


def left_out(path: Path, name: str) -> dict[str, Any] | None:
    """Return the figures of legs told by models that had not seen the set, or None.

    Reads ``set,user,start,end,truth,guess,probability,path_m`` as training writes it.
    """
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        found = [row for row in csv.DictReader(stream) if row["set"] == name]
    rows = [
        Row(
            Leg(r["user"], float(r["start"]), float(r["end"]), r["truth"], 0, float(r["path_m"])),
            class_of(r["truth"]),
            class_of(r["guess"]) if r["guess"] != "unknown" else "other",
            float(r["probability"]),
        )
        for r in found
        if class_of(r["truth"]) in FIVE and word(r["truth"]) != "run"
    ]
    return of_rows(rows) | {"seen": False} if rows else None


def simulated(folder: Path, *, most: int) -> tuple[dict[str, Trace], list[Leg]]:
    """Return traces and legs of simulated days (``*.npz`` of ``training.simulation``)."""
    traces: dict[str, Trace] = {}
    legs: list[Leg] = []
    for path in sorted(folder.glob("*.npz"))[:most]:
        with np.load(path, allow_pickle=False) as day:
            time_s = day["time_us"] / 1e6
            lat, lon = day["lat_deg"], day["lon_deg"]
            step_m = np.concatenate(([0.0], haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:])))
            along_m = np.cumsum(step_m)
            traces[path.stem] = Trace(time_s, lat, lon, day["accuracy_m"], along_m)
            for start_us, end_us, mode in zip(
                day["start_us"], day["end_us"], day["mode"], strict=True
            ):
                rows = (time_s >= start_us / 1e6) & (time_s <= end_us / 1e6)
                inside = np.flatnonzero(rows)
                if len(inside) < 10:
                    continue
                path_m = float(along_m[inside[-1]] - along_m[inside[0]])
                span = float(time_s[inside[0]]), float(time_s[inside[-1]])
                if path_m >= 100 and span[1] - span[0] >= 60:
                    legs.append(Leg(path.stem, *span, str(mode), len(inside), path_m))
    return traces, legs


def of_lengths(found: Iterable[lengths.Measured]) -> list[dict[str, Any]]:
    """Return the figures of lengths by source of truth and cadence."""
    groups: dict[tuple[str, float], list[lengths.Measured]] = {}
    for one in found:
        groups.setdefault((one.kind, one.cadence_s), []).append(one)
    return [
        {
            "kind": kind,
            "cadence_s": cadence_s,
            "rides": len(rides),
            "devices": len({one.group for one in rides}),
            "km": sum(one.true_m for one in rides) / 1000,
            "median_error": float(np.median([abs(one.error) for one in rides])),
            "median": float(np.median([one.error for one in rides])),
            "mean": float(np.mean([one.error for one in rides])),
            "mean_95": _interval([one.error for one in rides], [one.group for one in rides]),
            "within_1": _within(rides, 1.0),
            "within_2": _within(rides, 2.0),
            "chords_median_error": float(
                np.median([abs(one.chords_m / one.true_m - 1) for one in rides])
            ),
            "chords_median": float(np.median([one.chords_m / one.true_m - 1 for one in rides])),
            "errors_percent": [round(100 * one.error, 2) for one in rides],
        }
        for (kind, cadence_s), rides in sorted(groups.items())
    ]


def _within(rides: Sequence[lengths.Measured], most: float) -> float:
    return float(np.mean([abs(one.metres - one.true_m) <= most * one.sd_m for one in rides]))


def _interval(values: Sequence[float], groups: Sequence[str]) -> tuple[float, float]:
    """Return the middle 95 % of the mean over groups drawn again and again."""
    rng = np.random.default_rng(1)
    owned = [
        [v for v, g in zip(values, groups, strict=True) if g == name] for name in sorted({*groups})
    ]
    means = [
        np.mean(np.concatenate([owned[n] for n in rng.integers(0, len(owned), len(owned))]))
        for _ in range(500)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def of_stops(trackintel: Path | None, *, lives: int, rides: int) -> dict[str, Any]:
    """Return how generated stops fared with us and with trackintel, on the same fixes."""
    totals: dict[str, list[stops.Found]] = {}
    spent_s: dict[str, float] = {}
    fixes = 0
    for seed in range(lives):
        life = stops.life(rides=rides, seed=seed)
        fixes += len(life.fixes)
        begun = time.process_time()
        analysis = analyse([SourcedFixes("0" * 64, "", life.fixes)])
        spent_s["geowallet"] = spent_s.get("geowallet", 0.0) + time.process_time() - begun
        claimed = [(s.start_us / 1e6, s.end_us / 1e6) for s in analysis.stops if s.is_activity]
        totals.setdefault("geowallet", []).append(stops.found_of(life.stops, claimed))
        if trackintel is not None:
            question = {
                "time_s": (life.fixes.time_us / 1e6).tolist(),
                "lat_deg": life.fixes.lat_deg.tolist(),
                "lon_deg": life.fixes.lon_deg.tolist(),
            }
            answer = trackintel_peer.ask(trackintel, question)
            spent_s["trackintel"] = spent_s.get("trackintel", 0.0) + answer["seconds"]
            spans = [(span[0], span[1]) for span in answer["stops"]]
            totals.setdefault("trackintel", []).append(stops.found_of(life.stops, spans))
    return {
        "fixes": fixes,
        "programs": {
            name: {
                "true": sum(f.true for f in found),
                "found": sum(f.found for f in found),
                "claimed": sum(f.claimed for f in found),
                "merged": sum(f.merged for f in found),
                "seconds": spent_s[name],
            }
            for name, found in totals.items()
        },
    }


def write(path: Path, what: dict[str, Any]) -> None:
    """Write figures as JSON, rounded so that nothing but figures can be read from them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_rounded(what), indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value
