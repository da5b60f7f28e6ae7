"""The files of a new connector's package, to be filled in by `string.Template`.

``$name`` is the word of the format, ``$kind`` the name of the class.
"""

from __future__ import annotations

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "geowallet-$name"
version = "0.1.0"
description = "Reads $name files into geowallet."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["geowallet"]

[project.entry-points."geowallet.connectors"]
$name = "geowallet_$name:$kind"

[tool.hatch.build.targets.wheel]
only-include = ["geowallet_$name.py"]
"""

MODULE = '''\
"""Reads $name files: a heading, then a time, a latitude and a longitude a line.

Change `sniff` and `read` to what your format says, and name where it is described.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.rows import BAD_TIME, position
from geowallet.connectors.streams import lines, text_of

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult

HEADING = "# $name"


class $kind:
    """Reads lines such as ``2026-03-02T07:30:00Z 48.6921 6.1844``."""

    name = "$name"
    extensions = (".$name",)

    def sniff(self, head: bytes) -> bool:
        return text_of(head).startswith(HEADING)

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        for number, line in enumerate(lines(stream, "$name"), start=1):
            if number == 1 or not line.strip():
                continue
            try:
                time, lat, lon = line.split()
                time_us, kind = parse_instant(time)
                wrong = position(float(lat), float(lon))
                if wrong is None:
                    devices.add("", time_us, kind, float(lat), float(lon))
            except ValueError:
                wrong = BAD_TIME
            if wrong is not None:
                devices.problems.add(f"line {number}", wrong)
        return devices.result(options)
'''

TEST = '''\
import io

from geowallet.connectors.api import ReadOptions
from geowallet.testing.connectors import check_connector
from geowallet_$name import $kind

SAMPLE = b"""# $name
2026-03-02T07:30:00Z 48.6921 6.1844
2026-03-02T07:30:10Z 48.6930 6.1850
"""


def test_passes_the_kit() -> None:
    assert check_connector($kind(), SAMPLE) == ()


def test_reads_what_stands_in_the_sample() -> None:
    (trace,) = $kind().read(io.BytesIO(SAMPLE), ReadOptions()).traces
    assert trace.fixes.lat_deg.tolist() == [48.6921, 48.6930]
'''

README = """\
# geowallet-$name

Reads $name files into [geowallet](https://pypi.org/project/geowallet/).

    pip install --editable .
    python -m pytest
    geowallet connector trust $name
    geowallet connector check $name SAMPLE
    geowallet inspect SAMPLE

Put one real file beside you, change `geowallet_$name.py` to what it says, and write into the test
what you read in it with your own eyes. After each change the connector is off until it is trusted
again; the test needs no trust.
"""
