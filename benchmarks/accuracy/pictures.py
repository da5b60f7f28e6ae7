"""The pictures of the page, one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.accuracy import svg
from benchmarks.accuracy.figures import Bin
from benchmarks.accuracy.markdown import percent
from benchmarks.accuracy.score import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

OURS = "geowallet"
HONEST = "geowallet, fitted without this set"


def draw_errors(folder: Path, errors_percent: Sequence[float]) -> None:
    """Write the histogram of errors of lengths."""
    drawn = svg.errors("Bicycles, a fix every 30 s", errors_percent)
    (folder / "lengths.svg").write_text(drawn, encoding="utf-8")


def draw_sets(folder: Path, sets: Mapping[str, dict[str, Any]], titles: Mapping[str, str]) -> str:
    """Write the pictures of labelled sets and return the lines that show them."""
    return "\n".join(line for n in sets for line in _drawn(folder, n, sets[n], titles[n])).rstrip()


def _drawn(folder: Path, name: str, found: dict[str, Any], title: str) -> list[str]:
    who = HONEST if HONEST in found["given"] else OURS
    legs = found["given"][who]
    cells = Table(tuple(legs["classes"]), {(t, g): float(w) for t, g, w in legs["cells"]})
    bins = [Bin(*values) for values in legs["bins"]]
    head = f"{title.split(',', maxsplit=1)[0]}{' (has seen it)' if legs.get('seen') else ''}"
    values = [
        (other, float(row["accuracy"]), other.startswith(OURS))
        for other, row in sorted(found["given"].items(), key=lambda item: -item[1]["accuracy"])
    ]
    drawings = {
        "reliability": (
            "Stated confidence against hits",
            svg.reliability(head, bins, legs["ece"] or 0.0),
        ),
        "confusion": ("Truth against answers", svg.confusion(head, cells)),
        "accuracy": ("Accuracy of everybody", svg.bars(f"{head}: accuracy", values)),
    }
    whole = found["whole"].get(OURS, {})
    if whole.get("bins"):
        bins = [Bin(*values) for values in whole["bins"]]
        mark = " (has seen it)" if found["given"][OURS].get("seen") else ""
        head = f"{title.split(',', maxsplit=1)[0]}{mark}: raw fixes"
        drawn = svg.reliability(head, bins, whole["ece"])
        drawings["found"] = ("Stated confidence against hits, from raw fixes", drawn)
    lines = [f"**{title}** ({who}): mean gap {percent(legs['ece'])}.\n"]
    for file, (what, drawing) in drawings.items():
        (folder / f"{name}-{file}.svg").write_text(drawing, encoding="utf-8")
        lines.append(f"![{what}: {title}](accuracy/{name}-{file}.svg)\n")
    return lines
