"""A contract in plain words, computed from its terms.

`explain` gives sections, each a label and clauses. A clause is one `Phrase`,
complete in itself: show a section as its clauses one per line or joined by
semicolons, and translate each as a whole. A list (of modes, of days) is a run
of clauses; no sentence is glued together from pieces. Values that are ids
(``e_bike``, ``commute``, ``likely``, ``mon``) are for the reader's side to translate.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.leak import draw_bits, leak_bits, sighting_bits
from geowallet.contracts.templates.templates import USUAL
from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.contracts.terms.hours import clock
from geowallet.contracts.terms.periods import periods
from geowallet.contracts.words.facts import leaving, staying, unusual
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import thumbprint
from geowallet.model.calendar import WEEKDAYS
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import WorkWeek

Section = tuple[Phrase, tuple[Phrase, ...]]


def explain(terms: Terms) -> tuple[Section, ...]:
    """Return the eight sections, always all of them, always in this order."""
    return (
        (phrase(N_("WHO")), _who(terms)),
        (phrase(N_("WHY")), _why(terms)),
        (phrase(N_("LEAVES")), _leaves(terms)),
        (phrase(N_("NEVER LEAVES")), tuple(phrase(fact.stays) for fact in staying(terms))),
        (phrase(N_("WHICH TRIPS")), _which_trips(terms)),
        (phrase(N_("THEY CHECK")), _they_check(terms)),
        (phrase(N_("UNTIL")), _until(terms)),
        (phrase(N_("TO STOP")), _to_stop()),
    )


def deductions(terms: Terms) -> tuple[Phrase, ...]:
    """Return what a reader may infer from figures that the terms let out.

    Empty where nothing is known; not a proof that nothing can be inferred.
    """
    facts = {fact.id for fact in leaving(terms)}
    counted = facts & {"days", "trips"}
    inferences = (
        (
            {"distance", "commute"} <= facts and bool(counted),
            N_("roughly how far you live from work, by dividing"),
        ),
        ("day" in facts, N_("on which days you were away, and on which you were not")),
        (
            {"days", "commute"} <= facts,
            N_("on how many days you did not travel to work in this way"),
        ),
        ("month" in facts, N_("months in which you were ill or on leave, where a figure is low")),
        (
            terms.module is not None,
            N_("whatever their module hides in its numbers: nobody here knows its formula"),
        ),
        (terms.shows_readings, N_("how much the vehicle is driven in all, by anybody")),
    )
    return tuple(phrase(text) for holds, text in inferences if holds)


def _who(terms: Terms) -> tuple[Phrase, ...]:
    key = fingerprint(thumbprint(terms.recipient.signing_jwk))
    replaced = phrase(
        N_("version {version}: it replaces the terms that you know"), version=terms.version
    )
    return (
        phrase(N_("{name}"), name=terms.recipient.name),
        *((replaced,) if terms.supersedes else ()),
        phrase(
            N_("key {fingerprint}: compare it with them by another way (phone, paper)"),
            fingerprint=key,
        ),
    )


def _why(terms: Terms) -> tuple[Phrase, ...]:
    return (
        phrase(N_('they say: "{purpose}"'), purpose=terms.purpose),
        phrase(N_('legal basis they state: "{basis}"'), basis=terms.legal_basis),
    )


def _leaves(terms: Terms) -> tuple[Phrase, ...]:
    clauses = [phrase(fact.leaves) for fact in leaving(terms)]
    clauses += [
        phrase(
            N_("{output}, a whole number from {minimum} to {maximum} that their module computes"),
            output=output.id,
            minimum=output.minimum,
            maximum=output.maximum,
        )
        for output in (terms.module.outputs if terms.module else ())
    ]
    clauses += [
        phrase(N_("distances are rounded to {step_m} m"), step_m=measure.step)
        for measure in terms.measures
        if MEASURES[measure.id].unit == "m"
    ]
    clauses += [
        phrase(
            N_("the amount follows rule {rule} of {year}, applied to the figures as they leave"),
            rule=measure.rule.id,
            year=str(measure.rule.year),
        )
        for measure in terms.measures
        if measure.rule is not None
    ]
    clauses += _softened(terms)
    bits = max(leak_bits(terms, period) for period in periods(terms))
    clauses.append(
        phrase(N_("the figures of one export say at most {bits} bits"), bits=math.ceil(bits))
    )
    if terms.template not in USUAL:
        clauses.append(phrase(N_("no template is named: judge yourself what is usual")))
    elif not unusual(terms):
        clauses.append(phrase(N_("all of it is usual for this purpose")))
    else:
        clauses.append(phrase(N_("MORE THAN USUAL for this purpose is what follows")))
        clauses += [phrase(fact.leaves) for fact in unusual(terms)]
    return tuple(clauses)


def _which_trips(terms: Terms) -> tuple[Phrase, ...]:
    select = terms.select
    clauses = [phrase(N_("mode {mode}"), mode=mode) for mode in select.modes]
    clauses += [phrase(N_("purpose {purpose}"), purpose=word) for word in select.purposes]
    clauses += [phrase(N_("vehicle {vehicle}"), vehicle=name) for name in select.vehicles]
    clauses += [phrase(N_("beginning or ending at: {place}"), place=kind) for kind in select.within]
    clauses += [
        phrase(N_("neither beginning nor ending at: {place}"), place=kind)
        for kind in select.outside
    ]
    if select.window:
        clauses += _hours(select.window, whole=select.whole)
    clauses.append(_UNITS[select.unit])
    if select.min_sureness == "unsure":
        clauses.append(phrase(N_("trips count even where the mode is unsure")))
    else:
        clauses.append(
            phrase(
                N_('a trip below "{sureness}" waits for you; it is never sent unseen'),
                sureness=select.min_sureness,
            )
        )
    return tuple(clauses)


def _hours(window: WorkWeek, *, whole: bool) -> list[Phrase]:
    """Return one clause per span, days in a row with the same hours taken together."""
    clauses = []
    for spans, run in groupby(range(len(WEEKDAYS)), key=lambda day: window.hours[day]):
        days = list(run)
        for start, end in spans:
            times = {"start": clock(start), "end": clock(end)}
            first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
            if first == last:
                clauses.append(phrase(N_("{day} {start} to {end}"), day=first, **times))
            else:
                text = N_("{first} to {last} {start} to {end}")
                clauses.append(phrase(text, first=first, last=last, **times))
    clauses.append(phrase(N_("in the time zone {zone}"), zone=window.zone))
    clauses.append(
        phrase(N_("wholly inside these hours"))
        if whole
        else phrase(N_("at least partly inside these hours"))
    )
    if window.holidays:
        clauses.append(phrase(N_("no public holidays ({code})"), code=window.holidays))
    clauses.append(phrase(N_("no days that you entered as leave")))
    return clauses


def _they_check(terms: Terms) -> tuple[Phrase, ...]:
    demand = phrase(N_("no assurance is asked: declared figures are enough"))
    if terms.min_assurance != "L0" and terms.min_share_percent:
        demand = phrase(
            N_("at least {percent} % of the metres at {level} or above"),
            percent=terms.min_share_percent,
            level=terms.min_assurance,
        )
    return (
        phrase(N_("both signatures, and that the figures add up")),
        demand,
        *([phrase(_ONLY[terms.min_assurance])] if terms.only_assured else ()),
        *_looks_behind(terms),
    )


def _softened(terms: Terms) -> list[Phrase]:
    """Return what is done to the figures before they leave, beside rounding."""
    clauses = []
    if terms.small_cells:
        clauses.append(
            phrase(
                N_("a group with fewer than {count} trips is kept back, and one more with it"),
                count=terms.small_cells,
            )
        )
    if terms.epsilon_milli:
        clauses.append(
            phrase(
                N_("every figure is blurred by noise (epsilon {epsilon} per step)"),
                epsilon=f"{terms.epsilon_milli / 1000:g}",
            )
        )
    return clauses


def _looks_behind(terms: Terms) -> list[Phrase]:
    """Return what the recipient may compute or open beside the figures."""
    clauses = []
    if terms.commitments != "none":
        clauses.append(phrase(N_("a sealed commitment to the metres of each day")))
    if terms.commitments == "day_proved":
        clauses.append(
            phrase(N_("a proof (experimental) that no day is below 0 or above 1,048 km"))
        )
    if terms.audit.draws:
        text = N_("audits: the metres of up to {count} days drawn by lot, over the whole contract")
        clauses.append(phrase(text, count=terms.audit.draws))
        clauses.append(phrase(N_("with each such day, the metres of all days before it")))
        most = max(draw_bits(terms, period) for period in periods(terms))
        clauses.append(phrase(N_("one draw says at most {bits} bits more"), bits=math.ceil(most)))
    if terms.audit.spot_checks:
        text = N_("up to {count} spot checks of sightings that they already hold")
        clauses.append(phrase(text, count=terms.audit.spot_checks))
        clauses.append(phrase(N_("a spot check opens nothing but the place and hour they named")))
        text = N_("one spot check says at most {bits} bits more")
        clauses.append(phrase(text, bits=math.ceil(sighting_bits())))
    return clauses


def _until(terms: Terms) -> tuple[Phrase, ...]:
    texts = {
        "month": N_("one export for each month from {first} to {last}"),
        "year": N_("one export for each year from {first} to {last}"),
        "once": N_("one export, for all days from {first} to {last}"),
    }
    first, last = str(terms.covers.first), str(terms.covers.last)
    return (
        phrase(N_("{date}"), date=str(terms.expires)),
        phrase(texts[terms.cadence], first=first, last=last),
        phrase(
            N_("time they promise to keep it, in months: {months}; that cannot be verified here"),
            months=terms.retention_months,
        ),
    )


def _to_stop() -> tuple[Phrase, ...]:
    return (
        phrase(N_("do not export: nothing leaves by itself, and no reason is needed")),
        phrase(N_("or end it (contract withdraw): that also asks them to delete what left")),
        phrase(N_("what they have already read stays read")),
    )


_ONLY = {
    "L1": N_("trips that nobody else saw in your log in time count for nothing"),
    "L2": N_("trips that no registered device signed count for nothing"),
    "L3": N_("trips that no outsider's odometer readings agree with count for nothing"),
}

_UNITS = {
    "leg": phrase(N_("each leg counts by its own mode")),
    "trip": phrase(N_("a trip counts as a whole, by the mode of its longest leg")),
}
