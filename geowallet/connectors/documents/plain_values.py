"""Values of plain elements, many at once: what the readers make of each, or a refusal of all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BLANK = r"[ \t\r\n]*+"
NUMBER = r"([-+]?[0-9.]++)"
"""With one group; what ``float`` refuses among it is refused by `reals`."""

INSTANT = r"([12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z"
"""With one group, for `moments_us`."""


def reals(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return numbers, NaN for empty texts.

    Raises:
        ValueError: Something else.
    """
    if "" in texts:
        return np.array([float(text) if text else math.nan for text in texts])
    return np.array(list(map(float, texts)))


def moments_us(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return instants in UTC, microseconds, as `parse_instant` reads them.

    Raises:
        ValueError: One is on no calendar or clock.
    """
    return np.array(texts, dtype="datetime64[us]").astype(np.int64)
