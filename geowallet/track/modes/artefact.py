"""A forest as bytes: a JSON header and packed tables, no code.

``GWFOREST1`` and a line feed; the length of the header in four bytes; the header,
canonical JSON; then, deflated, for each set of trees the counts, features, first and
last leaves (a byte each), directions of unknown values (a bit each), thresholds
(float32) and leaves (int64), all little-endian; last the tables of the network, if there
is one (`modes.layered`).

Of the header, ``features``, ``classes``, ``trees``, ``context`` and ``network`` describe
the tables; the last is left out where there is none.
The rest are the settings; `check_settings` says which the program reads.
"""

from __future__ import annotations

import json
import zlib
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import BadModelError
from geowallet.model.mobility import Mode
from geowallet.track.modes.context import context_names
from geowallet.track.modes.decide import ALL_MODES
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import MOST_LEAVES, UNIT, Forest, Trees, held_names
from geowallet.track.modes.layered import network_from, packed, shape_of, size_of
from geowallet.track.modes.reach import nested

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MAGIC = b"GWFOREST1\n"

MOST_BYTES = 4_000_000
"""Of the file: a fitted forest carries the one that it stands on."""

MOST_HEADER = 200_000
"""Of its header."""

MOST_COMPARISONS = 400_000
"""Of a set of trees; each leg makes all of them."""

MOST_PADDED = 4 * MOST_COMPARISONS
"""Of a set of trees, were all as large as its largest: so they are held in memory."""

MOST_CLASSES = 16
MOST_SPARSE_S = 3600.0
MOST_LOGIT = 50.0
"""Of a leaf or a bias: more would say more than any data can."""

_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)


def forest_bytes(forest: Forest) -> bytes:
    """Return the forest as bytes; the same forest gives the same bytes."""
    header: dict[str, Any] = {
        "classes": list(forest.classes),
        "features": list(forest.features),
        "settings": dict(forest.settings),
        "trees": _shape(forest.trees),
        "context": None if forest.context is None else _shape(forest.context),
    }
    body = _packed(forest.trees) + (b"" if forest.context is None else _packed(forest.context))
    if forest.network is not None:
        header["network"] = shape_of(forest.network)
        body += packed(forest.network)
    head = json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    return MAGIC + len(head).to_bytes(4, "little") + head + zlib.compress(body, 9)


def read_forest(data: bytes) -> Forest:
    """Read a forest from bytes that anyone may have made.

    Raises:
        BadModelError: They are no forest, or one that names unknown features or
            modes, or one beyond the limits above.
    """
    if not data.startswith(MAGIC) or len(data) > MOST_BYTES:
        raise BadModelError
    start = len(MAGIC) + 4
    length = int.from_bytes(data[len(MAGIC) : start], "little")
    if length > MOST_HEADER or len(data) < start + length:
        raise BadModelError
    try:
        header = json.loads(data[start : start + length], parse_constant=_refused)
        return _forest(header, data[start + length :], sha256_hex(data))
    except _MALFORMED as error:
        raise BadModelError from error


def _refused(_: str) -> float:
    raise ValueError


def _forest(header: Mapping[str, Any], deflated: bytes, digest: str) -> Forest:
    classes, features = tuple(header["classes"]), tuple(header["features"])
    _check(0 < len(classes) <= MOST_CLASSES and len(set(classes)) == len(classes))
    _check({Mode(name) for name in classes} <= set(ALL_MODES))
    shapes = [header["trees"]] + ([header["context"]] if header["context"] else [])
    network = header.get("network")
    sizes = [_size(shape) for shape in shapes] + ([] if network is None else [size_of(network)])
    held = 0 if network is None else network[-1]["inputs"]
    _check(len(features) > 0 and set(features) <= {*FEATURES, *held_names(held)})
    _check(len(set(features)) == len(features))
    inflate = zlib.decompressobj()
    try:
        body = inflate.decompress(deflated, sum(sizes) + 1)
    except zlib.error as error:
        raise BadModelError from error
    _check(len(body) == sum(sizes) and inflate.eof and not inflate.unused_data)
    widths = len(features), len(features) + len(context_names(classes))
    ends = list(accumulate(sizes, initial=0))
    parts = [body[first:after] for first, after in pairwise(ends)]
    trees = [
        _trees(shape, part, len(classes), width)
        for shape, part, width in zip(shapes, parts, widths, strict=False)
    ]
    settings = header["settings"]
    check_settings(settings, classes)
    context = trees[1] if trees[1:] else None
    read = None if network is None else network_from(network, parts[-1], len(classes))
    return Forest(features, classes, trees[0], context, settings, digest, read)


def check_settings(settings: Mapping[str, Any], classes: tuple[str, ...]) -> None:
    """Check the members of the settings that the program reads.

    Raises:
        ValueError: One of them is not as it has to be.
    """
    _check(isinstance(settings, dict))
    for name in ("calibration", "context_calibration"):
        for band in settings.get(name, []):
            limit = band["cadence_s_up_to"]
            _check(limit is None or float(limit) > 0)
            _check(0.1 <= float(band["temperature"]) <= 20)
            _check(len(band["bias"]) == len(classes))
            _check(all(abs(float(value)) <= MOST_LOGIT for value in band["bias"]))
    _check(len(settings["prior"]) == len(classes))
    _check(all(1e-6 <= float(value) <= 1 for value in settings["prior"]))
    _check(all(0 <= float(value) <= 1 for value in settings["least_confidence"].values()))
    _check("default" in settings["least_confidence"])
    _check(1 <= float(settings.get("sparsest_s", 60)) <= MOST_SPARSE_S)
    _check(0.1 <= float(settings.get("together_temperature", 1)) <= 20)
    _check(0 <= float(settings.get("soft_needs", 1)) <= 1)
    _check(0 <= float(settings.get("network_share", 0)) <= 1)
    pairs = settings.get("pairs")
    if pairs is not None:
        _check(len(pairs) == len(classes) and all(len(row) == len(classes) for row in pairs))
        _check(all(abs(float(value)) <= 10 for row in pairs for value in row))
    neutral = settings.get("neutral", {})
    _check(all(isinstance(neutral[name], int | float) for name in neutral))


def _check(holds: bool) -> None:  # a test of a value, not a switch
    if not holds:
        raise ValueError


def _shape(trees: Trees) -> dict[str, Any]:
    return {
        "trees": len(trees.count),
        "comparisons": len(trees.feature),
    }


def _size(shape: Mapping[str, Any]) -> int:
    _check(all(isinstance(shape[name], int) for name in ("trees", "comparisons")))
    number, comparisons = int(shape["trees"]), int(shape["comparisons"])
    _check(0 < number <= MOST_COMPARISONS and 0 <= comparisons <= MOST_COMPARISONS)
    bits = (comparisons + 7) // 8
    return number + 3 * comparisons + bits + 4 * comparisons + 8 * (comparisons + number)


def _packed(trees: Trees) -> bytes:
    columns = (
        trees.count.astype(np.uint8),
        trees.feature,
        trees.first,
        trees.after,
        np.packbits(trees.nan_left),
        trees.threshold.astype("<f4"),
        trees.leaf.astype("<i8"),
    )
    return b"".join(column.tobytes() for column in columns)


def _trees(shape: Mapping[str, Any], body: bytes, classes: int, width: int) -> Trees:
    number, n = shape["trees"], shape["comparisons"]
    _check(number % classes == 0)
    place = 0

    def column(kind: str, length: int) -> NDArray[Any]:
        nonlocal place
        found = np.frombuffer(body, dtype=kind, count=length, offset=place)
        place += found.nbytes
        return found

    count = column("u1", number).astype(np.intp)
    feature, first, after = (column("u1", n) for _ in range(3))
    nan_left = np.unpackbits(column("u1", (n + 7) // 8), count=n).astype(np.bool_)
    threshold, leaf = (
        column("<f4", n).astype(np.float32),
        column("<i8", n + number).astype(np.int64),
    )
    owner = np.repeat(count, count)
    _check(int(count.sum()) == n and bool(np.all(count < MOST_LEAVES)))
    _check(number * int(count.max()) <= MOST_PADDED)
    _check(bool(np.all(feature < width) and np.all(np.isfinite(threshold))))
    # The last leaf is on no left side, so that one leaf is always reached.
    _check(bool(np.all(first < after) and np.all(after <= owner)))
    _check(bool(np.all(np.abs(leaf) <= MOST_LOGIT / UNIT)))
    trees = Trees(feature, threshold, nan_left, first, after, count, leaf, classes)
    _check(nested(trees))
    return trees
