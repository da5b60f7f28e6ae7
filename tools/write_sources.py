"""Write the simulated month anew and record every sample's SHA-256 in SOURCES.toml.

python tools/write_sources.py

Origin, licence and description of the real traces are kept as they stand; a
real trace without them is refused.
"""

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path

from geowallet.testing.simulate import SEED, write_month

SAMPLES = Path(__file__).parent.parent / "samples"
MONTH = SAMPLES / "simulated-month"
HEAD = """\
# Where every sample comes from. Written by tools/write_sources.py; the tests
# refuse a file whose SHA-256 differs. Table names are paths below samples/.
"""
WHAT = {
    "phone": "phone of the simulated employee, one local day",
    "watch": "watch of the simulated employee, one ride at 1 Hz",
    "truth.json": "what really happened in the simulated month",
}


def main() -> None:
    """Regenerate, hash, write."""
    listing = SAMPLES / "SOURCES.toml"
    known = tomllib.loads(listing.read_text(encoding="utf-8")) if listing.exists() else {}
    shutil.rmtree(MONTH, ignore_errors=True)
    write_month(MONTH)
    tables = [HEAD]
    for path in sorted(SAMPLES.rglob("*")):
        name = path.relative_to(SAMPLES).as_posix()
        if not path.is_file() or name == listing.name:
            continue
        entry = _simulated(name) if MONTH in path.parents else known.get(name)
        if entry is None:
            sys.exit(f"{name}: say origin, licence and what it is in SOURCES.toml first")
        entry |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        lines = [f'{key} = "{entry[key]}"' for key in ("origin", "licence", "sha256", "what")]
        tables.append("\n".join([f'["{name}"]', *lines]) + "\n")
    listing.write_text("\n".join(tables), encoding="utf-8")


def _simulated(name: str) -> dict[str, str]:
    return {
        "origin": f"simulated by geowallet/testing/simulate.py, seed {SEED}",
        "licence": "EUPL-1.2",
        "what": WHAT[name.split("/")[1]],
    }


if __name__ == "__main__":
    main()
