"""Reading a folder of labelled traces, which anyone may have made.

``labels.csv`` has the columns ``user,start,end,mode``; every other file whose name begins
with a user and a dot holds the positions of that user, in any format that is read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.files import read_small
from geowallet.app.intake.inspect import FileReport, open_source
from geowallet.app.intake.paths import source_paths
from geowallet.app.intake.reading import read_files
from geowallet.app.travel.found_legs import found_legs
from geowallet.connectors.api import ReadOptions
from geowallet.connectors.fields.instants import parse_instant
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import BadLabelsError, GeowalletError, TooLargeError
from geowallet.model.fixes import fixes_from
from geowallet.model.mobility import Mode
from geowallet.track.modes.classify import leg_ends, leg_hearing, leg_table
from geowallet.track.modes.decide import ALL_MODES, NEAREST
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.truth import Label, true_legs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.track.modes.network import Network
    from geowallet.track.modes.truth import TrueLegs

LABELS = "labels.csv"

MOST_LABEL_BYTES = 64 << 20
MOST_LABELS = 500_000
MOST_FILES = 5_000
MOST_FIXES = 50_000_000
"""Of one folder; positions are held for one file at a time, legs as one row each."""

MOST_LEGS = 200_000

NO_FIXES = fixes_from(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))

WORDS = {"taxi": "car", "boat": "ferry", "foot": "walk", "metro": "subway", "plane": "airplane"}
"""What labels say beside our own words for modes."""

IGNORED = frozenset({"stop", "still", ""})
"""Labels of no movement."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """``n`` legs whose mode somebody says.

    Attributes:
        table: float64 ``(n, len(FEATURES))``, and behind it what a network holds of them.
        by_network: float64 ``(n, classes)``, what a network says of them; no columns
            without one.
        bounds_us: int64 ``(n, 2)``.
        ends_deg: float64 ``(n, 4)``, latitude and longitude of their ends.
        modes: ``n`` names of classes.
        users: ``n`` names of users.
        metres: float64 ``(n,)``.
        digest: SHA-256 (hex) of the table of labels.
        strange: Words for modes that are not known, and how often they stand.
        given: bool ``(n,)``, which have the bounds of a label; the others were found in
            raw positions, and one mode covers them.
        refused: Files of users that could not be read.
        silent: Users with labels and without a file that could be read.
    """

    table: NDArray[np.float64]
    by_network: NDArray[np.float64]
    bounds_us: NDArray[np.int64]
    ends_deg: NDArray[np.float64]
    modes: tuple[str, ...]
    users: tuple[str, ...]
    metres: NDArray[np.float64]
    digest: str
    strange: Mapping[str, int]
    given: NDArray[np.bool_]
    refused: tuple[FileReport, ...] = ()
    silent: tuple[str, ...] = ()

    def where(self, mask: NDArray[np.bool_]) -> Labelled:
        """Return the legs that ``mask`` selects."""
        rows = np.flatnonzero(mask)
        return replace(
            self,
            table=self.table[rows],
            by_network=self.by_network[rows],
            bounds_us=self.bounds_us[rows],
            ends_deg=self.ends_deg[rows],
            modes=tuple(self.modes[row] for row in rows),
            users=tuple(self.users[row] for row in rows),
            metres=self.metres[rows],
            given=self.given[rows],
        )


def class_of(word: str) -> str:
    """Return the class that a model is fitted for, "" where a word names none."""
    said = WORDS.get(word.strip().lower(), word.strip().lower())
    if said not in {mode.value for mode in ALL_MODES}:
        return ""
    return str(NEAREST.get(Mode(said), Mode(said)))


def read_labels(folder: Path) -> tuple[dict[str, list[Label]], Counter[str], str]:
    """Return the labels of each user, words that are not known, and the table's digest.

    Raises:
        SourceMissingError: There is no table.
        TooLargeError: It is larger than any that is meant.
        BadLabelsError: A line of it cannot be read.
    """
    data = read_small(folder / LABELS, MOST_LABEL_BYTES)
    labels: dict[str, list[Label]] = {}
    strange: Counter[str] = Counter()
    line = 1
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        for line, row in enumerate(rows, start=2):
            _check(line <= MOST_LABELS)
            start_us, end_us = (parse_instant(row[name])[0] for name in ("start", "end"))
            name = class_of(row["mode"])
            if name:
                labels.setdefault(row["user"], []).append(Label(start_us, end_us, name))
            elif row["mode"].strip().lower() not in IGNORED:
                strange[_shown(row["mode"])] += 1
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise BadLabelsError(name=LABELS, line=line) from error
    return labels, strange, sha256_hex(data)


def read_labelled(
    folder: Path, *, progress: Callable[[str, int], None], network: Network | None = None
) -> Labelled:
    """Return the described legs of a folder; a file that cannot be read is reported.

    Args:
        folder: See above.
        progress: Is told the name of each file, and their number.
        network: What else is to say something of the legs.

    Raises:
        SourceMissingError: There is no table of labels.
        BadLabelsError: It cannot be read.
        TooLargeError: The folder is larger than the limits above.
    """
    labels, strange, digest = read_labels(folder)
    files = list(_files_of(folder, labels))
    refused: list[FileReport] = []
    parts = [_described(np.empty((0, 2), dtype=np.int64), NO_FIXES, network)]
    legs: list[tuple[str, bool, TrueLegs]] = []
    heard, many, left = set(), 0, MOST_FIXES
    for path, user in files:
        progress(path.name, len(files))
        for fixes in _fixes_of(path, refused):
            left -= len(fixes)
            heard.add(user)
            for given, cut in ((True, true_legs), (False, found_legs)):
                found = cut(fixes, labels[user])
                many += len(found.modes)
                _check(left >= 0 and many <= MOST_LEGS)
                parts.append(_described(found.bounds_us, fixes, network))
                legs.append((user, given, found))
    columns = (np.vstack(column) for column in zip(*parts, strict=True))
    table, by_network, bounds_us, ends_deg = columns
    whole = Labelled(
        table=table,
        by_network=by_network,
        bounds_us=bounds_us,
        ends_deg=ends_deg,
        modes=tuple(mode for _, _, found in legs for mode in found.modes),
        users=tuple(user for user, _, found in legs for _ in found.modes),
        metres=np.concatenate([np.empty(0), *(found.metres for _, _, found in legs)]),
        digest=digest,
        strange=dict(strange),
        given=np.array([given for _, given, found in legs for _ in found.modes], dtype=np.bool_),
        refused=tuple(refused),
        silent=tuple(sorted(labels.keys() - heard)),
    )
    return whole.where(~np.all(np.isnan(whole.table[:, : len(FEATURES)]), axis=1))


def _described(
    bounds_us: NDArray[np.int64], fixes: Fixes, network: Network | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the table of legs, what the network says of them, their bounds and their ends."""
    table, ends_deg = leg_table(fixes, bounds_us), leg_ends(fixes, bounds_us)
    if network is None:
        return table, np.empty((len(table), 0)), bounds_us, ends_deg
    said, held = leg_hearing(network, fixes, bounds_us)
    return np.hstack((table, held)), said, bounds_us, ends_deg


def _files_of(folder: Path, users: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    """Yield each file of a user; where several names fit, the longest is meant."""
    count = 0
    for found in source_paths([folder]):
        path = Path(found)
        parts = path.name.split(".")
        names = (".".join(parts[:number]) for number in range(len(parts) - 1, 0, -1))
        user = next((name for name in names if name in users), None)
        if user is not None and path.name != LABELS:
            count += 1
            _check(count <= MOST_FILES)
            yield path, user


def _fixes_of(path: Path, refused: list[FileReport]) -> Iterator[Fixes]:
    try:
        with open_source(path) as stream:
            for item in read_files(path.name, stream, ReadOptions(), None):
                if isinstance(item, FileReport):
                    refused.append(item)
                else:
                    _check(item.result.fix_count <= MOST_FIXES)
                    for trace in item.result.traces:
                        yield trace.whole().fixes
    except TooLargeError:
        raise
    except GeowalletError as error:
        refused.append(FileReport(path.name, error=error))


def _check(within: bool) -> None:  # a test of a size, not a switch
    if not within:
        limits = f"{MOST_FILES} files, {MOST_FIXES} positions, {MOST_LABELS} labels"
        raise TooLargeError(limit=limits)


def _shown(word: str) -> str:
    return "".join(char for char in word[:24] if char.isprintable())
