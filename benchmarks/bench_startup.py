"""How long ``geowallet --help`` takes, and a bare interpreter on the same machine.

Run with ``python -m benchmarks.bench_startup``.
"""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.timing import Timing, geowallet, ran, say, timed

ROUNDS = 20


def main() -> None:
    """Print the medians and their ratio."""
    commands = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "import typer": [sys.executable, "-c", "import typer"],
        "geowallet --help": geowallet("--help"),
        "geowallet trip list --help": geowallet("trip", "list", "--help"),
    }
    bare: Timing | None = None
    for name, command in commands.items():
        ran(command)  # the first run fills the caches
        found = timed(partial(ran, command), rounds=ROUNDS)
        bare = bare or found
        ratio = found.wall_s / bare.wall_s
        say(f"{name:28} {found}; {ratio:.1f} times the bare interpreter")


if __name__ == "__main__":
    main()
