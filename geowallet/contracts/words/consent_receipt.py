"""A contract as a consent receipt in the structure of ISO/IEC TS 27560; a view for the owner.

Fields that the specification asks for and that no terms hold (where data lie, which
law applies, postal addresses) are there and say `NOT_STATED`, instead of being made up.

Source:
    ISO/IEC TS 27560:2023, as summarised field by field in "Consent Records and
    Receipts as per ISO/IEC TS 27560:2023 using DPV", W3C DPVCG, section 7.2.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from geowallet.contracts.words.facts import leaving
from geowallet.crypto.signing import thumbprint

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from geowallet.contracts.life.grant import Contract

SCHEMA_VERSION = "ISO/IEC TS 27560:2023"

NOT_STATED = "not stated in the terms"
"""Stands in every mandatory field that the terms have nothing for."""

GIVEN, WITHDRAWN = "given", "withdrawn"
"""States of a consent event that a wallet knows of."""


def consent_receipt(
    contract: Contract,
    *,
    withdrawn: dt.date | None = None,
    language: str = "en",
    words: Callable[[str], str] = str,
) -> dict[str, Any]:
    """Return the receipt as JSON values; the same contract gives the same ids.

    Args:
        contract: What both signed.
        withdrawn: Day on which the owner ended it, or None.
        language: Of its sentences.
        words: Translates an English msgid into that language.
    """
    digest = contract.sha256
    holder = _id(contract.grant.holder.signing_jwk)
    events = [(contract.grant.accepted, GIVEN)]
    if withdrawn is not None:
        events.append((withdrawn, WITHDRAWN))
    return {
        "schema_version": SCHEMA_VERSION,
        "receipt_id": _uuid(f"receipt:{digest}:{holder}"),
        "record": {
            "schema_version": SCHEMA_VERSION,
            "record_id": _uuid(f"record:{digest}:{holder}"),
            "pii_principal_id": holder,
            "pii_processing": _processing(contract, language, words),
            "party_identification": _parties(contract),
            "consent_events": _events(contract, holder, events),
        },
    }


def _processing(contract: Contract, language: str, words: Callable[[str], str]) -> dict[str, Any]:
    terms = contract.terms
    purpose = {
        "purpose": terms.purpose,
        "purpose_type": terms.template,
        "lawful_basis": terms.legal_basis,
        "pii_information": [
            {
                "pii_type": words(fact.leaves),
                "pii_attribute_id": fact.id,
                "pii_optional": False,
                "special_pii_category": False,
            }
            for fact in leaving(terms)
        ],
        "pii_controllers": [_id(terms.recipient.signing_jwk)],
        "collection_method": "signed and sealed export, made by the principal alone",
        "processing_method": NOT_STATED,
        "storage_locations": [NOT_STATED],
        "retention_period": f"P{terms.retention_months}M",
        "processing_locations": [NOT_STATED],
        "jurisdiction": NOT_STATED,
        "recipient_third_parties": [],
        "withdrawal_method": f"geowallet contract withdraw {terms.name}",
        "privacy_rights": ["access", "rectification", "erasure", "restriction", "objection"],
    }
    return {
        "privacy_notice": f"urn:geowallet:contract:{contract.sha256}",
        "language": language,
        "purposes": [purpose],
    }


def _parties(contract: Contract) -> list[dict[str, Any]]:
    recipient, holder = contract.terms.recipient, contract.grant.holder
    named = (
        (recipient.signing_jwk, recipient.name, "PII controller", "organisation"),
        (holder.signing_jwk, holder.name, "PII principal", "person"),
    )
    return [
        {
            "party_id": _id(jwk),
            "party_name": name,
            "party_role": role,
            "party_type": kind,
            "party_address": NOT_STATED,
            "party_contact": NOT_STATED,
        }
        for jwk, name, role, kind in named
    ]


def _events(
    contract: Contract, holder: str, events: Sequence[tuple[dt.date, str]]
) -> list[dict[str, Any]]:
    return [
        {
            "event_time": day.isoformat(),
            "validity_duration": f"{day.isoformat()}/{contract.terms.expires.isoformat()}"
            if state == GIVEN
            else "P0D",
            "entity_id": holder,
            "event_type": "explicit, by a signature over the digest of the terms",
            "event_state": state,
        }
        for day, state in events
    ]


def _id(jwk: dict[str, Any]) -> str:
    return f"urn:geowallet:key:{thumbprint(jwk)}"


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:geowallet:{name}"))
