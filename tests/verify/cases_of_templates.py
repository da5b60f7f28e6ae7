"""An export of October under every template, as the wallet would make it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from geowallet.contracts.evaluation.blur import blurred
from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.result import Result, check_result, job_for
from geowallet.contracts.evaluation.rows import Row
from geowallet.contracts.templates.template import Choices
from geowallet.contracts.templates.templates import TEMPLATES
from geowallet.contracts.terms.periods import periods
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.calendar import Period
from geowallet.proofs.commitments import commitment_claims
from tests.contracts.parties import HOURS, particulars
from tests.proofs.parties import JTI, OCTOBER, TERMS, contract_of, export_of
from tests.verify.cases import Case, case

DAYS = tuple(f"2026-10-{day:02d}" for day in (5, 6, 7, 12, 19, 20))
METRES = (41_230, 8_400, 55_019, 12_345, 120_700, 3_999)


def terms_of(name: str) -> Terms:
    """The template's terms for the recipient of all vectors."""
    template = TEMPLATES[name]
    parts = replace(particulars(), recipient=TERMS.recipient, name=name, cadence="")
    window = HOURS if template.needs_hours else None
    return template.terms(parts, Choices(window=window, vehicles=("clio",)))


def rows_of(terms: Terms) -> list[Row]:
    """Six trips, one a day, by the modes and for the purposes of the terms in turn."""
    modes, purposes = terms.select.modes, terms.select.purposes
    vehicles = terms.select.vehicles or ("",)
    driven = (20_000, 19_000, 20_000, 3, 1, 0, 2, 0, 1, 0)
    return [
        Row(
            day=day,
            mode=modes[n % len(modes)],
            trip=n + 1,
            metres=metres,
            level=0,
            seconds=metres // 10,
            night_m=metres // 4,
            purpose=purposes[n % len(purposes)],
            vehicle=vehicles[0],
            driven=driven,
        )
        for n, (day, metres) in enumerate(zip(DAYS, METRES, strict=True))
    ]


def result_of(terms: Terms, period: Period) -> Result:
    """What the wallet would put into the export, noise included."""
    result = check_result(terms, period, evaluate(job_for(terms, period), rows_of(terms)))
    return blurred(terms, result, lambda _, steps: steps + 1) if terms.epsilon_milli else result


def of_template(name: str) -> Case:
    """One export, accepted."""
    terms = terms_of(name)
    period = next(one for one in periods(terms) if OCTOBER.first in one)
    length = (period.last - period.first).days + 1
    by_day = dict(zip(DAYS, METRES, strict=True))
    days = [str(period.first.fromordinal(period.first.toordinal() + n)) for n in range(length)]
    further = commitment_claims(
        terms,
        [by_day.get(day, 0) for day in days],
        seed=b"t" * 32,
        jti=JTI,
        period=str(period),
        random=lambda n: sha256(b"never outside a test").digest()[:n],
    )
    if terms.audit.spot_checks:
        further |= {"track": {"root": "ef" * 32, "size": 96 * (length + 2)}}
    contract = contract_of(terms)
    text = export_of(result_of(terms, period), contract, further=further)
    return case(f"template {name}", "accepted", text, contract=contract, period=str(period))


OF_TEMPLATES = tuple(of_template(name) for name in TEMPLATES)
