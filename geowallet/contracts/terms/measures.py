"""What a contract measures, as its terms say it; amounts name the rule that gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.catalogue import AMOUNT, MEASURES
from geowallet.contracts.terms.members import Members
from geowallet.rules.scale import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGEST = r"[0-9a-f]{64}"
"""SHA-256 in hexadecimal."""

NUMBERS: Mapping[str, tuple[int, int]] = {
    "power_cv": (1, 100),
    "months": (1, 12),
    "quota_percent": (1, 100),
    "present_days": (0, 366),
    "subscription_cents": (0, 100_000_000),
    "one_way_m": (1, 1_000_000),
}
"""Parameters of a rule that are whole numbers, with their least and largest value."""

PARAMETERS = (*NUMBERS, "electric", "method")
"""Everything that a rule may be told beside what is measured."""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """Which rule turns metres or days into money.

    Attributes:
        id: Such as ``fr.bareme_kilometrique.voiture``.
        sha256: Digest (hex) of the rule's file, so that both read the same numbers.
        year: Of the rule; the period of an export lies in it.
        currency: ISO 4217, as the rule's file says.
        parameters: What the rule asks beside the figures, of `PARAMETERS`, each once.
    """

    id: str
    sha256: str
    year: int
    currency: str
    parameters: tuple[tuple[str, int | bool | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure asked for.

    Attributes:
        id: Of the catalogue.
        step: It is rounded to multiples of this.
        maximum: Largest total of one export, a multiple of ``step``.
        rule: For an amount; None for everything else.
    """

    id: str
    step: int
    maximum: int
    rule: RuleUse | None = None


def read_measures(members: Members) -> tuple[Measure, ...]:
    """Return the measures in the member ``measures``.

    Raises:
        BadContractError: Not measures of the catalogue; it says which member.
    """
    values = members.each("measures", lambda item: item, least=1, most=len(MEASURES))
    measures = tuple(
        _measure(Members(item, f"{members.path}.measures[{n}]")) for n, item in enumerate(values)
    )
    if len({measure.id for measure in measures}) < len(measures):
        raise members.refusal("says the same twice", "measures")
    return measures


def measure_as_json(measure: Measure) -> dict[str, Any]:
    """Return one item of what `read_measures` reads."""
    value: dict[str, Any] = {"id": measure.id, "step": measure.step, "maximum": measure.maximum}
    if measure.rule is not None:
        value["rule"] = {
            "id": measure.rule.id,
            "sha256": measure.rule.sha256,
            "year": measure.rule.year,
            "currency": measure.rule.currency,
            "parameters": dict(measure.rule.parameters),
        }
    return value


def _measure(members: Members) -> Measure:
    name = members.choice("id", MEASURES)
    kind = MEASURES[name]
    measure = Measure(
        id=name,
        step=members.integer("step", 1, kind.coarsest_step),
        maximum=members.integer("maximum", 1, kind.largest),
        rule=_rule(members.inside("rule")) if name == AMOUNT else None,
    )
    members.done()
    if measure.maximum % measure.step:
        raise members.refusal("not a multiple of the step", "maximum")
    return measure


def _rule(members: Members) -> RuleUse:
    rule = RuleUse(
        id=members.matching("id", r"[a-z]{2}(\.[a-z][a-z0-9_]{0,39}){1,4}"),
        sha256=members.matching("sha256", DIGEST),
        year=members.integer("year", 2000, 2199),
        currency=members.matching("currency", r"[A-Z]{3}"),
        parameters=_parameters(members.inside("parameters")),
    )
    members.done()
    return rule


def _parameters(members: Members) -> tuple[tuple[str, int | bool | str], ...]:
    found: list[tuple[str, int | bool | str]] = []
    for name in PARAMETERS:
        if name not in members:
            continue
        if name in NUMBERS:
            found.append((name, members.integer(name, *NUMBERS[name])))
        elif name == "electric":
            found.append((name, members.flag(name)))
        else:
            found.append((name, members.choice(name, METHODS)))
    members.done()
    return tuple(found)
