"""Use case: what an OpenStreetMap extract draws around traces, read in a confined child."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.maps.inside import BROKEN, END, FULL, HEAD, MEMORY, MOST_LINES, NEEDED
from geowallet.evaluator.child import Pace, command, started
from geowallet.evaluator.host import layer_report, require_linux
from geowallet.evaluator.limits import MIB, Limits
from geowallet.evaluator.worker import as_line
from geowallet.model.errors import (
    EvaluationFailedError,
    EvaluationTimeoutError,
    MapTooLargeError,
    MapUnconfinedError,
    MapUnreadableError,
    MissingExtraError,
    SandboxError,
    SourceAccessError,
    SourceMissingError,
)
from geowallet.model.words import N_
from geowallet.track.modes.surroundings import DrawnMap, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

EXTRA = "maps"
INSIDE = "geowallet.app.maps.inside"

FORMATS = {
    ".pbf": "pbf",
    ".osm": "osm",
    ".osm.gz": "osm.gz",
    ".osm.bz2": "osm.bz2",
}
"""Endings of names, and what the library calls them."""

MOST_BYTES = 1024 * MIB
"""Of an extract: Geofabrik's of whole regions of France have some 100 to 400 MB."""

LIMITS = Limits(seconds=1800, memory_bytes=6144 * MIB)
"""Of the child's address space, of which threads take much and use little."""

PACE = Pace(quiet_s=300, start_s=300, bytes_per_s=100_000)

MARGIN_DEG = 0.02
"""Around the box of the traces: two kilometres."""

PIECE_BYTES = 1 << 16


def read_map(path: Path, traces: Iterable[Fixes]) -> DrawnMap:
    """Return what the extract draws around the traces; nothing where it does not reach them.

    Args:
        path: Of the extract.
        traces: Of anybody; beyond their box nothing is read.

    Raises:
        MissingExtraError: The library for it is not installed.
        MapUnreadableError: Not an extract, or a damaged one.
        MapTooLargeError: Beyond the bounds.
        MapUnconfinedError: This machine cannot hold its reader apart.
        SourceMissingError: There is no such file.
        SourceAccessError: It may not be read.
    """
    ending = next((end for end in FORMATS if path.name.lower().endswith(end)), None)
    if ending is None:
        raise MapUnreadableError(reason=N_("its name lacks the ending of one"))
    if find_spec("osmium") is None:
        raise MissingExtraError(extra=EXTRA)
    box = box_of(traces)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise MapTooLargeError(limit=f"{MOST_BYTES // MIB} MiB")
        with path.open("rb") as source:
            pieces = iter(lambda: source.read(PIECE_BYTES), b"")
            return drawn_map(_heard(pieces, FORMATS[ending], box))
    except FileNotFoundError as error:
        raise SourceMissingError(path=str(path)) from error
    except OSError as error:
        raise SourceAccessError(path=str(path), reason=error.strerror or "") from error


def box_of(traces: Iterable[Fixes]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of all positions, degrees, with `MARGIN_DEG`.

    Without any, a box that holds nothing.
    """
    some = [fixes for fixes in traces if len(fixes)]
    if not some:
        return (0.0, 0.0, 0.0, 0.0)
    south, north = (pick([pick(f.lat_deg) for f in some]) for pick in (np.min, np.max))
    west, east = (pick([pick(f.lon_deg) for f in some]) for pick in (np.min, np.max))
    wide = MARGIN_DEG / max(float(np.cos(np.radians(max(abs(south), abs(north))))), 0.1)
    return (
        float(west) - wide,
        float(south) - MARGIN_DEG,
        float(east) + wide,
        float(north) + MARGIN_DEG,
    )


def drawn_map(said: Iterable[bytes]) -> DrawnMap:
    """Return the map of which a child says the frames, in pieces of any length.

    Raises:
        MapUnreadableError: It says that the extract is damaged, or nothing that it may say.
        MapTooLargeError: It says so.
    """
    kinds = tuple(Kind)
    held: dict[Kind, list[NDArray[np.float64]]] = {}
    heard, ended, count = bytearray(), None, 0
    for piece in said:
        heard += piece
        while ended is None and len(heard) >= HEAD.size:
            kind, lines = HEAD.unpack_from(heard)
            after = HEAD.size + 32 * lines
            if kind >= len(kinds):
                ended = kind
            elif len(heard) >= after:
                data = bytes(heard[HEAD.size : after])
                held.setdefault(kinds[kind], []).append(np.frombuffer(data, "<f8").reshape(-1, 4))
                del heard[:after]
                count += lines
            else:
                break
        if count > MOST_LINES or len(heard) > 32 * MOST_LINES:
            raise MapTooLargeError(limit=str(MOST_LINES))
    _check_end(ended)
    return DrawnMap({kind: np.concatenate(parts) for kind, parts in held.items()})


def _check_end(ended: int | None) -> None:
    """Raise what the last frame says."""
    if ended == END:
        return
    if ended == FULL:
        raise MapTooLargeError(limit=N_("what it draws around the traces"))
    if ended == MEMORY:
        raise MapTooLargeError(limit=N_("its nodes take too much memory"))
    reason = N_("damaged, or another format than its name says")
    raise MapUnreadableError(reason=reason if ended == BROKEN else N_("it stops in the middle"))


def _heard(
    pieces: Iterator[bytes], written: str, box: tuple[float, float, float, float]
) -> Iterator[bytes]:
    """Yield what the child says of the extract."""
    try:
        require_linux()
        with started(command(INSIDE, LIMITS.as_arguments()), LIMITS) as child:
            child.say(as_line({"folders": _folders(), "format": written, "box": box}))
            _require(layer_report(child))
            yield from child.stream(pieces, PACE)
    except SandboxError as error:
        raise MapUnconfinedError(reason=str(error.details["reason"])) from error
    except EvaluationTimeoutError as error:
        raise MapTooLargeError(limit=N_("reading it takes too long")) from error
    except EvaluationFailedError as error:
        raise MapUnreadableError(reason=N_("its reader ended without an answer")) from error


def _require(report: Mapping[str, int]) -> None:
    """Raise where a needed layer does not hold."""
    lacking = [layer.value for layer in NEEDED if report.get(layer, 0) <= 0]
    if lacking:
        raise SandboxError(reason=", ".join(lacking))


def _folders() -> list[str]:
    """Return where numpy and the library lie: a child has no other folder than geowallet's."""
    places = [find_spec(name) for name in ("numpy", "osmium")]
    return sorted({str(Path(str(place.origin)).parent.parent) for place in places if place})
