"""A rule in words: its numbers as rows, its method, its source."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import NO_BREAK, exact, money
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.rules.fmd import Ceiling
    from geowallet.rules.rule import Rule, Source, Table, Version
    from geowallet.rules.scale import Band, Scale

METHOD_WORDS = {
    "regularised": N_(
        "the scale applied to the year's total; each payment is the amount so far, "
        "less what was paid"
    ),
    "linear": N_("every kilometre at the rate of its band, without the constants"),
    "prorated": N_(
        "the scale applied to the total so far, with the elapsed twelfths of the constant"
    ),
    "marginal": N_("each band pays its own part"),
    "flat_rate": N_("one rate for all"),
    "days_one_way": N_("days times the whole kilometres of one way"),
    "day_steps": N_("an amount by number of whole days"),
    "ceiling": N_("the most that is exempt in a year"),
}
"""How an amount was found, as people say it."""

KIND_WORDS = {"primary": N_("the text itself"), "secondary": N_("secondary source")}
"""Kinds of sources, as people say them."""


def how(method: str) -> str:
    """Return in words how an amount was found."""
    return _(METHOD_WORDS[method])


def where_read(source: Source) -> str:
    """Return title, kind and address of a source."""
    return f"{source.title} ({_(KIND_WORDS[source.kind])}), {source.url}"


def rows(rule: Rule, version: Version) -> list[tuple[str, str]]:
    """Return condition and value of every number of a version, in the reader's language."""
    from geowallet.rules.commute import Commute
    from geowallet.rules.fmd import Ceiling, Steps

    table = version.table
    if isinstance(table, Steps):
        return [
            (_("from {days} days", days=exact(days)), money(amount, rule.currency))
            for days, amount in table.steps
        ]
    if isinstance(table, Ceiling):
        return list(_ceiling(rule, table))
    if isinstance(table, Commute):
        found = list(_bands(rule, "", table.bands))
    else:
        found = list(_scale(rule, table))
    if table.cap.is_finite():
        found.append((_("at most, in a year"), money(table.cap, rule.currency)))
    return found


def neutral(table: Table) -> dict[str, Any]:
    """Return every number of a version for programs: decimal strings, null for endless."""
    found = _neutral(asdict(table))
    return dict(found)


def _neutral(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, dict):
        return {name: _neutral(entry) for name, entry in value.items()}
    if isinstance(value, tuple):
        return [_neutral(entry) for entry in value]
    return value


def _scale(rule: Rule, scale: Scale) -> Iterator[tuple[str, str]]:
    for entry in scale.classes:
        last = entry.last_cv
        who = ""
        if scale.asks_power and last == entry.first_cv:
            who = f"{entry.first_cv} CV, "
        elif scale.asks_power:
            who = f"{entry.first_cv}{f'-{last}' if last.is_finite() else '+'} CV, "
        yield from _bands(rule, who, entry.bands)
    if scale.electric_factor is not None:
        yield _("electric: the amount"), f"x {exact(scale.electric_factor)}"


def _bands(rule: Rule, who: str, bands: Sequence[Band]) -> Iterator[tuple[str, str]]:
    for band in bands:
        limit = f"{exact(band.upto)}{NO_BREAK}{rule.unit}" if band.upto.is_finite() else ""
        words = _("up to {limit}", limit=limit) if limit else _("beyond")
        if len(bands) == 1:
            words = _("every {unit}", unit=rule.unit)
        constant = f" + {money(band.constant, rule.currency)}" if band.constant else ""
        yield f"{who}{words}", f"d x {exact(band.rate)}{constant}"


def _ceiling(rule: Rule, ceiling: Ceiling) -> Iterator[tuple[str, str]]:
    yield _("without a transit pass"), money(ceiling.alone, rule.currency)
    yield _("of which fuel"), money(ceiling.fuel, rule.currency)
    yield _("with a transit pass"), money(ceiling.with_subscription, rule.currency)
