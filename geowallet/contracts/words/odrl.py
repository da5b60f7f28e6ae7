"""A contract as an ODRL 2.2 policy, for programs that read policies; a view, never the contract.

What both signed is the terms. This view says the same in the W3C's words as far as they
go, and in words of our own profile where they do not (docs/reference/contract-views.md).

Source:
    ODRL Information Model 2.2 and ODRL Vocabulary & Expression 2.2, W3C
    Recommendations of 15 February 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.terms.hours import window_as_json
from geowallet.crypto.signing import thumbprint

if TYPE_CHECKING:
    from geowallet.contracts.life.grant import Grant
    from geowallet.contracts.terms.measures import Measure
    from geowallet.contracts.terms.syntax import Terms

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
PROFILE = "urn:geowallet:odrl:1"
"""Defines the operands below; a processor that does not know it must not enforce the policy."""

DURATIONS = {"month": "P1M", "year": "P1Y", "once": ""}
"""How often one export may be read, as an ISO 8601 duration."""

_DATE, _DURATION = "xsd:date", "xsd:duration"


def odrl_policy(terms: Terms, grant: Grant | None = None) -> dict[str, Any]:
    """Return a Request (what is asked) or, with a grant, an Agreement, as JSON-LD values.

    Every permission is to read one measure. The track itself may not be used: what a
    contract does not name does not leave.
    """
    digest = terms_digest(terms)
    parties = {"assignee": _party(terms.recipient.signing_jwk, terms.recipient.name)}
    if grant is not None:
        parties["assigner"] = _party(grant.holder.signing_jwk, grant.holder.name)
    rules = [
        {
            **parties,
            "target": _figure(terms, digest, measure),
            "action": "read",
            "constraint": _constraints(terms),
            "duty": [_deletion(terms)],
        }
        for measure in terms.measures
    ]
    return {
        "@context": [CONTEXT, {"gw": f"{PROFILE}:", "xsd": "http://www.w3.org/2001/XMLSchema#"}],
        "@type": "Request" if grant is None else "Agreement",
        "uid": f"urn:geowallet:contract:{digest}",
        "profile": PROFILE,
        "permission": rules,
        "prohibition": [
            {
                **parties,
                "target": {"@type": "Asset", "uid": f"urn:geowallet:track:{digest}"},
                "action": "use",
            }
        ],
    }


def _party(jwk: dict[str, Any], name: str) -> dict[str, Any]:
    return {"@type": "Party", "uid": f"urn:geowallet:key:{thumbprint(jwk)}", "gw:name": name}


def _figure(terms: Terms, digest: str, measure: Measure) -> dict[str, Any]:
    """Return one measure over the selected trips, as a collection with refinements."""
    return {
        "@type": "AssetCollection",
        "uid": f"urn:geowallet:figure:{digest}:{measure.id}",
        "source": f"urn:geowallet:track:{digest}",
        "refinement": [
            _constraint("gw:measure", "eq", measure.id),
            _constraint("gw:step", "eq", measure.step),
            _constraint("gw:maximum", "lteq", measure.maximum),
            *_selection(terms),
        ],
    }


def _selection(terms: Terms) -> list[dict[str, Any]]:
    select = terms.select
    lists = {
        "gw:mode": ("isAnyOf", select.modes),
        "gw:tripPurpose": ("isAnyOf", select.purposes),
        "gw:vehicle": ("isAnyOf", select.vehicles),
        "gw:placeKind": ("isAnyOf", select.within),
        "gw:notPlaceKind": ("isNoneOf", select.outside),
        "gw:groupBy": ("isAllOf", terms.group_by),
    }
    found = [
        _constraint(name, operator, list(values))
        for name, (operator, values) in lists.items()
        if values
    ]
    found.append(_constraint("gw:unit", "eq", select.unit))
    found.append(_constraint("gw:sureness", "gteq", select.min_sureness))
    if select.window is not None:
        hours = window_as_json(select.window) | {"whole": select.whole}
        found.append(_constraint("gw:hours", "isPartOf", hours))
    if terms.small_cells:
        found.append(_constraint("gw:tripsInGroup", "gteq", terms.small_cells))
    if terms.epsilon_milli:
        found.append(_constraint("gw:noiseEpsilonMilli", "eq", terms.epsilon_milli))
    if terms.module is not None:
        found.append(_constraint("gw:moduleSha256", "eq", terms.module.sha256))
    return found


def _constraints(terms: Terms) -> list[dict[str, Any]]:
    found = [
        _constraint("purpose", "eq", terms.purpose),
        _constraint("version", "eq", str(terms.version)),
        _constraint("gw:legalBasis", "eq", terms.legal_basis),
        _constraint("gw:coversFrom", "gteq", _typed(str(terms.covers.first), _DATE)),
        _constraint("gw:coversTo", "lteq", _typed(str(terms.covers.last), _DATE)),
        _constraint("dateTime", "gteq", _typed(str(terms.issued), _DATE)),
        _constraint("dateTime", "lteq", _typed(str(terms.expires), _DATE)),
    ]
    if DURATIONS[terms.cadence]:
        found.append(_constraint("timeInterval", "eq", _typed(DURATIONS[terms.cadence], _DURATION)))
    else:
        found.append(_constraint("count", "lteq", 1))
    if terms.min_share_percent or terms.shows_readings:
        share = {"level": terms.min_assurance, "percent": terms.min_share_percent}
        share |= {"only": True} if terms.only_assured else {}
        share |= {"readings": True} if terms.shows_readings else {}
        found.append(_constraint("gw:assurance", "gteq", share))
    return found


def _deletion(terms: Terms) -> dict[str, Any]:
    """Return the promise to delete, after the retention time at the latest."""
    after = _typed(f"P{terms.retention_months}M", _DURATION)
    return {"action": "delete", "constraint": [_constraint("elapsedTime", "lteq", after)]}


def _constraint(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": kind}
