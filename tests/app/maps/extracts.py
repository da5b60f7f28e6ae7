"""A hand-drawn extract about 48 N 2 E: invented, nowhere on earth."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from tests.track.synthetic import EAST_DEG, METRE_DEG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Way = tuple["Mapping[str, str]", "Sequence[tuple[float, float]]"]

RAILS: Way = ({"railway": "rail"}, [(x, 0.0) for x in range(-500, 16_001, 500)])
STREET: Way = ({"highway": "residential"}, [(x, 300.0) for x in range(-500, 16_001, 500)])
STOP = ({"highway": "bus_stop"}, (0.0, 310.0))


def extract(
    ways: Sequence[Way] = (RAILS, STREET),
    nodes: Sequence[tuple[Mapping[str, str], tuple[float, float]]] = (STOP,),
    *,
    lacking: int = 0,
) -> bytes:
    """Return OpenStreetMap XML, corners in metres east and north; some last nodes may lack."""
    written: list[str] = []
    ways_written: list[str] = []
    for tags, at in nodes:
        written.append(_node(len(written) + 1, at, tags))
    for number, (tags, corners) in enumerate(ways, 1):
        first = len(written) + 1
        written += [_node(first + place, at, {}) for place, at in enumerate(corners)]
        members = "".join(f'<nd ref="{first + place}"/>' for place in range(len(corners)))
        ways_written.append(f'<way id="{number}">{members}{_tags(tags)}</way>')
    kept = written[: len(written) - lacking]
    body = "\n".join(["<osm version='0.6'>", *kept, *ways_written, "</osm>"])
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{body}\n".encode()


def write_extract(folder: Path, data: bytes | None = None, name: str = "drawn.osm") -> Path:
    path = folder / name
    path.write_bytes(extract() if data is None else data)
    return path


def _node(number: int, at: tuple[float, float], tags: Mapping[str, str]) -> str:
    lat, lon = 48.0 + at[1] * METRE_DEG, 2.0 + at[0] * EAST_DEG
    return f'<node id="{number}" lat="{lat:.7f}" lon="{lon:.7f}">{_tags(tags)}</node>'


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
