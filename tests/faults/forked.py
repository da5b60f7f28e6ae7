"""The program in a child of this process: all modules are there, so that it starts at once."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from coverage import Coverage

from geowallet.__main__ import main

_LONGEST_S = 120
_CRASHED = 70


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did."""

    status: int
    out: bytes
    err: bytes


def program(words: Sequence[str], environment: Mapping[str, str], folder: Path) -> Done:
    """Run the program with ``words`` in ``folder``; nobody answers what it asks."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _be(words, environment, folder, out, err)
        _, status = os.waitpid(child, 0)
        return Done(os.waitstatus_to_exitcode(status), _all_of(out), _all_of(err))


def _all_of(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _be(
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    out: IO[bytes],
    err: IO[bytes],
) -> None:
    status = _CRASHED
    try:
        signal.alarm(_LONGEST_S)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        tempfile.tempdir = None  # chosen anew, by the new environment
        for target, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, err)):
            os.dup2(source if isinstance(source, int) else source.fileno(), target)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, mode) for n, mode in enumerate("rww"))
        sys.argv = ["geowallet", *words]
        main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        measured = Coverage.current()
        if measured is not None:  # what ran here counts as what ran in the parent
            measured.stop()
            measured.save()
        os._exit(status)
