"""Packages of other people, as an installer would leave them, written for one test."""

from __future__ import annotations

from pathlib import Path

READER = """
import io

from geowallet.connectors.api import Problem, ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.fields.devices import Devices
from geowallet.model.fixes import TimeKind
from geowallet.model.words import phrase

class Stranger:
    name = "stranger"
    extensions = (".str",)

    def sniff(self, head):
        {sniff}

    def read(self, stream, options):
        {read}

def rows(stream, options):
    devices = Devices()
    for number, line in enumerate(stream.read().split()[1:]):
        devices.add("d%d" % (number % 2), int(line), TimeKind.UTC, 48.5, 6.25, speed_mps=2.0)
    devices.labels.add("mode", "bike", 5, 9, trace="d0")
    devices.problems.add("line 7", phrase("{{count}} odd words", count=3))
    return devices.result(options, untimed=4, note=phrase("a note"))
"""
"""Reads ``stranger 1 2 3``: fixes of two devices at one place."""

SAMPLE = b"stranger 1000000 2000000 3000000"


def code(
    *,
    sniff: str = 'return head.startswith(b"stranger")',
    read: str = "return rows(stream, options)",
    top: str = "",
) -> str:
    """A module with the class ``Stranger``, some of it replaced."""
    bodies = {"sniff": sniff.replace("\n", "\n        "), "read": read.replace("\n", "\n        ")}
    return READER.format(**bodies) + top


def install(
    folder: Path,
    source: str,
    *,
    name: str = "stranger",
    module: str = "strange",
    target: str = "",
    requires: str = "",
    others: dict[str, str] | None = None,
) -> Path:
    """Leave a package in ``folder``, which is to be on the path, and return its module."""
    info = folder / f"{module}-1.2.dist-info"
    info.mkdir(parents=True)
    files = {f"{module}.py": source} | (others or {})
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    needs = "".join(f"Requires-Dist: {need}\n" for need in requires.split())
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: strange-{name}\nVersion: 1.2\n{needs}"
    )
    point = target or f"{module}:Stranger"
    (info / "entry_points.txt").write_text(f"[geowallet.connectors]\n{name} = {point}\n")
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in (*files, f"{info.name}/RECORD")))
    return folder / f"{module}.py"
