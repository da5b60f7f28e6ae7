"""Lets every call that changes the disk fail once, and says how the program took it.

``python -m tests.faults.failing [--step N]``: for each operation, each kind of call
and each of its occurrences (every Nth), a process does the operation while ``strace``
answers that one call, and all of its kind after it, with "no space left" or "input or
output error". Ends with status 1 where the program crashed, lost something it had
said, named no cause, or left a wallet that does not open.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from geowallet.app.wallet import master_of
from geowallet.model.errors import EvaluationFailedError, GeowalletError
from geowallet.vault import session
from geowallet.vault.check import check_vault
from geowallet.vault.store import open_vault
from tests.app import scene
from tests.conftest import ROOT
from tests.faults.acting import UNSAID
from tests.faults.power import prepared
from tests.faults.recorded import record

OPERATIONS = ("correct", "export", "backup")
KINDS = ("pwrite64", "fdatasync", "fsync", "unlink", "write", "rename", "mkdir", "link")
ERRORS = ("ENOSPC", "EIO")
DISK = 8
"""Exit status of `DiskFullError`."""

EVALUATOR = EvaluationFailedError.exit_status


def occurrences(operation: str, origin: Path, folder: Path) -> Counter[str]:
    """Return how often an operation makes each kind of call on its own files."""
    root = folder / "counted"
    shutil.copytree(origin, root)
    found = Counter(call.name for call in record(operation, root, folder / "log"))
    shutil.rmtree(root)
    return Counter({kind: found[kind] for kind in KINDS if found[kind]})


def failed(operation: str, kind: str, number: int, error: str, *, origin: Path, at: Path) -> str:
    """Return how one failure ended: ``told``, ``done``, or what is wrong."""
    shutil.rmtree(at, ignore_errors=True)
    shutil.copytree(origin, at)
    command = ["strace", "-qq", "-o", os.devnull, "-e", f"trace={kind}"]
    command += ["-e", f"inject={kind}:error={error}:when={number}+"]
    command += [sys.executable, "-m", "tests.faults.acting", operation, str(at)]
    # What measures the tests would write files of its own, and meet the faults that are meant.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment = kept | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    # Where writing fails for good, the code cannot be written either.
    told = done.returncode == DISK and done.stderr.strip() in {"vault.disk", ""}
    if done.returncode == EVALUATOR and "Traceback" not in done.stderr:
        return _opens(at, done.stdout) or "told: the pipe to the evaluator"
    if not told and done.returncode not in {0, UNSAID}:
        return f"crashed: {done.returncode} {done.stderr[-200:]}"
    return _opens(at, done.stdout) or ("told" if told else "done")


def _opens(at: Path, said: str) -> str:
    here = scene.places_at(at)
    try:
        master = master_of(here, scene.PASSPHRASE)
        with open_vault(here.wallet, master, random=os.urandom) as vault:
            if check_vault(vault).problems:
                return "damaged"
            size = vault.mark().size
    except GeowalletError as error:
        return f"does not open: {error.code}"
    for line in said.splitlines():
        if line.startswith("done") and int(line.split()[1]) > size:
            return "lost"
    return ""


def sweep(
    operations: Iterable[str], kinds: Iterable[str], step: int, folder: Path
) -> Counter[tuple[str, str]]:
    """Return how often each operation ended in which way."""
    origin, _ = prepared(folder)
    ends: Counter[tuple[str, str]] = Counter()
    for operation in operations:
        counted = occurrences(operation, origin, folder)
        for kind in kinds:
            for number in range(1, counted[kind] + 1, step):
                for error in ERRORS:
                    how = failed(
                        operation, kind, number, error, origin=origin, at=folder / "failing"
                    )
                    ends[operation, how] += 1
    return ends


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", type=int, default=1)
    chosen = parser.parse_args()
    session._ring = lambda: None
    with tempfile.TemporaryDirectory() as name:
        ends = sweep(OPERATIONS, KINDS, chosen.step, Path(name))
    for (operation, how), number in sorted(ends.items()):
        print(f"{operation}: {number} {how}")  # noqa: T201
    return int(any(not how.startswith(("told", "done")) for _, how in ends))


if __name__ == "__main__":
    sys.exit(main())
