"""What a process asks of the disk, as ``strace`` writes it down, in order.

Only what changes a file system is kept: names, bytes, lengths and flushes, below one
folder, and what the process printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

CALLS = (
    "openat,close,lseek,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,"
    "fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,unlink,unlinkat,"
    "rmdir,mkdir,mkdirat,symlink,copy_file_range,sendfile"
)
_KNOWN = {
    *("openat", "close", "lseek", "write", "pwrite64", "ftruncate", "fsync", "fdatasync"),
    *("rename", "link", "unlink", "mkdir", "rmdir"),
}
_LINE = re.compile(r"^(\w+)\((.*)\)\s+= (\d+)")
_LONGEST = 1 << 24


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded; texts are bytes, the rest as it was written."""

    name: str
    arguments: tuple[str | bytes, ...]
    result: int

    def path(self, place: int) -> Path:
        """Return an argument as a path."""
        return Path(os.fsdecode(self.arguments[place]))


def has_strace() -> bool:
    """Say whether ``strace`` is there and may watch a process."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False)
    return tried.returncode == 0


needs_strace = pytest.mark.skipif(
    not has_strace(), reason="strace, which writes down what reaches the disk, is not usable here"
)


def record(action: str, folder: Path, log: Path, *files: Path) -> tuple[Call, ...]:
    """Let a process do ``action`` in ``folder`` and return its calls; see `acting`."""
    command = ["strace", "-qq", "-xx", "-s", str(_LONGEST), "-e", f"trace={CALLS}"]
    command += ["-o", str(log), sys.executable, "-m", "tests.faults.acting", action]
    # What measures the tests would write files of its own, and meet the faults that are meant.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment = kept | {"PYTHONDONTWRITEBYTECODE": "1"}
    command += [str(folder), *map(str, files)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with log.open(encoding="ascii") as lines:
        return tuple(calls(lines))


def calls(lines: Iterator[str]) -> Iterator[Call]:
    """Yield the calls that succeeded; one that the model does not know ends the run."""
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        name, arguments, result = match.groups()
        if name not in _KNOWN:
            raise NotImplementedError(name)
        yield Call(name, tuple(_argument(one) for one in arguments.split(", ")), int(result))


def _argument(text: str) -> str | bytes:
    if not text.startswith('"'):
        return text
    return bytes.fromhex(text.strip('"').replace("\\x", ""))
