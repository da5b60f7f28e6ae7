"""Write tests/vectors/exports.json: sealed exports, each with what must come of it.

Run as ``.venv/bin/python tools/write_export_vectors.py`` after a change of the
format. Keys, salts, ids and dates are fixed; signatures and seals are not,
because ECDSA and ECDH draw fresh numbers, so the file changes with every run.
"""

from __future__ import annotations

import json
from pathlib import Path

from geowallet.contracts.grant import contract_bytes
from geowallet.crypto.signing import public_jwk
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import CONTRACT, DESK_SEAL, NOW_S, export_of
from tests.verify.forgeries import SEALS, SIGNED
from tests.verify.forging import GOOD

VECTORS = Path(__file__).parent.parent / "tests" / "vectors" / "exports.json"


def main() -> None:
    """Write the file and say how many vectors it holds."""
    reader = public_jwk(DESK_SEAL)
    good = {
        "as it should be": GOOD,
        "replaces an earlier export": export_of(supersedes="0" * 32),
    }
    vectors = [
        {"name": name, "expect": "ok", "sealed": seal_for(text, reader)}
        for name, text in good.items()
    ]
    vectors += [
        {"name": fault.name, "expect": fault.expect, "sealed": seal_for(fault.forge(), reader)}
        for fault in SIGNED
    ]
    vectors += [
        {"name": fault.name, "expect": fault.expect, "sealed": fault.forge()} for fault in SEALS
    ]
    document = {
        "schema": "geowallet.export-vectors/1",
        "now_s": NOW_S,
        "reader_private_jwk": DESK_SEAL,
        "contract": json.loads(contract_bytes(CONTRACT)),
        "vectors": vectors,
    }
    VECTORS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(vectors)} vectors in {VECTORS}")


if __name__ == "__main__":
    main()
