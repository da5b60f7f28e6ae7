"""The page of performance: prose from ``page.md``, tables and a chart from JSON."""

from __future__ import annotations

import math
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.markdown import table
from benchmarks.accuracy.svg import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

PROSE = Path(__file__).with_name("page.md")
Measured = dict[str, Any]

_WIDTH, _HEIGHT, _PANEL = 680, 260, 250
_LEFT, _TOP, _BOTTOM = 60, 40, 40


def write(path: Path, measured: Measured) -> None:
    """Write the page and its chart."""
    daily, query = measured["daily"], measured["query"]
    parts = {
        "machine": measured["machine"],
        "reading": "\n\n".join(
            _reading(title, rows)
            for part in ("reading", "long_reading")
            for title, rows in measured[part].items()
        ),
        "memory": ", ".join(f"{name} {mb:.0f} MB" for name, mb in measured["memory"].items()),
        "engine": _standings(measured["engine"]),
        "long_engine": _standings(measured["long_engine"]) if measured["long_engine"] else "",
        "whole": _wallets(measured["whole"]),
        "long_whole": _wallets(measured["long_whole"]) if measured["long_whole"] else "",
        "beside": table(
            ("jobs", "processor, s", "clock, s"),
            [
                (str(row["jobs"]), f"{row['cpu_s']:.1f}", f"{row['wall_s']:.1f}")
                for row in measured["beside"]
            ],
        ),
        "many": f"{measured['beside'][0]['n']:,}",
        "growth": _growth(measured["growth"]),
        "watched": f"{measured['watch']['n']:,}",
        "watch": f"{measured['watch']['bytes']:.1f}",
        "empty": f"{daily['empty']:.2f}",
        "full": f"{daily['full']:.2f}",
        "daily": f"{daily['full'] / daily['empty']:.2f}",
        "held": f"{daily['fixes']:,}",
        "check": f"{daily['check']:.1f}",
        "query": table(
            ("way", "processor, ms"),
            [(row["name"], f"{row['cpu_s'] * 1000:.1f}") for row in query],
        ),
        "starting": table(
            ("command", "processor, ms", "times the bare interpreter"),
            [
                (row["name"], f"{row['cpu_s'] * 1000:.0f}", f"{row['ratio']:.1f}")
                for row in measured["starting"]
            ],
        ),
    }
    text = Template(PROSE.read_text(encoding="utf-8")).substitute(parts)
    path.write_text(text, encoding="utf-8")
    picture = path.parent / "performance" / "growth.svg"
    picture.write_text(growth_chart(measured["growth"]), encoding="utf-8")


def _reading(title: str, rows: Sequence[Measured]) -> str:
    return f"**{title}**\n\n{_standings(rows)}"


def _standings(rows: Sequence[Measured]) -> str:
    first = rows[0]["cpu_s"]
    return table(
        ("program", "start, ms", "thousand fixes a second", "times the first", "MB at the most"),
        [
            (
                row["name"],
                f"{row['start_s'] * 1000:.0f}",
                f"{row['rate'] / 1000:,.0f}",
                f"{first / row['cpu_s']:.1f}",
                f"{row['peak_mb']:.0f}",
            )
            for row in rows
        ],
    )


def _wallets(rows: Sequence[Measured]) -> str:
    first = rows[0]["rate"]
    return table(
        ("program", "thousand fixes a second", "times the first", "MB at the most", "bytes a fix"),
        [
            (
                row["name"],
                f"{row['rate'] / 1000:,.1f}",
                f"{row['rate'] / first:.1f}",
                f"{row['peak_mb']:.0f}",
                f"{row['bytes']:.1f}",
            )
            for row in rows
        ],
    )


def _growth(rows: Sequence[Measured]) -> str:
    return table(
        ("fixes", "processor, s", "microseconds a fix", "MB at the most", "bytes a fix"),
        [
            (
                f"{row['n']:,}",
                f"{row['cpu_s']:.1f}",
                f"{row['cpu_s'] / row['n'] * 1e6:.1f}",
                f"{row['peak_mb']:.0f}",
                f"{row['bytes']:.1f}",
            )
            for row in rows
        ],
    )


def growth_chart(rows: Sequence[Measured]) -> str:
    """Return processor seconds and memory over the number of fixes, both scales logarithmic."""
    drawing = Drawing(_WIDTH, _HEIGHT, "Growth")
    numbers = [row["n"] for row in rows]
    for panel, (title, column) in enumerate((("processor, s", "cpu_s"), ("MB", "peak_mb"))):
        left = _LEFT + panel * _WIDTH / 2
        _panel(drawing, title, left, numbers, [row[column] for row in rows])
    return str(drawing)


def _panel(
    drawing: Drawing, title: str, left: float, numbers: Sequence[int], values: Sequence[float]
) -> None:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(numbers[0]), math.log10(numbers[-1])

    def height_of(power: float) -> float:
        return _TOP + (1 - (power - low) / max(high - low, 1)) * (_HEIGHT - _TOP - _BOTTOM)

    points = [
        (left + (math.log10(n) - first) / (last - first) * _PANEL, height_of(math.log10(value)))
        for n, value in zip(numbers, values, strict=True)
    ]
    drawing.text(left, _TOP - 16, title, kind="h")
    for power in range(low, high + 1):
        y = height_of(power)
        drawing.line([(left, y), (left + _PANEL, y)], "a")
        drawing.text(left - 6, y + 4, f"{10**power:g}", kind="s", anchor="end")
    drawing.line(points, "l")
    for (x, y), n in zip(points, numbers, strict=True):
        drawing.dot(x, y, 3, "i")
        drawing.text(x, _HEIGHT - _BOTTOM + 16, f"{n:,}", kind="s", anchor="middle")
