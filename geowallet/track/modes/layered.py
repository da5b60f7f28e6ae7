"""A network as bytes: a few numbers for each layer in a header, and packed tables.

For each layer the weights (a byte each), then what sums are multiplied with and what is
added (float32, little-endian).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.course import CHANNELS, MOST
from geowallet.track.modes.network import (
    MOST_ACTIVATION,
    MOST_SUM,
    MOST_WEIGHT,
    Layer,
    Network,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MOST_LAYERS = 16
MOST_OUTPUTS = 256
MOST_KERNEL = 15

MOST_REACH = 256
"""Rows that a network looks ahead, and back."""

MOST_WEIGHTS = 400_000
"""Of a network; each row takes all these products."""

MOST_SCALE = 1e3
MOST_BIAS = 1e6

_NUMBERS = ("inputs", "outputs", "kernel", "dilation")


def shape_of(network: Network) -> list[dict[str, Any]]:
    """Return what a header says of a network."""
    return [
        {
            "inputs": layer.weight.shape[0] // layer.kernel,
            "outputs": layer.weight.shape[1],
            "kernel": layer.kernel,
            "dilation": layer.dilation,
            "adds": layer.adds,
        }
        for layer in network.layers
    ]


def packed(network: Network) -> bytes:
    """Return its tables."""
    return b"".join(
        column.tobytes()
        for layer in network.layers
        for column in (
            layer.weight.astype(np.int8),
            layer.scale.astype("<f4"),
            layer.bias.astype("<f4"),
        )
    )


def size_of(shape: Sequence[Mapping[str, Any]]) -> int:
    """Return how many bytes the tables of a header have.

    Raises:
        ValueError: It is beyond the limits above.
    """
    _check(isinstance(shape, list) and 0 < len(shape) <= MOST_LAYERS)
    for layer in shape:
        _check(all(type(layer[name]) is int for name in _NUMBERS) and type(layer["adds"]) is bool)
        _check(0 < layer["inputs"] <= MOST_OUTPUTS and 0 < layer["outputs"] <= MOST_OUTPUTS)
        _check(0 < layer["kernel"] <= MOST_KERNEL and layer["kernel"] % 2 == 1)
        _check(layer["dilation"] > 0)
    _check(sum(_reach(layer) for layer in shape) <= MOST_REACH)
    _check(sum(_weights(layer) for layer in shape) <= MOST_WEIGHTS)
    return sum(_weights(layer) + 8 * layer["outputs"] for layer in shape)


def network_from(shape: Sequence[Mapping[str, Any]], body: bytes, classes: int) -> Network:
    """Return the network of a header that `size_of` has seen and as many bytes as it said.

    Args:
        shape: Of the header.
        body: Its tables.
        classes: How many modes it has to tell apart.

    Raises:
        ValueError: Layers do not follow each other, or some sum could be no whole number
            of a float32.
    """
    widths = [CHANNELS, *(layer["outputs"] for layer in shape)]
    _check([layer["inputs"] for layer in shape] == widths[:-1] and widths[-1] == classes + 1)
    place, layers = 0, []
    for number, part in enumerate(shape):
        weights, outputs = _weights(part), part["outputs"]
        weight = np.frombuffer(body, np.int8, weights, place).reshape(-1, outputs)
        line = np.frombuffer(body, "<f4", 2 * outputs, place + weights).reshape(2, outputs)
        place += weights + line.nbytes
        highest = MOST_ACTIVATION if number else MOST
        _check(not part["adds"] or (number > 0 and part["inputs"] == outputs))
        layers.append(_layer(part, weight.astype(np.float32), line.astype(np.float32), highest))
    _check(not layers[-1].adds)
    return Network(tuple(layers))


def _layer(
    part: Mapping[str, Any],
    weight: NDArray[np.float32],
    line: NDArray[np.float32],
    highest: float,
) -> Layer:
    _check(bool(np.all(np.abs(weight) <= MOST_WEIGHT)))
    _check(bool(np.all(np.abs(weight).sum(axis=0, dtype=np.float64) * highest < MOST_SUM)))
    # What is not a number is beyond any limit.
    _check(bool(np.all(np.abs(line) <= [[MOST_SCALE], [MOST_BIAS]])))
    return Layer(weight, line[0], line[1], part["kernel"], part["dilation"], part["adds"])


def _weights(layer: Mapping[str, int]) -> int:
    return layer["inputs"] * layer["kernel"] * layer["outputs"]


def _reach(layer: Mapping[str, int]) -> int:
    return layer["dilation"] * (layer["kernel"] // 2)


def _check(holds: bool) -> None:  # a test of a value, not a switch
    if not holds:
        raise ValueError
