"""Read the reference corpus with every built-in connector and write what comes of it.

    python tools/measure_formats.py

The corpus is the folder that ``GEOWALLET_CORPUS`` names, or ``../shared/data/corpus``.
Its index.csv says what independent readers find in each file.
"""

from __future__ import annotations

import csv
import inspect as source_code
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.app.intake.inspect import FileReport, inspect
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.registry import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.connectors.api import Connector

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "formats-measured.md"

SLACK = 2
SLACK_SHARE = 0.02
"""Timed positions by which independent readers differ among themselves."""
END_SLACK_US = 2_000_000
"""Of the first and the last instant."""

ODD = ("week rollover", "1,024", "implausible", "backwards", "naive", "disagree", "duplicate")
"""Notes of the index after which first and last instant say nothing."""
UNJUDGED = frozenset({"hostile", "broken", "zip", "strava_export", "obd", "ubx"})
"""Files that must only not crash."""

CONNECTORS = {
    "owntracks_json": "owntracks",
    "owntracks_rec": "owntracks",
    "strava_export": "strava",
}
"""Format of the index, where the connector has another name."""
DOCUMENTED = {"coachco2": "openpath"}
"""Connector to the page that also describes it."""

REASONS = {
    "nmea/GPSBabel-gpsbabel__nmeadatetime.nmea": (
        "three sentences have a blank beside the time and one a point without a fraction, all "
        "with a right check sum: GPSBabel and we read them, the reader of the index does not"
    ),
}
"""Differences that remain, by file of the index."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One file of the corpus: what readers find, and what became of it here.

    Attributes:
        file: As the index names it.
        format: As the index names it.
        timed: Distinct timed positions of independent readers; 0 where it is not judged.
        difference: How our reading differs, empty where it does not.
        crashed: Whether anything but a clean error was raised.
        repeats: Positions that the index counts again.
    """

    file: str
    format: str
    timed: int
    difference: str
    crashed: bool = False
    repeats: int = 0


def main() -> None:
    """Write the page, or say that there is nothing to measure."""
    corpus = Path(os.environ.get("GEOWALLET_CORPUS", ROOT.parent / "shared" / "data" / "corpus"))
    if not (corpus / "index.csv").is_file():
        print("no corpus of real files here: name its folder in GEOWALLET_CORPUS")
        sys.exit(0)
    found = list(measured(corpus))
    PAGE.write_text("\n".join(page(found)) + "\n", encoding="utf-8")
    timed = [one for one in found if one.timed]
    same = sum(not one.difference for one in timed)
    crashes = sum(one.crashed for one in found)
    print(f"{same} of {len(timed)} timed files as independent readers, {crashes} crashes")
    sys.exit(1 if crashes else 0)


def measured(corpus: Path) -> Iterator[Measured]:
    """Yield one entry for every file of the index that is there."""
    with (corpus / "index.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            path = corpus / row["file"].replace("\\n", "\n")
            if path.exists():
                yield _measure(path, row)


def _measure(path: Path, row: dict[str, str]) -> Measured:
    timed = 0 if row["format"] in UNJUDGED else distinct_timed(row)
    try:
        (report,) = inspect([path])
    except Exception as error:  # noqa: BLE001  what is counted here is that nothing else is raised
        return Measured(row["file"], row["format"], timed, type(error).__name__, crashed=True)
    difference = judged(row, timed, report) if timed else ""
    return Measured(row["file"], row["format"], timed, difference, repeats=_repeats(row))


def distinct_timed(row: dict[str, str]) -> int:
    """Return how many timed positions the index counts, without those it counts again."""
    if not re.fullmatch(r"[\d.]+", row["n_timed"] or ""):
        return 0
    return int(float(row["n_timed"])) - _repeats(row)


def _repeats(row: dict[str, str]) -> int:
    found = re.search(r"(\d+) duplicate points", row["special"])
    return int(found[1]) if found else 0


def judged(row: dict[str, str], timed: int, report: FileReport) -> str:
    """Return how a reading differs from what independent readers find, or nothing."""
    if report.error is not None:
        return f"refused as {report.error.code}"
    if abs(report.fixes - timed) > max(SLACK, SLACK_SHARE * timed):
        return f"{report.fixes} timed positions, readers find {timed}"
    if any(word in row["special"] for word in ODD):
        return ""
    for end, ours_us in (("first", report.first_us), ("last", report.last_us)):
        theirs_us = _instant_us(row[end])
        if theirs_us is not None and (ours_us is None or abs(ours_us - theirs_us) > END_SLACK_US):
            return f"another {end} instant"
    return ""


def _instant_us(text: str) -> int | None:
    try:
        return parse_instant(text)[0] if text else None
    except ValueError:
        return None


def page(found: Sequence[Measured]) -> Iterator[str]:
    """Yield the lines of the page."""
    timed = [one for one in found if one.timed]
    same = sum(not one.difference for one in timed)
    yield "# Formats, measured"
    yield ""
    yield "Written by `./dev formats`: every built-in connector over a corpus of real files whose"
    yield "index says what independent readers find. A file is read as they read it if its distinct"
    yield "timed positions agree within 2 or 2 %, and its first and last instant within 2 s unless"
    yield "the index calls its times odd. What the index counts again at one time and place is"
    yield "subtracted."
    yield ""
    crashes = sum(one.crashed for one in found)
    yield f"**{same} of the {len(timed)} files with timed positions are read so, of {len(found)}"
    yield f"files in all; {crashes} crashes.**"
    yield ""
    yield "| connector | files | timed | read as others do | crashes | lines | sample | |"
    yield "|---|--:|--:|--:|--:|--:|---|---|"
    for connector in BUILTIN:
        yield _connector_row(connector, [o for o in found if _name(o) == connector.name])
    known = {connector.name for connector in BUILTIN}
    for name in sorted({_name(one) for one in found} - known):
        yield f"| {name} | {_counts([one for one in found if _name(one) == name])} | | | |"
    yield ""
    yield "A file without timed positions, or of a row without a connector, is read to see that"
    yield "nothing but a clean error is raised. Lines are those of the connector's own module."
    yield ""
    yield from _differences(found)


def _differences(found: Sequence[Measured]) -> Iterator[str]:
    yield "## Differences that remain"
    yield ""
    different = [one for one in found if one.difference]
    for one in different:
        yield f"- `{one.file}`: {one.difference}; {REASONS.get(one.file, 'not explained yet')}."
    if not different:
        yield "None."
    yield ""
    yield "## Files whose repeats decide"
    yield ""
    yield "Without the subtraction these would differ. The file holds every repeat, except in"
    yield "IGC: there it holds one B record for each position, and the index counts it twice."
    yield ""
    for one in found:
        if one.timed and one.repeats > max(SLACK, SLACK_SHARE * (one.timed + one.repeats)):
            yield f"- `{one.file}`: {one.timed + one.repeats} in the index, {one.repeats} repeats."


def _name(one: Measured) -> str:
    return CONNECTORS.get(one.format, one.format)


def _counts(found: Sequence[Measured]) -> str:
    timed = [one for one in found if one.timed]
    same = sum(not one.difference for one in timed)
    return f"{len(found)} | {len(timed)} | {same} | {sum(one.crashed for one in found)}"


def _connector_row(connector: Connector, found: Sequence[Measured]) -> str:
    kind = type(connector)
    lines = len(Path(source_code.getfile(kind)).read_text(encoding="utf-8").splitlines())
    document = ROOT / "docs" / "formats" / f"{DOCUMENTED.get(connector.name, connector.name)}.md"
    link = f"[page](../formats/{document.name})" if document.exists() else ""
    return f"| `{connector.name}` | {_counts(found)} | {lines} | {_sample(connector)} | {link} |"


def _sample(connector: Connector) -> str:
    """Return a link to the test that holds its sample."""
    own = ROOT / "tests" / "connectors" / f"test_{connector.name}.py"
    if own.exists():
        return f"[{own.stem}](../../tests/connectors/{own.name})"
    kind = type(connector).__name__
    call = re.compile(rf"check_connector\(\s*{kind}\(|\(\s*{kind}\(\), ")
    for path in sorted((ROOT / "tests" / "connectors").glob("test_*.py")):
        if call.search(path.read_text(encoding="utf-8")):
            return f"[{path.stem}](../../tests/connectors/{path.name})"
    return ""


if __name__ == "__main__":
    main()
