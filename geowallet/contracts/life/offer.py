"""What a recipient asks, signed by them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.syntax import Terms, terms_as_json, terms_from_json
from geowallet.crypto.canonical import (
    TooDeepJsonError,
    canonical_bytes,
    digest_of,
    strict_json,
)
from geowallet.crypto.signing import sign_detached, verify_detached
from geowallet.model.errors import (
    ContractSignatureError,
    NotJsonError,
    OtherFileError,
    TooDeepError,
)
from geowallet.model.words import N_

OFFER_SCHEMA = "geowallet.offer/1"
OFFER_TYP = "geowallet-offer+jws"
"""Says in the signed header that an offer was meant, and nothing else."""

MAX_FILE_BYTES = 65_536
"""Of an offer or a contract file; real ones are below 5 kB."""

LONGEST_SIGNATURE = 1_024


@dataclass(frozen=True, slots=True)
class Offer:
    """Terms with the recipient's signature (detached JWS over RFC 8785 bytes)."""

    terms: Terms
    signature: str


def sign_offer(terms: Terms, private_jwk: dict[str, Any]) -> Offer:
    """Return the offer of ``terms``.

    Raises:
        BadContractError: Terms that no reader would accept.
        ContractSignatureError: ``private_jwk`` is not the key that they name.
    """
    value = terms_as_json(terms)
    terms_from_json(value)
    offer = Offer(terms, sign_detached(canonical_bytes(value), private_jwk, OFFER_TYP))
    check_offer(offer)
    return offer


def check_offer(offer: Offer) -> None:
    """Check the signature against the key that the terms name.

    Whether that key is the recipient's is for people to compare.

    Raises:
        ContractSignatureError: It does not fit.
    """
    payload = canonical_bytes(terms_as_json(offer.terms))
    verify(payload, offer.signature, offer.terms.recipient.signing_jwk, OFFER_TYP, offer.terms.name)


def terms_digest(terms: Terms) -> str:
    """Return the SHA-256 (hex) of the terms: the name of a contract in every export."""
    return digest_of(terms_as_json(terms))


def offer_bytes(offer: Offer) -> bytes:
    """Return the offer as a file that people can read."""
    return file_bytes(
        {
            "schema": OFFER_SCHEMA,
            "terms": terms_as_json(offer.terms),
            "signature": offer.signature,
        }
    )


def read_offer(data: bytes) -> Offer:
    """Read what `offer_bytes` wrote.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: It was altered, or signed with another key.
    """
    members = read_file(data, OFFER_SCHEMA)
    offer = Offer(
        terms=terms_from_json(members.take("terms")),
        signature=members.line("signature", LONGEST_SIGNATURE),
    )
    members.done()
    check_offer(offer)
    return offer


def file_bytes(value: dict[str, Any]) -> bytes:
    """Return JSON of two blanks a step, UTF-8, with a line end."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def read_file(data: bytes, schema: str) -> Members:
    """Return the members of a JSON file, after checking its schema.

    Raises:
        BadContractError: Not JSON, a name twice, too long, another schema.
    """
    members = Members(read_json(data), "")
    found = members.take("schema")
    if found != schema:
        raise OtherFileError(reason=N_("its schema is another"))
    return members


def read_json(data: bytes) -> Any:
    """Return the JSON value of a file from a stranger.

    Raises:
        NotJsonError: Not JSON, a name twice, too long, a number with a fraction.
        TooDeepError: Nested too deeply.
    """
    try:
        return strict_json(data, max_bytes=MAX_FILE_BYTES)
    except TooDeepJsonError as error:
        raise TooDeepError(reason=N_("nested too deeply")) from error
    except ValueError as error:
        raise NotJsonError(reason=N_("not such JSON")) from error


def verify(payload: bytes, signature: str, jwk: dict[str, Any], typ: str, name: str) -> None:
    """Check one signature of the contract called ``name``.

    Raises:
        ContractSignatureError: It does not fit.
    """
    try:
        verify_detached(payload, signature, jwk, typ)
    except ValueError as error:
        raise ContractSignatureError(file=name) from error
