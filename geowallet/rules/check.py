"""Looking a rule over: what can be wrong although it could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.model.words import N_, Phrase, phrase
from geowallet.rules.scale import Scale, steps

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.rules.rule import Rule, Version


def problems(rule: Rule, *, today: dt.date) -> tuple[Phrase, ...]:
    """Return what is wrong with the rule; empty if it can be used."""
    found = [problem for version in rule.versions for problem in _of_version(version, today)]
    return tuple(found)


def remarks(rule: Rule, *, today: dt.date) -> tuple[Phrase, ...]:
    """Return what somebody should look at some day; none of it makes a figure wrong."""
    found = []
    known = rule.years()[-1]
    current = today.year if today >= rule.first_day(today.year) else today.year - 1
    if known < current:
        found.append(phrase(N_("nothing is known after {year}"), year=str(known)))
    secondary = sum(version.source.kind != "primary" for version in rule.versions)
    if secondary:
        found.append(phrase(N_("secondary sources: {count}"), count=secondary))
    return tuple(found)


def _of_version(version: Version, today: dt.date) -> list[Phrase]:
    when = version.valid_from.isoformat()
    found = []
    if version.checked_on > today:
        found.append(phrase(N_("{version}: checked on a day that is still to come"), version=when))
    if isinstance(version.table, Scale) and version.table.by_total:
        widest = max((abs(step) for step in steps(version.table)), default=0)
        if widest > version.table.largest_step:
            found.append(phrase(N_("{version}: two bands do not meet"), version=when))
    return found
