"""Write tests/vectors: sealed exports with one fault each, and what must come of them.

Run as ``.venv/bin/python -m tools.write_export_vectors`` after a change of the format. Keys,
salts, ids and dates are fixed; signatures and seals are not, because ECDSA and ECDH draw
fresh numbers, so every file changes with every run.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tests.verify.published import PUBLISHED

if TYPE_CHECKING:
    from tests.verify.cases import Case

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
MAGIC = "geowallet export vector 1"


def main() -> None:
    """Write all files anew, and say how many."""
    for folder in ("exports", "contracts", "keys"):
        (VECTORS / folder).mkdir(exist_ok=True)
        for old in (VECTORS / folder).iterdir():
            old.unlink()
    for case in PUBLISHED:
        (VECTORS / "exports" / slug(case.name)).write_bytes(vector(case))
    print(f"{len(PUBLISHED)} vectors in {VECTORS}")


def vector(case: Case) -> bytes:
    """Return one file: header lines, an empty line, the sealed bytes to the end."""
    reader = (json.dumps(case.reader, indent=1) + "\n").encode()
    lines = [
        MAGIC,
        f"name: {case.name}",
        f"expect: {case.expect}",
        f"check: {case.check}",
        f"contract: contracts/{_kept('contracts', case.papers)}",
        f"reader: keys/{_kept('keys', reader)}",
        f"now: {case.now_s}",
        f"period: {case.period}",
    ]
    return "\n".join([*lines, "", ""]).encode() + case.forge()


def slug(name: str) -> str:
    """Return the file name of a vector."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".txt"


def _kept(folder: str, data: bytes) -> str:
    name = f"{sha256(data).hexdigest()[:12]}.json"
    (VECTORS / folder / name).write_bytes(data)
    return name


if __name__ == "__main__":
    main()
