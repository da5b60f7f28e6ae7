"""SD-JWT (RFC 9901), as narrow as an export needs it.

A signed JWT with one list of hashed rows, and the rows beside it::

    header.payload.signature~row~row~

There are no hidden object members, no nesting, no decoys and no key binding:
what a parser does not know, it cannot get wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.signing import sign_detached
from geowallet.model.errors import BadExportError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

EXPORT_TYP = "dc+sd-jwt"
"""Media type of an SD-JWT credential (draft-ietf-oauth-sd-jwt-vc, section 2.1)."""

HASH_NAME = "sha-256"
"""Value of ``_sd_alg`` (RFC 9901, section 4.1.1)."""

SALT_BYTES = 16
"""128 bits of salt for each row (RFC 9901, section 9.3)."""

MAX_EXPORT_BYTES = 1 << 21
"""Enough for a year of days in every mode; a bound before any parsing."""

_MAX_ROWS = 6_000
_MAX_ROW_BYTES = 1_024
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """An SD-JWT taken apart; nothing of it is verified yet.

    Attributes:
        detached: The signature without its payload, ``header..signature``.
        header: The protected header.
        payload: The signed bytes.
        claims: ``payload`` as JSON.
        rows: Digest (base64url) and content of each disclosed row, in the
            order of the file; a digest may occur twice in a hostile one.
    """

    detached: str
    header: dict[str, Any]
    payload: bytes
    claims: dict[str, Any]
    rows: tuple[tuple[str, Any], ...]


def pack(
    claims: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    private_jwk: dict[str, Any],
    salts: Callable[[int], bytes],
) -> str:
    """Return the signed SD-JWT with every row disclosed.

    Args:
        claims: Claims for everybody; integers, text, objects, no floats.
        rows: Values of the list ``groups``, each of which could be shown
            alone; none, and the claim is left out.
        private_jwk: The holder's signing key (P-256).
        salts: ``salts(n)`` gives ``n`` fresh random bytes.
    """
    disclosures = [b64u(canonical_bytes([b64u(salts(SALT_BYTES)), dict(row)])) for row in rows]
    body = dict(claims)
    if disclosures:
        body |= {"_sd_alg": HASH_NAME, "groups": [{"...": digest(one)} for one in disclosures]}
    payload = canonical_bytes(body)
    header, _, signature = sign_detached(payload, private_jwk, EXPORT_TYP).split(".")
    return "~".join([f"{header}.{b64u(payload)}.{signature}", *disclosures, ""])


def digest(disclosure: str) -> str:
    """Return the base64url digest of an encoded row (RFC 9901, section 4.2.3)."""
    return b64u(sha256(disclosure.encode("ascii")).digest())


def unpack(text: str) -> Opened:
    """Take an SD-JWT apart; the signature is not looked at.

    Raises:
        BadExportError: It is too long, is not of this shape, is not canonical
            base64url, names a member twice, or carries a row that is not
            ``[salt, row]``.
    """
    if len(text) > MAX_EXPORT_BYTES or not re.fullmatch(r"[A-Za-z0-9_.~-]+", text):
        raise BadExportError(reason=N_("it is too long, or is not written in base64url"))
    token, *disclosures, end = text.split("~") if "~" in text else (text, "missing")
    parts = token.split(".")
    if len(parts) != 3 or end or len(disclosures) > _MAX_ROWS:
        raise BadExportError(reason=N_("it is not a signed JWT with rows between tildes"))
    payload = _bytes(parts[1])
    return Opened(
        detached=f"{parts[0]}..{parts[2]}",
        header=_object(_bytes(parts[0])),
        payload=payload,
        claims=_object(payload),
        rows=tuple((digest(one), _row(one)) for one in disclosures),
    )


def _row(disclosure: str) -> Any:
    value = _json(_bytes(disclosure), max_bytes=_MAX_ROW_BYTES)
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)):
        raise BadExportError(reason=N_("a row is not a salt and a value"))
    if len(_bytes(value[0])) < SALT_BYTES:
        raise BadExportError(reason=N_("a row is not a salt and a value"))
    return value[1]


def _object(data: bytes) -> dict[str, Any]:
    value = _json(data, max_bytes=MAX_EXPORT_BYTES)
    if not isinstance(value, dict):
        raise BadExportError(reason=N_("its header or payload is not a JSON object"))
    return value


def _json(data: bytes, *, max_bytes: int) -> Any:
    try:
        return strict_json(data, max_bytes=max_bytes, max_depth=_MAX_DEPTH)
    except ValueError as error:
        raise BadExportError(reason=N_("a part of it is not strict JSON")) from error


def _bytes(text: str) -> bytes:
    try:
        return unb64u(text)
    except ValueError as error:
        raise BadExportError(reason=N_("a part of it is not canonical base64url")) from error
