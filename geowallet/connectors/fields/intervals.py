"""Instants for positions of which only the first and the last have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import step_lengths_m

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator


def instants_us(
    lat_deg: array[float], lon_deg: array[float], begin_us: int, end_us: int
) -> Iterator[tuple[int, int]]:
    """Yield row and instant of every position, as at one speed along the path.

    A single position was held from begin to end and is given twice; none gives
    none. Positions that are no numbers are left out.

    Args:
        lat_deg: ``(n,)``.
        lon_deg: ``(n,)``.
        begin_us: Instant of the first position.
        end_us: Of the last; the two are taken in their order in time.
    """
    begin_us, end_us = sorted((begin_us, end_us))
    lat, lon = np.array(lat_deg), np.array(lon_deg)
    rows = np.flatnonzero((np.abs(lat) <= 90) & (np.abs(lon) <= 180))
    if len(rows) == 1:
        yield int(rows[0]), begin_us
        yield int(rows[0]), end_us
        return
    along_m = np.concatenate(([0.0], np.cumsum(step_lengths_m(lat[rows], lon[rows]))))
    if len(rows) and along_m[-1] > 0:
        shares = along_m / along_m[-1]
    else:
        shares = np.linspace(0.0, 1.0, len(rows))
    for row, share in zip(rows, shares, strict=False):
        yield int(row), begin_us + round(float(share) * (end_us - begin_us))
