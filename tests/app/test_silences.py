from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app.locations import Locations
from geowallet.app.travel.silences import causes, silences
from geowallet.app.travel.trips import stored_trips
from geowallet.model.causes import Cause
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.test_replays import read


@pytest.fixture
def new(empty: Locations) -> Iterator[Vault]:
    with scene.opened(empty) as opened:
        yield opened


def cut_day(folder: Path, *, files: int) -> list[Path]:
    """A day by car without the third quarter of its first drive, in one file or in two."""
    head, *rows = scene.car_day(scene.days_of_may(4)[0]).decode().splitlines()
    parts = [[row for row in rows if row[11:19] < "07:03:00"]]
    parts.append([row for row in rows if row[11:19] > "07:06:00"])
    if files == 1:
        parts = [parts[0] + parts[1]]
    paths = []
    for number, part in enumerate(parts):
        paths.append(folder / f"{number}.csv")
        paths[-1].write_text("\n".join([head, *part]) + "\n")
    return paths


@pytest.mark.parametrize(("files", "cause"), [(1, Cause.NO_SIGNAL), (2, Cause.SOFTWARE)])
def test_the_files_around_a_silence_tell_why(
    new: Vault, tmp_path: Path, files: int, cause: Cause
) -> None:
    """At the pace of a ride: a tunnel, if it is one file; two files were two recordings."""
    read(new, *cut_day(tmp_path, files=files))
    trips = stored_trips(new)
    found = silences(new, trips)
    assert [(key, [one.cause for one in told]) for key, told in found.items()] == [
        (trips[0].id, [cause])
    ]
    ((one,),) = found.values()
    assert causes(found[trips[0].id]) == {cause: float(round(one.gap.metres))}
    assert silences(new, trips[1:]) == {}
