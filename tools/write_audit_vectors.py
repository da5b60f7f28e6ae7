"""Write tests/vectors/audits.json: commitments, draws, a track and range proofs, good and bad.

Run as ``.venv/bin/python -m tools.write_audit_vectors``. Everything in it follows from fixed
seeds: the same bytes every time.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from geowallet.contracts.life.audit import Asked, Challenge, drawn_metres
from geowallet.crypto.curve import IDENTITY, ORDER, base_times, plus, scalar_bytes
from geowallet.crypto.pedersen import MOST_VALUE, SECOND_BASE, SECOND_BASE_LABEL, commit, opening_at
from geowallet.crypto.range_proof import MOST, prove_range
from geowallet.proofs.track import open_mark, open_slots, track_root
from tests.proofs.audited import FIRST, SIZE, TRACK, TRACK_SEED, fixed_random

PATH = Path(__file__).parent.parent / "tests" / "vectors" / "audits.json"

ABOUT = b"a vector"
VALUES = (0, 1, 37_120, MOST_VALUE - 1)

TWO = bytes.fromhex("ec" + "ff" * 30 + "7f")
"""The point of order 2."""


def main() -> None:
    """Write the file."""
    PATH.write_text(json.dumps(vectors(), indent=2) + "\n", encoding="utf-8")
    print(f"{PATH.name}: written")


def vectors() -> dict[str, Any]:
    """Return all vectors as JSON values."""
    return {
        "schema": "geowallet.audit-vectors/1",
        "second_base": {"label": SECOND_BASE_LABEL.decode(), "point": SECOND_BASE.hex()},
        "commitments": [
            _commitment(n, value) for n, value in enumerate((0, 1, 37_120, MOST_VALUE - 1))
        ],
        "points": _points(),
        "draws": _draws(),
        "track": _track(),
        "range_proofs": _range_proofs(),
    }


def _commitment(number: int, value: int) -> dict[str, Any]:
    opening = opening_at(b"v" * 32, number)
    point = commit(value, opening).hex()
    return {"value": value, "opening": scalar_bytes(opening).hex(), "point": point}


def _points() -> list[dict[str, str]]:
    good = commit(5, 7)
    cases = {
        "ok": good,
        "the identity": IDENTITY,
        "of order 2": TWO,
        "with a part of order 2": plus(good, TWO),
        "above the field": (2**255 - 18).to_bytes(32, "little"),
        "off the curve": (2).to_bytes(32, "little"),
        "short": good[:-1],
    }
    return [
        {"name": name, "expect": "ok" if name == "ok" else "bad_point", "point": point.hex()}
        for name, point in cases.items()
    ]


def _draws() -> dict[str, Any]:
    about = Asked("ab" * 32, "2026-10", "cd" * 16, dt.date(2026, 11, 3))
    asked = Challenge(about, b"v" * 32, 8, "")
    return {
        "seed": asked.seed.hex(),
        "terms_sha256": about.terms_sha256,
        "period": about.period,
        "jti": about.jti,
        "total_m": 463_017,
        "metres": list(drawn_metres(asked, 463_017)),
    }


def _track() -> dict[str, Any]:
    (slot,) = open_slots(TRACK, [FIRST], seed=TRACK_SEED, size=SIZE)
    mark = open_mark(FIRST, TRACK[FIRST][0], seed=TRACK_SEED)
    return {
        "root": track_root(TRACK, seed=TRACK_SEED, size=SIZE).hex(),
        "size": SIZE,
        "number": slot.number,
        "salt": slot.salt.hex(),
        "hashes": [one.hex() for one in slot.hashes],
        "proof": [one.hex() for one in slot.proof],
        "mark": {"text": mark.text, "salt": mark.salt.hex()},
    }


def _range_proofs() -> dict[str, Any]:
    opening = opening_at(b"v" * 32, 9)
    proof = prove_range(MOST, opening, about=ABOUT, random=fixed_random())
    point = commit(MOST, opening)
    late = int.from_bytes(proof[-32:], "little") + ORDER
    cases = {
        "ok": (point, proof),
        "a value below zero": (plus(point, base_times(-MOST - 1)), proof),
        "a value beyond the range": (plus(point, base_times(1)), proof),
        "another answer": (point, proof[:-32] + scalar_bytes(1)),
        "a number above the order": (point, proof[:-32] + late.to_bytes(32, "little")),
        "a bit's point with a part of order 2": (
            point,
            proof[:32] + plus(proof[32:64], TWO) + proof[64:],
        ),
        "too short": (point, proof[:-32]),
    }
    return {
        "about": ABOUT.decode(),
        "vectors": [
            {
                "name": name,
                "expect": "ok" if name == "ok" else "bad_proof",
                "point": commitment.hex(),
                "proof": text.hex(),
            }
            for name, (commitment, text) in cases.items()
        ],
    }


if __name__ == "__main__":
    main()
