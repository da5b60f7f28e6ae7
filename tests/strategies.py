"""Hypothesis strategies: any legal table of fixes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, fixes_from


@st.composite
def fixes(draw: st.DrawFn, *, min_size: int = 0, max_size: int = 40) -> Fixes:
    n = draw(st.integers(min_size, max_size))

    def column(low: float, high: float) -> np.ndarray:
        values = st.floats(low, high, allow_nan=False)
        return np.array(draw(st.lists(values, min_size=n, max_size=n)), dtype=np.float64)

    gaps = draw(st.lists(st.integers(0, 3_600_000_000), min_size=n, max_size=n))
    return fixes_from(
        np.cumsum(np.array(gaps, dtype=np.int64)),
        column(-90, 90),
        column(-180, 180),
        accuracy_m=column(0, 500),
    )
