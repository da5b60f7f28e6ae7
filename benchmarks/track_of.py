"""Long traces: a device of the simulated month, repeated month after month."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.intake.reading import read_traces
from geowallet.connectors.api import ReadOptions
from geowallet.model.fixes import Fixes

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parent.parent / "samples"
MONTH = SAMPLES / "simulated-month"
MONTH_US = 31 * 86_400_000_000
ROWS_A_FILE = 50_000


def one_month(device: str = "phone") -> Fixes:
    """Return the fixes of a device in the simulated month, in time order."""
    return fixes_in(MONTH / device)


def fixes_in(folder: Path) -> Fixes:
    """Return the fixes of all files in ``folder``, in time order."""
    traces, refused = read_traces([str(folder)], options=ReadOptions())
    if refused:
        raise ValueError("the samples cannot be read")
    columns = zip(*(item.trace.fixes.columns() for item in traces), strict=True)
    joined = [np.concatenate(parts) for parts in columns]
    order = np.argsort(joined[0], kind="stable")
    return Fixes(*(column[order] for column in joined))


def trace_of(n: int, device: str = "phone") -> Fixes:
    """Return ``n`` fixes: the month, and copies of it in the months before."""
    month = one_month(device)
    copies = range(-(-n // len(month)) - 1, -1, -1)
    months = [replace(month, time_us=month.time_us - back * MONTH_US) for back in copies]
    columns = zip(*(part.columns() for part in months), strict=True)
    return Fixes(*(np.concatenate(parts)[-n:] for parts in columns))


def write_csv(fixes: Fixes, folder: Path) -> list[Path]:
    """Write ``fixes`` as CSV files with the header of GPSLogger; return them."""
    folder.mkdir()
    files = []
    for first in range(0, len(fixes), ROWS_A_FILE):
        part = fixes.take(slice(first, first + ROWS_A_FILE))
        path = folder / f"part-{first:08d}.csv"
        path.write_text("time,lat,lon,elevation,accuracy,bearing,speed\n" + "".join(_rows(part)))
        files.append(path)
    return files


def _rows(fixes: Fixes) -> Iterator[str]:
    for time_us, lat, lon, elevation, accuracy, speed, bearing, _ in zip(
        *(column.tolist() for column in fixes.columns()), strict=True
    ):
        moment = dt.datetime.fromtimestamp(time_us / 1e6, tz=dt.UTC)
        known = (_text(value) for value in (elevation, accuracy, bearing, speed))
        yield f"{moment:%Y-%m-%dT%H:%M:%S}Z,{lat:.7f},{lon:.7f},{','.join(known)}\n"


def _text(value: float) -> str:
    return "" if value != value else f"{value:.2f}"  # noqa: PLR0124  NaN
