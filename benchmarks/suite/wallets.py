"""Wallets for the suite, driven as people do: one command, one process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import geowallet

LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """One command: its processor seconds, the clock's, and the most memory it held."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    output: str


class Wallet:
    """A new wallet in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.path = folder, folder / "wallet.gwv"
        (folder / "passphrase").write_text("measured with five plain words\n")
        self.run("init", "--recovery-file", str(folder / "recovery"))

    def run(self, *words: str) -> Run:
        """Run a command of geowallet to its end.

        Raises:
            subprocess.CalledProcessError: It failed.
        """
        settings = {
            "GEOWALLET_WALLET": str(self.path),
            "GEOWALLET_STATE": str(self.folder / "state"),
            "GEOWALLET_DESK": str(self.folder / "desk"),
            "GEOWALLET_PASSPHRASE_FILE": str(self.folder / "passphrase"),
        }
        out = self.folder / "output"
        before_s = time.perf_counter()
        with out.open("w+") as stream:
            child = subprocess.Popen(  # noqa: S603  this interpreter, and words of ours
                geowallet(*words),
                cwd=self.folder,
                env=os.environ | settings,
                stdout=stream,
                stderr=subprocess.DEVNULL,
            )
            peak_mb, ended = 0.0, 0
            while not ended:
                peak_mb = _peak_mb(child.pid) or peak_mb
                time.sleep(LOOK_EVERY_S)
                # Of this child alone, and of those that it waited for.
                ended, status, usage = os.wait4(child.pid, os.WNOHANG)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, words)
        cpu_s, wall_s = usage.ru_utime + usage.ru_stime, time.perf_counter() - before_s
        return Run(cpu_s, wall_s, peak_mb, out.read_text())

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """Return what a command says with ``--json``."""
        return [json.loads(line) for line in self.run(*words, "--json").output.splitlines()]

    def copy(self, folder: Path) -> Wallet:
        """Return the same wallet in another folder."""
        shutil.copytree(self.folder, folder)
        twin = object.__new__(Wallet)
        twin.folder, twin.path = folder, folder / self.path.name
        return twin


def _peak_mb(process: int) -> float:
    """Return the most memory that a process has held since it began its program, 0 if it ended.

    What ``wait4`` says would count the memory of the process that started it.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
