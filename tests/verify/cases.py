"""Every published case: a sealed file, by what it is judged, and how that must end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from geowallet.contracts.life.grant import Contract, contract_bytes
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u
from geowallet.proofs.sdjwt import digest, unpack
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import (
    CONTRACT,
    DESK_SEAL,
    NOW_S,
)
from tests.verify.forging import GOOD, READER, assembled, row, token_of

Papers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One file and its end.

    Attributes:
        name: Says the fault, and names the vector.
        expect: Status.
        check: The first that fails, or "".
        forge: Makes the sealed bytes.
        papers: The contract file that it is judged by.
        reader: Private sealing key.
        now_s: Moment of verification.
        period: The one asked for, or "".
    """

    name: str
    expect: str
    check: str
    forge: Callable[[], bytes]
    papers: bytes
    reader: Papers
    now_s: int = NOW_S
    period: str = ""


def sealed(text: str) -> bytes:
    return seal_for(text, READER).encode()


def case(name: str, ends: str, text: str = GOOD, **judged: Any) -> Case:
    """A case whose end is written ``status`` or ``status/check``."""
    expect, _, check = ends.partition("/")
    contract = judged.pop("contract", CONTRACT)
    papers = judged.pop("papers", None) or contract_bytes(contract)
    reader = judged.pop("reader", DESK_SEAL)
    return Case(name, expect, check, partial(sealed, text), papers, reader, **judged)


def papers(change: Callable[[Papers], None], contract: Contract = CONTRACT) -> bytes:
    """The contract file with members changed and nothing signed again."""
    value = json.loads(contract_bytes(contract))
    change(value)
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def made(contract: Contract, total: Papers, rows: list[Papers], **claims: Any) -> str:
    """An export under ``contract`` with these figures, signed by its holder."""
    names = {"contract": contract.sha256, "contract_name": contract.terms.name, "total": total}
    body = {name: value for name, value in unpack(GOOD).claims.items() if name != "groups"}
    texts = [row(one, b64u(f"the salt of {n:04d}".encode())) for n, one in enumerate(rows)]
    if rows:
        body["groups"] = [{"...": digest(text)} for text in texts]
    else:
        body.pop("_sd_alg")
    body |= names | claims
    return assembled(
        token_of(canonical_bytes({k: v for k, v in body.items() if v is not ...})), texts
    )
