"""Tables of lengths and stops for the page."""

from __future__ import annotations

from typing import Any

from benchmarks.accuracy.markdown import percent, table
from benchmarks.accuracy.pictures import OURS

MAIN_KIND = "bikes, wheel sensor"
SPARSE_S = 30.0

Figures = dict[str, dict[str, Any]]


def rides_of(figures: Figures) -> list[dict[str, Any]]:
    """Return the figures of all lengths, empty where none was measured."""
    return list(figures.get("lengths", {}).get("lengths", []))


def ride_of(figures: Figures, kind: str, cadence_s: float) -> dict[str, Any] | None:
    """Return the figures of one source of truth at one cadence, or None."""
    wanted = (kind, cadence_s)
    return next((r for r in rides_of(figures) if (r["kind"], r["cadence_s"]) == wanted), None)


def length_table(figures: Figures) -> str:
    """Return lengths by source of the truth and by cadence."""
    head = ("truth", "rides, devices", "fix every", "median error", "bias", "within 1 sd")
    return table(
        (*head, "within 2 sd", "plain sum: median error, bias"),
        (
            (
                ride["kind"],
                f"{ride['rides']} of {ride['km']:.0f} km, {ride['devices']}",
                f"{ride['cadence_s']:.0f} s",
                percent(ride["median_error"], 2),
                _bias(ride),
                percent(ride["within_1"], 0),
                percent(ride["within_2"], 0),
                f"{percent(ride['chords_median_error'], 2)}, {100 * ride['chords_median']:+.2f} %",
            )
            for ride in sorted(rides_of(figures), key=lambda r: (_order(r["kind"]), r["cadence_s"]))
        ),
    )


def _bias(ride: dict[str, Any]) -> str:
    low, high = (100 * value for value in ride["mean_95"])
    return f"{100 * ride['mean']:+.2f} % ({low:+.1f} to {high:+.1f})"


def _order(kind: str) -> int:
    starts = ("vehicle", "bikes", "cars", "simulated", "drawn")
    return next((n for n, start in enumerate(starts) if kind.startswith(start)), len(starts))


def car_count(figures: Figures) -> str:
    """Return how many drives of cars have an odometer."""
    count = sum(r["rides"] for r in rides_of(figures) if r["kind"].startswith("vehicle"))
    return f"{count} drive{'' if count == 1 else 's'} over 2 km"


def stop_table(figures: Figures) -> str:
    """Return how generated stops fared."""
    measured = figures.get("stops", {}).get("stops", {})
    head = ("program", "true stops", "found", "claimed", "merged", "processor time")
    base = measured.get("programs", {}).get(OURS, {}).get("seconds") or 1.0
    return table(
        head,
        (
            (
                name,
                str(found["true"]),
                f"{found['found']} ({percent(found['found'] / found['true'])})",
                str(found["claimed"]),
                str(found["merged"]),
                "1" if name == OURS else f"{found['seconds'] / base:.0f} times ours",
            )
            for name, found in measured.get("programs", {}).items()
        ),
    )
