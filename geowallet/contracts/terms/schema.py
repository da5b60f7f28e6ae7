"""The JSON Schema of terms, made from the very bounds that the reader checks.

It says the shape: names, types, ranges, words. What it cannot say (that dates exist, that
members do not contradict each other, that keys are points of the curve, that texts are
printable) only the reader refuses; `BEYOND` lists it for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.rows import GROUPINGS, LEVELS
from geowallet.contracts.terms.catalogue import AMOUNT, MEASURES
from geowallet.contracts.terms.measures import DIGEST, NUMBERS
from geowallet.contracts.terms.module_terms import (
    LARGEST,
    MOST_FUEL,
    MOST_OUTPUTS,
    MOST_PAGES,
)
from geowallet.contracts.terms.protection import (
    COMMITMENTS,
    LARGEST_CELL,
    MOST_DRAWS,
    MOST_EPSILON_MILLI,
)
from geowallet.contracts.terms.selection import (
    LONGEST_VEHICLE,
    MODES,
    MOST_VEHICLES,
    PLACES,
    PURPOSES,
    UNITS,
)
from geowallet.contracts.terms.syntax import CADENCES, LAST_VERSION, TEMPLATES, TERMS_SCHEMA
from geowallet.contracts.terms.tariff_terms import (
    LARGEST_CENTS,
    LARGEST_KM,
    LARGEST_PERCENT,
    MOST_BANDS,
)
from geowallet.model.calendar import WEEKDAYS
from geowallet.model.mobility import Sureness
from geowallet.rules.scale import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable

BEYOND = (
    "dates exist, and follow one another; a period is at most ten years long",
    "texts are printable, composed (NFC), without blanks at their ends",
    "keys are points of P-256, canonically written",
    "hours do not overlap, the time zone exists, days of leave are in order",
    "a measure, an output, a vehicle or a place is named once",
    "a maximum is a multiple of its step, and above its minimum",
    "bands rise to one without end",
    "members do not contradict each other, as geowallet.contracts.terms.protection says",
)
"""What only the reader refuses."""

_DAY = r"^2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
_KEY_PART = r"^[A-Za-z0-9_-]{43}$"


def terms_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) of what `syntax.terms_from_json` reads."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{TERMS_SCHEMA.replace('/', ':')}",
        "title": f"Terms of a contract, {TERMS_SCHEMA}",
        "$comment": f"Only the reader refuses the rest: {'; '.join(BEYOND)}.",
        **_object(
            {
                "schema": {"const": TERMS_SCHEMA},
                "name": _matching(r"^[a-z0-9][a-z0-9-]{0,39}$"),
                "version": _integer(1, LAST_VERSION),
                "supersedes": _or_null(_matching(f"^{DIGEST}$")),
                "recipient": _object(
                    {
                        "name": _line(100),
                        "signing_jwk": _jwk("sig", "ES256"),
                        "sealing_jwk": _jwk("enc", "ECDH-ES"),
                    }
                ),
                "purpose": _line(200),
                "legal_basis": _line(200),
                "template": _word(TEMPLATES),
                "select": _select(),
                "measures": _list(_measure(), 1, len(MEASURES)),
                "group_by": _words(GROUPINGS, 0),
                **_protection(),
                "module": _or_null(_module()),
                "tariff": _or_null(_tariff()),
                "cadence": _word(CADENCES),
                "covers": _object({"first": _matching(_DAY), "last": _matching(_DAY)}),
                "expires": _matching(_DAY),
                "assurance": _assurance(),
                "retention_months": _integer(1, 120),
                "issued": _matching(_DAY),
            }
        ),
    }


def _assurance() -> dict[str, Any]:
    demand = {"level": _word(LEVELS), "share_percent": _integer(0, 100)}
    more = {"only": {"const": True}, "readings": {"const": True}}
    return _object(demand | more) | {"required": list(demand)}


def _select() -> dict[str, Any]:
    return _object(
        {
            "unit": _word(UNITS),
            "modes": _words(MODES, 1),
            "purposes": _words(PURPOSES, 1),
            "vehicles": _list(_line(LONGEST_VEHICLE), 0, MOST_VEHICLES),
            "window": _or_null(_window()),
            "whole": {"type": "boolean"},
            "min_sureness": _word(word.value for word in Sureness),
            "places": _object({"within": _words(PLACES, 0), "outside": _words(PLACES, 0)}),
        }
    )


def _window() -> dict[str, Any]:
    span = {"type": "array", "items": _matching(_CLOCK), "minItems": 2, "maxItems": 2}
    return _object(
        {
            "hours": _object({day: _list(span, 0, 4) for day in WEEKDAYS}),
            "zone": _line(50),
            "holidays": _matching(r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$"),
            "leave": _list(_matching(_DAY), 0, 366),
        }
    )


def _measure() -> dict[str, Any]:
    kinds = []
    for name, kind in MEASURES.items():
        members: dict[str, Any] = {
            "id": {"const": name},
            "step": _integer(1, kind.coarsest_step),
            "maximum": _integer(1, kind.largest),
        }
        kinds.append(_object(members | ({"rule": _rule()} if name == AMOUNT else {})))
    return {"oneOf": kinds}


def _rule() -> dict[str, Any]:
    told: dict[str, Any] = {name: _integer(*bounds) for name, bounds in NUMBERS.items()}
    told |= {"electric": {"type": "boolean"}, "method": _word(METHODS)}
    return _object(
        {
            "id": _matching(r"^[a-z]{2}(\.[a-z][a-z0-9_]{0,39}){1,4}$"),
            "sha256": _matching(f"^{DIGEST}$"),
            "year": _integer(2000, 2199),
            "currency": _matching("^[A-Z]{3}$"),
            "parameters": _object(told) | {"required": []},
        }
    )


def _protection() -> dict[str, Any]:
    return {
        "small_cells": {
            "type": "integer",
            "minimum": 0,
            "maximum": LARGEST_CELL,
            "not": {"const": 1},
        },
        "noise": _or_null(_object({"epsilon_milli": _integer(1, MOST_EPSILON_MILLI)})),
        "commitments": _word(COMMITMENTS),
        "audit": _object(
            {"draws": _integer(0, MOST_DRAWS), "spot_checks": _integer(0, MOST_DRAWS)}
        ),
    }


def _module() -> dict[str, Any]:
    output = _object(
        {
            "id": _matching(r"^[a-z][a-z0-9_]{0,31}$"),
            "minimum": _integer(0, LARGEST),
            "maximum": _integer(0, LARGEST),
        }
    )
    return _object(
        {
            "sha256": _matching(f"^{DIGEST}$"),
            "fuel": _integer(1, MOST_FUEL),
            "memory_pages": _integer(1, MOST_PAGES),
            "outputs": _list(output, 1, MOST_OUTPUTS),
        }
    )


def _tariff() -> dict[str, Any]:
    band = _object(
        {
            "up_to_km": _or_null(_integer(1, LARGEST_KM)),
            "cents_per_100km": _integer(0, LARGEST_CENTS),
        }
    )
    return _object(
        {
            "currency": _matching("^[A-Z]{3}$"),
            "base_cents": _integer(0, LARGEST_CENTS),
            "bands": _list(band, 1, MOST_BANDS),
            "night_percent": _integer(0, LARGEST_PERCENT),
        }
    )


def _jwk(use: str, algorithm: str) -> dict[str, Any]:
    return _object(
        {
            "kty": {"const": "EC"},
            "crv": {"const": "P-256"},
            "x": _matching(_KEY_PART),
            "y": _matching(_KEY_PART),
            "use": {"const": use},
            "alg": {"const": algorithm},
        }
    )


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    return {
        "type": "array",
        "items": items,
        "minItems": least,
        "maxItems": most,
        "uniqueItems": True,
    }


def _words(allowed: Iterable[str], least: int) -> dict[str, Any]:
    words = list(allowed)
    return _list(_word(words), least, len(words))


def _word(allowed: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(allowed)}


def _integer(low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


def _line(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _matching(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def _or_null(inside: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, inside]}
