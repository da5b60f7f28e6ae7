"""Environments of the peers: each with its own best versions, under ``build/bench``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).parent.parent.parent / "build" / "bench"

WANTED = {
    "readers": (
        "fitdecode==0.11.0",
        "gpxpy==1.6.2",
        "ijson==3.5.0",
        "lxml==6.1.1",
        "numpy==2.4.6",
        "orjson==3.11.9",
        "polars==1.42.1",
        "pynmeagps==1.1.4",
    ),
    "trackintel": ("trackintel==1.4.2", "scikit-learn", "gpxpy==1.6.2", "lxml==6.1.1"),
}
"""What each environment holds."""


def interpreter(name: str) -> Path | None:
    """Return the interpreter of an environment, made on first use; None where it cannot be."""
    folder = BUILD / "environments" / name
    python, ready = folder / "bin" / "python", folder / "ready"
    if ready.exists() and ready.read_text() == "\n".join(WANTED[name]):
        return python
    folder.parent.mkdir(parents=True, exist_ok=True)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--prefer-binary", *WANTED[name]],
    ):
        if subprocess.run(command, check=False).returncode:  # noqa: S603  words of ours
            return None
    ready.write_text("\n".join(WANTED[name]))
    return python
