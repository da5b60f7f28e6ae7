"""Import, preview, export and verification through the command line, and the sizes on disk.

Run with ``python -m benchmarks.bench_wallet``, or with a number of fixes after it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import geowallet, ran, say, timed
from benchmarks.track_of import MONTH, trace_of, write_csv

FIXES = 1_000_000
ROUNDS = 5
CONTRACT = "mileage"


class Stage:
    """A folder with a wallet, a desk and a passphrase of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wallet = folder / "wallet.gwv"
        (folder / "passphrase").write_text("measured with five plain words\n")
        self._settings = {
            "GEOWALLET_WALLET": str(self.wallet),
            "GEOWALLET_STATE": str(folder / "state"),
            "GEOWALLET_DESK": str(folder / "desk"),
            "GEOWALLET_PASSPHRASE_FILE": str(folder / "passphrase"),
        }

    def run(self, *words: str | Path) -> str:
        """Return what a command of geowallet wrote."""
        return ran(geowallet(*words), where=self.folder, **self._settings)

    def measure(self, *words: str | Path, rounds: int = ROUNDS) -> None:
        """Print the medians of a command."""
        found = timed(lambda: self.run(*words), rounds=rounds)
        say(f"  {' '.join(str(word) for word in words[:2]):24} {found}")


def main() -> None:
    """Measure a month, then the long trace."""
    n = int(sys.argv[1]) if sys.argv[1:] else FIXES
    with tempfile.TemporaryDirectory() as name:
        stage = _stage(Path(name) / "month")
        say("the simulated month, phone and watch")
        _measure(stage, [MONTH / "phone", MONTH / "watch"])
    with tempfile.TemporaryDirectory() as name:
        stage = _stage(Path(name) / "long")
        files = write_csv(trace_of(n), stage.folder / "files")
        read = sum(path.stat().st_size for path in files)
        say(f"{n:,} fixes in {len(files)} CSV files of {read:,} bytes in all")
        _measure(stage, [stage.folder / "files"])
        say(f"  {stage.wallet.stat().st_size / n:.2f} bytes a fix in the wallet's file, all told")


def _stage(folder: Path) -> Stage:
    folder.mkdir()
    stage = Stage(folder)
    stage.run("init", "--recovery-file", folder / "recovery")
    say(f"an empty wallet: {stage.wallet.stat().st_size:,} bytes")
    return stage


def _measure(stage: Stage, sources: list[Path]) -> None:
    stage.measure("ingest", *sources, rounds=1)
    stage.measure("ingest", *sources, rounds=1)  # all known already
    say(f"  the wallet's file: {stage.wallet.stat().st_size:,} bytes")
    _introduce(stage)
    stage.measure("trip", "list", "--month", "2026-05")
    stage.measure("place", "list", rounds=3)
    stage.measure("contract", "preview", CONTRACT, "--period", "2026-05")
    stage.measure("export", CONTRACT, "--period", "2026-05", "--confirm", CONTRACT)
    stage.measure("verify", f"{CONTRACT}-2026-05.jwe")
    stage.measure("vault", "check", rounds=3)
    stage.measure("evidence", "check", rounds=3)
    for path in sorted(stage.folder.glob(f"{CONTRACT}*")):
        if "-2026-05-" not in path.name:
            say(f"  {path.name}: {path.stat().st_size:,} bytes")
    stage.run("lock")


def _introduce(stage: Stage) -> None:
    """Name home and work, set the hours, and sign a contract with a desk."""
    places = [json.loads(line) for line in stage.run("place", "list", "--json").splitlines()]
    for kind in ("home", "work"):
        found = next(place["place"] for place in places if place["guess"] == kind)
        stage.run("place", "name", found, kind.title())
    stage.run("work", "set", "--hours", "mon-fri 08:30-18:00", "--zone", "Europe/Paris")
    stage.run("desk", "init", "Exemple SAS")
    stage.run("desk", "offer", "work-hour-mileage", "--name", CONTRACT, "--covers", "2026")
    stage.run("contract", "accept", f"{CONTRACT}.offer", "--as", "Camille Martin", "--yes")
    stage.run("desk", "open", f"{CONTRACT}.contract")


if __name__ == "__main__":
    main()
