"""The drives of all road networks, kept in files so that a stopped run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.traffic import Drive, drives, sumo_home

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.simulation.roads import Network

_KINDS = ("car", "bus", "bike")


@dataclass(frozen=True, slots=True)
class Town:
    """The drives in one network; may hold none of a kind."""

    name: str
    kind: str
    drives: dict[str, tuple[Drive, ...]]


def drive_networks(networks: Iterable[Network], folder: Path) -> None:
    """Run every network that has no file in ``folder`` yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for network in networks:
        target = folder / f"{network.name}.npz"
        if target.exists():
            continue
        with TemporaryDirectory() as scratch:
            found = drives(network, Path(scratch), sumo_home())
        _write(target, network.kind, found)
        print(f"{network.name}: {len(found)} drives", flush=True)


def read_towns(folder: Path, *, only: Iterable[str] | None = None) -> tuple[Town, ...]:
    """Return the networks kept in ``folder``, without those that fell into gridlock.

    Args:
        folder: Where `drive_networks` wrote.
        only: Names to read; all if not given.
    """
    wanted = None if only is None else set(only)
    found = (
        _read(path)
        for path in sorted(folder.glob("*.npz"))
        if wanted is None or path.stem in wanted
    )
    return tuple(town for town in found if any(town.drives.values()))


def _write(target: Path, kind: str, found: list[Drive]) -> None:
    speed = np.concatenate([drive.speed_mps for drive in found]) if found else np.empty(0)
    heading = np.concatenate([drive.heading_rad for drive in found]) if found else np.empty(0)
    partial = target.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez_compressed(
            file,
            kind=np.array(kind),
            who=np.array([_KINDS.index(drive.who) for drive in found], np.int8),
            seconds=np.array([len(drive.speed_mps) for drive in found], np.int64),
            speed_mps=speed.astype(np.float32),
            heading_rad=heading.astype(np.float32),
        )
    partial.replace(target)


def _read(path: Path) -> Town:
    with np.load(path) as stored:
        ends = np.cumsum(stored["seconds"])
        speed = np.split(stored["speed_mps"].astype(np.float64), ends[:-1])
        heading = np.split(stored["heading_rad"].astype(np.float64), ends[:-1])
        who = [_KINDS[int(n)] for n in stored["who"]]
        kind = str(stored["kind"])
    every = [Drive(*row) for row in zip(who, speed, heading, strict=False)]
    by_kind = {name: tuple(drive for drive in every if drive.who == name) for name in _KINDS}
    return Town(path.stem, kind, by_kind)
