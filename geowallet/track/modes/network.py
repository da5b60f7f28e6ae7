"""A small network that reads the course of a path, in whole numbers.

Weights and activations are whole numbers so small that no sum of their products leaves what
a float32 holds exactly. A sum is then the same in any order: the result depends neither on
the machine, nor on its libraries, nor on what is asked together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.course import silences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.course import Course

UNIT = 1.0 / 32.0
"""Of an activation."""

MOST_ACTIVATION = 255.0
"""In `UNIT`."""

MOST_WEIGHT = 127.0

MOST_SUM = 2.0**24
"""Below it every whole number is a float32."""

LOGIT_UNIT = 1.0 / 1024.0

ROWS_TOGETHER = 4096
"""So many rows are read together: what is held for them stays small."""

ROWS_A_PRODUCT = 24
"""Products of more rows are shared out among threads by some libraries, which costs more than
it gains: one thread waits for the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weighted sums of what lies around each row; all but those of the last are cut at 0.

    Attributes:
        weight: float32 ``(kernel * inputs, outputs)``, whole numbers.
        scale: float32 ``(outputs,)``, what a sum is multiplied with.
        bias: float32 ``(outputs,)``, and what is added.
        kernel: Rows that a sum looks at; an odd number.
        dilation: Distance of these rows.
        adds: Whether what it looks at in the middle is added too.
    """

    weight: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    kernel: int = 1
    dilation: int = 1
    adds: bool = False

    @property
    def reach(self) -> int:
        """How many rows it looks ahead, and back."""
        return self.dilation * (self.kernel // 2)

    def around(self) -> NDArray[np.intp]:
        """Return where the rows that it looks at lie from the one in the middle."""
        return np.arange(-self.reach, self.reach + 1, self.dilation)

    def sums(self, around: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scaled sums for some rows, ``(n, outputs)``.

        Args:
            around: ``(n, kernel * inputs)``, the rows that are looked at side by side; ``n`` is
                a multiple of `ROWS_A_PRODUCT`.
        """
        products = around.reshape(-1, ROWS_A_PRODUCT, around.shape[1])
        found: NDArray[np.float32] = products @ self.weight
        # As wide as a product, both go through in one long line.
        scale, bias = (np.tile(line, (ROWS_A_PRODUCT, 1)) for line in (self.scale, self.bias))
        found *= scale
        found += bias
        if self.adds:
            inputs = around.shape[1] // self.kernel
            middle = self.kernel // 2 * inputs
            found += products[:, :, middle : middle + inputs]
        return found.reshape(len(around), -1)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """What it says of each row: the logits of modes, and last of none of them.

    Attributes:
        layers: At least one; the last gives logits in `LOGIT_UNIT`.
    """

    layers: tuple[Layer, ...]

    @property
    def classes(self) -> int:
        """How many modes it tells apart."""
        return int(self.layers[-1].weight.shape[1]) - 1

    @property
    def holds(self) -> int:
        """How many numbers of a row its last layer looks at."""
        return len(self.layers[-1].weight) // self.layers[-1].kernel

    @property
    def reach(self) -> int:
        """How many rows it looks ahead, and back."""
        return sum(layer.reach for layer in self.layers)

    def at_rows(self, course: Course, first: int, after: int) -> NDArray[np.float64]:
        """Return logits in `LOGIT_UNIT`, whole numbers ``(after - first, classes + 1)``."""
        return self.at_stretches(course, [(first, after)])[0]

    def at_stretches(
        self, course: Course, stretches: Sequence[tuple[int, int]], *, held: bool = False
    ) -> list[NDArray[np.float64]]:
        """Return what `at_rows` does for each of some stretches, each of at least one row.

        Args:
            course: Of a path.
            stretches: First row of each, and the one after its last.
            held: Whether what the last layer looks at stands behind, `holds` columns more.
        """
        parts: list[list[NDArray[np.float64]]] = [[] for _ in stretches]
        for some in _batches(stretches, 2 * self.reach):
            said, at = self._said(course, [part[1:] for part in some], hold=held), 0
            for number, start, end in some:
                parts[number].append(said[at : at + end - start])
                at += end - start
        return [np.concatenate(each) for each in parts]

    def _said(
        self, course: Course, stretches: Sequence[tuple[int, int]], *, hold: bool
    ) -> NDArray[np.float64]:
        """Return the logits of the rows of stretches, one after another.

        With ``hold``, what the last layer looks at stands behind them.

        A layer has the rows that the next one needs. Those around which there is nothing but
        silence are all alike: the first that it has stands for them.
        """
        margin = self.reach
        silent, heard = course.heard([(first - margin, last + margin) for first, last in stretches])
        away = np.concatenate([_away(after - first, margin) for first, after in stretches])
        held = np.where(silent, 0, np.cumsum(~silent))
        rows = silences(_whole(len(heard) + 1))
        rows[1 : len(heard) + 1] = heard
        for layer in self.layers:
            if layer is self.layers[-1] and hold:
                behind = rows.take(held[away == 0], axis=0)
            margin -= layer.reach
            if layer.kernel > 1:
                looked, held = _looked_at(layer, held, away <= margin)
                rows = rows.take(looked, axis=0).reshape(len(looked), -1)
            rows = layer.sums(rows)
            np.rint(rows, out=rows)
            if layer is not self.layers[-1]:
                np.clip(rows, 0.0, MOST_ACTIVATION, out=rows)
        said: NDArray[np.float32] = rows.take(held[away == 0], axis=0)
        return (np.hstack((said, behind)) if hold else said).astype(np.float64)


def _away(length: int, margin: int) -> NDArray[np.intp]:
    """Return how far rows are from a stretch of ``length``, with a margin at either end."""
    at = np.arange(-margin, length + margin)
    return np.maximum(np.maximum(-at, at - length + 1), 0)


def _whole(count: int) -> int:
    """Return the next multiple of `ROWS_A_PRODUCT`."""
    return -(-count // ROWS_A_PRODUCT) * ROWS_A_PRODUCT


def _looked_at(
    layer: Layer, held: NDArray[np.intp], wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which rows a layer looks at, and which of its own then belong to each place.

    Args:
        layer: The layer.
        held: For each place, which of the rows that there are; 0 in silences.
        wanted: Of which places something is asked.
    """
    reach = layer.reach
    sounds, near = held > 0, np.zeros(len(held), dtype=np.bool_)
    inner = near[reach : len(held) - reach]
    for at in range(0, 2 * reach + 1, layer.dilation):
        inner |= sounds[at : at + len(inner)]
    places = np.flatnonzero(near & wanted)
    looked = np.zeros((_whole(len(places) + 1), layer.kernel), dtype=np.intp)
    looked[1 : len(places) + 1] = held.take(places[:, None] + layer.around())
    found = np.zeros(len(held), dtype=np.intp)
    found[places] = np.arange(1, len(places) + 1)
    return looked, found


def _batches(
    stretches: Sequence[tuple[int, int]], margin: int
) -> Iterator[list[tuple[int, int, int]]]:
    """Yield pieces of stretches with their number, so many as are read together."""
    some: list[tuple[int, int, int]] = []
    held = 0
    for number, (first, after) in enumerate(stretches):
        for start in range(first, after, ROWS_TOGETHER):
            end = min(start + ROWS_TOGETHER, after)
            if some and held + end - start + margin > ROWS_TOGETHER:
                yield some
                some, held = [], 0
            some.append((number, start, end))
            held += end - start + margin
    yield some
