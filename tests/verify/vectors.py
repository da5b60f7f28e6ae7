"""Reading tests/vectors/exports, as a stranger would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "vectors"
MAGIC = "geowallet export vector 1"
FIELDS = ["name", "expect", "check", "contract", "reader", "now", "period"]


@dataclass(frozen=True, slots=True)
class Vector:
    """One published file and how it must end."""

    name: str
    expect: str
    check: str
    contract: Any
    reader: dict[str, Any]
    now_s: int
    period: str
    sealed: bytes


def vector(path: Path) -> Vector:
    """Read one file; a line that is not known is an error."""
    head, _, sealed = path.read_bytes().partition(b"\n\n")
    magic, *lines = head.decode().split("\n")
    fields = dict(line.split(":", 1) for line in lines)
    if magic != MAGIC or list(fields) != FIELDS:
        raise ValueError(f"{path.name}: not a vector of this version")
    values = {name: value.strip() for name, value in fields.items()}
    return Vector(
        name=values["name"],
        expect=values["expect"],
        check=values["check"],
        contract=json.loads((FOLDER / values["contract"]).read_bytes()),
        reader=json.loads((FOLDER / values["reader"]).read_bytes()),
        now_s=int(values["now"]),
        period=values["period"],
        sealed=sealed,
    )


VECTORS = tuple(vector(path) for path in sorted((FOLDER / "exports").glob("*.txt")))
