"""Terms of an offer from a template and what people typed of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, say
from geowallet.cli.travel.work import parse_hours
from geowallet.model.calendar import WorkWeek
from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.contracts.templates.template import Particulars, Template
    from geowallet.contracts.terms.measures import RuleUse
    from geowallet.contracts.terms.syntax import Terms

USUAL_HOURS = "mon-fri 08:30-18:00"
"""Hours of work that are asked for where none are named."""

Expires = Annotated[
    str, typer.Option(help=_("Last day of an export; by default a year after the period."))
]
Cadence = Annotated[str, typer.Option(help=_("One export a month, a year or once; else as usual."))]
Hours = Annotated[
    list[str] | None, typer.Option(help=_("Work hours, such as 'mon-fri 08:30-18:00'."))
]
Supersede = Annotated[
    bool, typer.Option("--supersede", help=_("The next version of the offer of that name."))
]
VehicleNames = Annotated[
    list[str] | None,
    typer.Option("--vehicle", help=_("Only this vehicle, by the name that its owner has for it.")),
]
RuleName = Annotated[
    str, typer.Option("--rule", help=_("With the amount by this rule, see 'geowallet rule list'."))
]
RuleYear = Annotated[int, typer.Option("--rule-year", help=_("The rule's year."))]
RuleFacts = Annotated[
    list[str] | None,
    typer.Option("--rule-fact", help=_("What the rule asks, such as power_cv=5.")),
]
TermsFile = Annotated[
    Path | None,
    typer.Option("--terms", help=_("Members that are other than in the template: a JSON file.")),
]


def template_named(name: str) -> Template:
    """Return a template by the name that was typed.

    Raises:
        BadOptionError: There is none of that name; it lists them.
    """
    from geowallet.contracts.templates.templates import TEMPLATES

    if name not in TEMPLATES:
        raise BadOptionError(option="TEMPLATE", reason=", ".join(TEMPLATES))
    return TEMPLATES[name]


def drafted(
    template: Template,
    particulars: Particulars,
    *,
    hours: list[str] | None,
    zone: str,
    holidays: str,
    vehicles: list[str] | None,
    rule: RuleUse | None,
    changes: Path | None,
) -> Terms:
    """Return the terms; a template that needs hours gets the usual ones where none are named.

    Raises:
        BadOptionError: Hours that cannot be read.
        BadWorkWeekError: Hours that do not exist.
        BadZoneError: A time zone that does not exist.
        BadContractError: ``changes`` is no JSON, or makes terms that no reader accepts.
    """
    from geowallet.contracts.templates.template import Choices

    typed = hours or ([USUAL_HOURS] if template.needs_hours else [])
    public = "" if holidays == "none" else holidays
    window = WorkWeek(parse_hours(typed), zone, public) if typed else None
    choices = Choices(window=window, vehicles=tuple(vehicles or ()), rule=rule)
    terms = template.terms(particulars, choices)
    return terms if changes is None else _amended(terms, changes)


def _amended(terms: Terms, path: Path) -> Terms:
    from geowallet.app.files import read_small
    from geowallet.contracts.life.offer import MAX_FILE_BYTES
    from geowallet.contracts.terms.amend import amended
    from geowallet.crypto.canonical import strict_json
    from geowallet.model.errors import BadContractError

    data = read_small(path, MAX_FILE_BYTES)
    try:
        change = strict_json(data, max_bytes=MAX_FILE_BYTES)
    except ValueError as error:
        raise BadContractError(reason=N_("not such JSON")) from error
    return amended(terms, change)


def purpose_of(template: Template) -> tuple[str, str]:
    """Return the purpose and the legal basis in the recipient's language."""
    return say(phrase(template.purpose)), say(phrase(template.legal_basis))


def rule_use(name: str, year: int, facts: list[str] | None) -> RuleUse | None:
    """Return the rule for an amount, pinned by the digest of its file; None where none is named.

    Raises:
        UnknownRuleError: There is no such rule.
        BadOptionError: A year or a fact is missing, or not one of a rule.
    """
    from geowallet.app.rulebook import rule, texts
    from geowallet.contracts.terms.measures import PARAMETERS, RuleUse
    from geowallet.crypto.canonical import sha256_hex
    from geowallet.rules.load import load_rule

    if not name:
        return None
    if not year:
        raise BadOptionError(option="--rule-year", reason=N_("this rule needs it"))
    found = rule(name)
    text = next(text for text in texts().values() if load_rule(text).id == name)
    told = sorted(map(_fact, facts or ()), key=lambda fact: PARAMETERS.index(fact[0]))
    return RuleUse(name, sha256_hex(text.encode()), year, found.currency, tuple(told))


def _fact(text: str) -> tuple[str, int | bool | str]:
    from geowallet.contracts.terms.measures import NUMBERS, PARAMETERS

    name, sign, value = text.partition("=")
    if name not in PARAMETERS or not sign:
        raise BadOptionError(option="--rule-fact", reason=", ".join(PARAMETERS))
    if name in NUMBERS:
        if not value.isascii() or not value.isdigit():
            raise BadOptionError(option="--rule-fact", reason=N_("not a whole number"))
        return name, int(value)
    return name, value == "yes" if name == "electric" else value
