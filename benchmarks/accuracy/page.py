"""The page of accuracy: prose from ``page.md``, figures from JSON, pictures as SVG."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.markdown import percent, plain, signed, table
from benchmarks.accuracy.page_lengths import (
    MAIN_KIND,
    SPARSE_S,
    Figures,
    car_count,
    length_table,
    ride_of,
    stop_table,
)
from benchmarks.accuracy.pictures import OURS, draw_errors, draw_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROSE = Path(__file__).with_name("page.md")
TITLES = {
    "geolife": "GeoLife, mostly Beijing",
    "mobilitynet": "MobilityNet, San Francisco Bay",
    "ssi": "SSI diaries, Netherlands",
    "simulated": "simulated days, networks not fitted on",
}
"""Labelled sets in the order of the page."""

TOLD = ("mobilitynet", "ssi", "simulated", "geolife")


def write(path: Path, folder: Path, *, looks: Path, trained: Path) -> None:
    """Write the page and its pictures.

    Args:
        path: The page.
        folder: Figures of every set as JSON; the pictures go there too.
        looks: Where looks at GeoLife are counted.
        trained: Folder of the figures that training wrote, by set left out.
    """
    figures: Figures = {
        file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")
    }
    parts = {
        "short": short(figures, trained),
        "lengths": length_table(figures),
        "stops": stop_table(figures),
        "given": given_table(figures),
        "given_notes": given_notes(figures),
        "unseen": unseen_table(trained),
        "whole": whole_table(figures),
        "costs": cost_table(figures),
        "pictures": draw_sets(folder, dict(_sets(figures, TITLES)), TITLES),
        "failures": failure_list(figures),
        "looks": look_table(looks),
        "car_count": car_count(figures),
        "circumstances": circumstances(figures),
    }
    ride = ride_of(figures, MAIN_KIND, SPARSE_S)
    draw_errors(folder, ride["errors_percent"] if ride else [])
    text = Template(PROSE.read_text(encoding="utf-8")).substitute(parts)
    path.write_text(text.rstrip() + "\n", encoding="utf-8")


def _sets(figures: Figures, names: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, figures[name]) for name in names if name in figures]


def short(figures: Figures, trained: Path) -> str:
    """Return the answers in one sentence each."""
    said = []
    dense, sparse = (ride_of(figures, MAIN_KIND, s) for s in (1.0, SPARSE_S))
    if dense and sparse:
        said.append(
            f"A metre: rides of {dense['km'] / dense['rides']:.0f} km come out within "
            f"{percent(dense['median_error'])} (median) with a fix a second, within "
            f"{percent(sparse['median_error'])} with one every {SPARSE_S:.0f} seconds."
        )
    found = figures.get("stops", {}).get("stops", {}).get("programs", {}).get(OURS)
    if found:
        said.append(
            f"A trip: {found['found']} of {found['true']} generated stops are found, "
            f"{found['merged']} are merged wrongly."
        )
    if "geolife" in figures:
        legs = figures["geolife"]["given"][OURS]
        said.append(
            f"A bus: of {legs['legs']:,} legs of {legs['people']} people whom the model never saw, "
            f"{percent(legs['accuracy'], 0)} get the right of five classes."
        )
    elif (trained / "mobilitynet.json").exists():
        legs = json.loads((trained / "mobilitynet.json").read_text(encoding="utf-8"))
        said.append(
            f"A bus: of {legs['legs']:,} legs of MobilityNet, left out of the fitting, "
            f"{percent(legs['accuracy'], 0)} get the right of five classes."
        )
    return " ".join(said)


def _interval(pair: Sequence[float]) -> str:
    return f"{pair[0]:.2f} to {pair[1]:.2f}"


def given_table(figures: Figures) -> str:
    """Return everybody's answers on the same given legs."""
    rows = []
    for name, found in _sets(figures, TITLES):
        for who, legs in sorted(found["given"].items(), key=lambda item: -item[1]["accuracy"]):
            mark = " (has seen this set)" if legs.get("seen") else ""
            two = found["two"].get(who, legs["two_classes"])
            rows.append(
                (
                    f"{TITLES[name]}: {legs['legs']:,} legs",
                    f"{_name(who)}{mark}",
                    f"{plain(legs['accuracy'])} ({_interval(legs['accuracy_95'])})",
                    plain(legs["macro_f1"]),
                    plain(legs["by_distance"]),
                    ", ".join(f"{name} {value:.2f}" for name, value in legs["f1"].items()),
                    plain(two),
                )
            )
        if "trackintel" in found["two"]:
            two = plain(found["two"]["trackintel"])
            rows.append((TITLES[name], "trackintel 1.4.2", "-", "-", "-", "-", two))
    head = ("set", "who", "accuracy (95 %)", "macro-F1", "by metres", "F1")
    return table((*head, "muscle or motor"), rows)


def unseen_table(trained: Path) -> str:
    """Return what models said of sets that they had not been fitted on."""
    found = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(trained.glob("*.json"))
    }
    head = ("left out", "legs", "accuracy", "macro-F1", "by metres", "calibration error")
    return table(
        (*head, "motorised called foot or bike", "unknown"),
        (
            (
                name,
                f"{legs['legs']:,}",
                plain(legs["accuracy"]),
                plain(legs["macro_f1"]),
                plain(legs["by_distance"]),
                plain(legs["ece"]),
                percent(legs["soft_share"], 2),
                percent(legs["unknown_share"]),
            )
            for name, legs in found.items()
            if isinstance(legs, dict) and {"legs", "soft_share"} <= set(legs)
        ),
    )


def given_notes(figures: Figures) -> str:
    """Return what must be said of the rows."""
    ways = {
        TITLES[name]: found["given"][OURS]["drawn_by"] for name, found in _sets(figures, TITLES)
    }
    drawn = "; ".join(f"{title}: {by}" for title, by in ways.items())
    return (
        "Intervals come from drawing whole people or days again and again, since legs of one are "
        f"alike ({drawn}). *Muscle or motor* is the share of legs for which these two are told "
        "apart; trackintel knows no finer classes. Dawarich's and Reitti's published default "
        "thresholds are applied to the same legs; the speed rule is what textbook speeds give."
    )


def whole_table(figures: Figures) -> str:
    """Return whole chains on raw fixes."""
    rows = [
        (
            TITLES[name],
            f"{_name(who)}{' (has seen this set)' if _seen(found, who) else ''}",
            f"{plain(whole['time'])}, {plain(whole['time_macro_f1'])}",
            f"{plain(whole['moving'])}, {plain(whole['moving_macro_f1'])}",
            f"{plain(whole['change_precision'])}, {plain(whole['change_recall'])}",
            plain(whole.get("ece")),
            plain(whole.get("ece_honest")),
            signed(whole.get("too_sure")),
        )
        for name, found in _sets(figures, TITLES)
        for who, whole in found["whole"].items()
    ]
    head = ("set", "who", "over time: accuracy, macro-F1", "over moving time")
    more = "changes of mode: precision, recall", "calibration error"
    return table((*head, *more, "of an honest model", "too sure by"), rows)


def _name(who: str) -> str:
    return f"**{who}**" if who.startswith(OURS) else who


def _seen(found: dict[str, Any], who: str) -> bool:
    """Return whether the model that ships had seen the set; others are never called by its name."""
    return who.startswith(OURS) and bool(found["given"][OURS].get("seen"))


def cost_table(figures: Figures) -> str:
    """Return what wrong answers cost."""
    rows = []
    for name, found in _sets(figures, TITLES):
        for who, legs in found["given"].items():
            mark = " (has seen this set)" if legs.get("seen") else ""
            rows.append(
                (
                    TITLES[name],
                    f"{_name(who)}{mark}",
                    f"{percent(legs['motorised_as_soft'], 2)} of {legs['motorised_km']:,.0f} km",
                    percent(legs["soft_as_motorised"], 2),
                    percent(legs["unknown"]),
                    plain(legs["decided"]),
                )
            )
    head = ("set", "who", "motorised called foot or bike", "foot or bike called motorised")
    return table((*head, "legs left unknown", "accuracy of the others"), rows)


def failure_list(figures: Figures) -> str:
    """Return examples of failure."""
    lines = []
    for name, found in _sets(figures, TOLD):
        if found["failures"]:
            lines.append(f"- {TITLES[name]}: " + "; ".join(found["failures"]) + ".")
    return "\n".join(lines) or "None measured yet."


def look_table(looks: Path) -> str:
    """Return how often GeoLife was looked at, and why."""
    if not looks.exists():
        return ""
    found = tomllib.loads(looks.read_text(encoding="utf-8")).get("look", [])
    head = (
        f"### Looks at GeoLife: {len(found)}\n\nNothing that ships is fitted on GeoLife, but who "
    )
    head += "looks at an examination often enough learns it. So every look is counted.\n\n"
    rows = (
        (
            str(look.get("date", "")),
            str(look.get("what", "")),
            str(look.get("why", "")),
            plain(look.get("accuracy")),
            plain(look.get("macro_f1")),
        )
        for look in found
    )
    return head + table(("date", "what", "why", "accuracy", "macro-F1"), rows)


def circumstances(figures: Figures) -> str:
    """Return when and with what each set was measured."""
    rows = (
        (
            TITLES.get(name, name),
            *(figures[name]["measured"][key] for key in ("date", "commit", "model", "machine")),
        )
        for name in sorted(figures)
    )
    return table(("set", "measured", "commit", "model", "machine"), rows)
