"""Small charts as SVG text, readable on white and on black."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.figures import Bin
    from benchmarks.accuracy.score import Table

STYLE = """
text{font:12px system-ui,sans-serif;fill:#24292f}
.h{font-weight:600}.s{font-size:10px}.a{stroke:#8c959f;fill:none}
.i{fill:#0969da}.w{fill:#cf222e}.g{fill:#8c959f}.l{stroke:#0969da;fill:none;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.i{fill:#4493f8}.w{fill:#ff7b72}
.l{stroke:#4493f8}}
""".replace("\n", "")

LETTER = 8
"""Pixels of width that a letter takes at most, on average."""

OTHER = "unsaid"
"""What stands over guesses of no class: unknown, or a mode that the score does not have."""


@dataclass(slots=True)
class Drawing:
    """Parts of a picture."""

    width: int
    height: int
    title: str
    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, words: str, *, kind: str = "", anchor: str = "start"
    ) -> None:
        """Add words at a point of their baseline."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def box(self, x: float, y: float, width: float, height: float, kind: str, **more: str) -> None:
        """Add a filled rectangle."""
        said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'class="{kind}"{said}/>'
        )

    def line(self, points: Sequence[tuple[float, float]], kind: str, **more: str) -> None:
        """Add a line through points."""
        said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{joined}" class="{kind}"{said}/>')

    def dot(self, x: float, y: float, radius: float, kind: str) -> None:
        """Add a filled circle."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="{kind}"/>')

    def __str__(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" '
            f'aria-label="{escape(self.title, quote=True)}"><title>{escape(self.title)}</title>'
            f"<style>{STYLE}</style>{''.join(self.parts)}</svg>\n"
        )


def confusion(title: str, table: Table) -> str:
    """Draw counts by truth (rows) and guess (columns), shaded by the share of the row."""
    names = table.classes
    others = sorted({guess for _, guess in table.cells} - set(names))
    columns = (*names, *others)
    side, left, top = 52, 62, 58
    picture = Drawing(left + side * len(columns) + 12, top + side * len(names) + 26, title)
    picture.text(8, 18, title, kind="h")
    picture.text(left, 36, "called", kind="s")
    picture.text(8, top - 6, "is", kind="s")
    for n, name in enumerate(columns):
        said = OTHER if name == "other" else name
        picture.text(left + side * (n + 0.5), top - 6, said, anchor="middle")
    for r, truth in enumerate(names):
        y = top + side * r
        total = sum(table.at(truth, guess) for guess in columns)
        picture.text(left - 8, y + side / 2 + 4, truth, anchor="end")
        for c, guess in enumerate(columns):
            count = table.at(truth, guess)
            share = count / total if total else 0.0
            kind = "i" if truth == guess else "w"
            x = left + side * c
            picture.box(x + 1, y + 1, side - 2, side - 2, kind, fill_opacity=f"{0.75 * share:.2f}")
            picture.text(x + side / 2, y + side / 2, f"{count:.0f}", anchor="middle")
            if count:
                words = f"{100 * share:.0f} %"
                picture.text(x + side / 2, y + side / 2 + 13, words, kind="s", anchor="middle")
    return str(picture)


def reliability(title: str, bins: Sequence[Bin], error: float) -> str:
    """Draw how often guesses of a confidence are right; the diagonal is honest."""
    side, left, top = 240, 48, 34
    picture = Drawing(left + side + 24, top + side + 48, title)
    picture.text(8, 18, title, kind="h")

    def at(x: float, y: float) -> tuple[float, float]:
        return left + side * x, top + side * (1 - y)

    picture.line([at(0, 1), at(0, 0), at(1, 0)], "a")
    picture.line([at(0, 0), at(1, 1)], "a", stroke_dasharray="4 4")
    for share in (0.0, 0.5, 1.0):
        x, y = at(share, 0)
        picture.text(x, y + 14, f"{100 * share:.0f} %", kind="s", anchor="middle")
        x, y = at(0, share)
        picture.text(x - 4, y + 4, f"{100 * share:.0f} %", kind="s", anchor="end")
    picture.line([at(b.confidence, b.right) for b in bins], "l")
    most = max((b.legs for b in bins), default=1)
    for b in bins:
        picture.dot(*at(b.confidence, b.right), 2.5 + 6 * (b.legs / most) ** 0.5, "i")
    x, y = at(0.5, 0)
    picture.text(x, y + 28, "stated confidence", kind="s", anchor="middle")
    words = f"across: stated; up: right. Mean gap {100 * error:.1f} points"
    picture.text(x, y + 42, words, kind="s", anchor="middle")
    return str(picture)


def bars(title: str, values: Sequence[tuple[str, float, bool]], *, unit: str = "") -> str:
    """Draw labelled bars from 0 to the largest; the third says which is ours."""
    longest = max((len(name) for name, _, _ in values), default=0)
    left, wide, row = max(210, LETTER * longest + 16), 300, 24
    picture = Drawing(left + wide + 70, 40 + row * len(values), title)
    picture.text(8, 18, title, kind="h")
    most = max((value for _, value, _ in values), default=1.0) or 1.0
    for n, (name, value, is_ours) in enumerate(values):
        y = 32 + row * n
        picture.text(left - 8, y + 13, name, anchor="end", kind="h" if is_ours else "")
        picture.box(left, y + 2, max(wide * value / most, 1), row - 8, "i" if is_ours else "g")
        picture.text(left + wide * value / most + 6, y + 13, f"{value:.3g}{unit}")
    return str(picture)


def errors(title: str, values: Sequence[float], *, limit: float = 6.0) -> str:
    """Draw a histogram of errors in per cent, with the middle marked."""
    left, wide, high, top, count = 20, 320, 120, 34, 24
    picture = Drawing(left + wide + 20, top + high + 40, title)
    picture.text(8, 18, title, kind="h")
    step = 2 * limit / count
    bins = [0] * count
    for value in values:
        bins[min(max(int((value + limit) / step), 0), count - 1)] += 1
    most = max(bins) or 1
    for n, number in enumerate(bins):
        tall = high * number / most
        picture.box(left + wide * n / count, top + high - tall, wide / count - 1, tall, "i")
    middle = left + wide / 2
    picture.line([(middle, top), (middle, top + high)], "a", stroke_dasharray="4 4")
    picture.line([(left, top + high), (left + wide, top + high)], "a")
    for at in (-limit, -limit / 2, 0.0, limit / 2, limit):
        x = left + wide * (at + limit) / (2 * limit)
        said = f"{at:+.0f} %" if at else "0 %"
        picture.text(x, top + high + 14, said, kind="s", anchor="middle")
    words = f"error of a length, {len(values)} rides; the ends hold what lies beyond"
    picture.text(middle, top + high + 30, words, kind="s", anchor="middle")
    return str(picture)
