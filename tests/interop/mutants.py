"""Exports changed at random: outside the seal, inside it, and by the holder's own hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u
from geowallet.crypto.signing import public_jwk
from geowallet.proofs.sdjwt import digest, unpack
from geowallet.proofs.seal import seal_for
from geowallet.verify.jose import opened
from tests.verify.forging import assembled, disclosures_of, row, token_of
from tests.verify.vectors import VECTORS, Vector

SOUND = tuple(one for one in VECTORS if one.expect == "accepted" and len(one.sealed) < 20_000)
"""What is mutated: every vector that is accepted."""

STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 999, 1_000, 412_000, 2**31, 2**53 - 1, 2**53, 1.5, 1e300),
    *(
        "",
        "0",
        "car",
        "bike",
        "2026-10",
        "2026-11",
        "insufficient_data",
        "48.853",
        "é",
        "\U0001f600",
    ),
    *("0" * 32, "0" * 64, "A" * 43, [], {}, [None], [[]], {"...": ""}, {"lat": 48}),
)
ALPHABET = 'ABCXYZabcxyz0189-_.~=+/ \n"{}:,'


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed export, and the vector that it was."""

    origin: Vector
    kind: str
    sealed: bytes


def mutants(count: int, seed: int) -> Iterator[Mutant]:
    """Yield ``count`` mutants, the same for the same seed but for signatures and seals."""
    draw = Random(seed)  # noqa: S311  not for secrets
    plain = {one.name: opened(one.sealed, one.reader) for one in SOUND}
    for _ in range(count):
        origin = draw.choice(SOUND)
        kind, make = draw.choice(KINDS)
        sealed = make(draw, origin, plain[origin.name])
        yield Mutant(origin, kind, sealed)


def outside(draw: Random, origin: Vector, _text: str) -> bytes:
    """The sealed bytes, changed."""
    return mangled(draw, origin.sealed.decode("latin-1")).encode("latin-1")


def inside(draw: Random, origin: Vector, text: str) -> bytes:
    """The signed text changed and sealed again: anybody can do that."""
    changed = mangled(draw, text).encode("ascii", "replace").decode()
    return seal_for(changed, public_jwk(origin.reader)).encode()


def by_the_holder(draw: Random, origin: Vector, text: str) -> bytes:
    """Claims changed, signed by the holder's key and sealed: an honest form, a false content."""
    claims = changed_json(draw, unpack(text).claims)
    payload = json.dumps(claims, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    token = token_of(payload.encode("utf-8", "replace"))
    return _sealed(origin, assembled(token, disclosures_of(text)))


def rows_by_the_holder(draw: Random, origin: Vector, text: str) -> bytes:
    """Rows changed, hashed and signed again."""
    taken = unpack(text)
    rows = changed_json(draw, [value for _, value in taken.rows] or [{}])
    texts = [row(value, b64u(f"mutant {n:09d}".encode())) for n, value in enumerate(rows or [])]
    claims = taken.claims | {"groups": [{"...": digest(one)} for one in texts]}
    return _sealed(origin, assembled(token_of(canonical_bytes(claims)), texts))


KINDS: tuple[tuple[str, Callable[[Random, Vector, str], bytes]], ...] = (
    ("outside the seal", outside),
    ("inside the seal", inside),
    ("claims by the holder", by_the_holder),
    ("rows by the holder", rows_by_the_holder),
)


def mangled(draw: Random, text: str) -> str:
    """Text with a piece changed, cut, doubled, moved, or its capitals turned."""
    at, to = sorted(draw.randrange(len(text) + 1) for _ in range(2))
    to = min(to, at + draw.choice((1, 1, 1, 2, 8, 10**6)))
    piece = text[at:to]
    new = draw.choice(
        (
            draw.choice(ALPHABET),
            "",
            piece + piece,
            piece.swapcase(),
            piece[::-1],
            piece + draw.choice(("\n", "=", "~", ".")),
        )
    )
    return text[:at] + new + text[to:]


def changed_json(draw: Random, value: Any) -> Any:
    """A copy of a JSON value with one member changed, taken away, added or renamed."""
    changed = copy.deepcopy(value)
    place = changed
    while True:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = draw.choice(keys)
        if isinstance(place[key], dict | list) and draw.random() < 0.7:
            place = place[key]
            continue
        return _with(draw, changed, place, key)
    return draw.choice(STRANGE) if isinstance(changed, dict) and changed is place else changed


def _with(draw: Random, whole: Any, place: Any, key: Any) -> Any:
    old = place[key]
    match draw.randrange(5):
        case 0:
            del place[key]
        case 1 if isinstance(place, dict):
            place[draw.choice(("lat", "7", "__proto__", "groups", "evidence", "é"))] = old
        case 2 if type(old) is int:
            place[key] = old + draw.choice((-1_000, -1, 1, 1_000, 10**6))
        case _:
            place[key] = draw.choice(STRANGE)
    return whole


def _sealed(origin: Vector, text: str) -> bytes:
    return seal_for(text, public_jwk(origin.reader)).encode()
