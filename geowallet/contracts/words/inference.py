"""What a reader could work out from the very figures that would leave.

`explain.deductions` reads the terms; this reads the figures, and those that left before.
Each finding comes with what would lessen it. It is a list of known ways, not a proof
that there is no other.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geowallet.contracts.evaluation.figures import Value
    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period

FEW_TRIPS = 2
"""A figure of one or two trips is all but the figure of a trip."""

LEAST_REPEATS = 3
"""As often as this, the same distance by day looks like a way that is travelled daily."""

WEEKEND = 5
"""First weekday that most people do not work on; Monday is 0."""

UNITS = {unit: f"\N{NO-BREAK SPACE}{unit}" for unit in ("m", "s", "cents")}
"""What is put behind a figure; one that is a number of something has none."""

_COARSER = N_("a group by month instead of day, or a larger step, would hide it")


@dataclass(frozen=True, slots=True)
class Inference:
    """One thing to be worked out, and what would lessen it."""

    text: Phrase
    hint: Phrase


@dataclass(frozen=True, slots=True)
class Earlier:
    """Figures that left before.

    Attributes:
        receipt: Short id of the export.
        contract: Name of its contract.
        recipient: Name of who has it.
        same_recipient: Whether that is who would read the new figures.
        period: Days it spoke of.
        totals: Measure id to figure.
    """

    receipt: str
    contract: str
    recipient: str
    same_recipient: bool
    period: Period
    totals: Mapping[str, Value]


def inferences(
    terms: Terms, result: Result, earlier: Sequence[Earlier] = ()
) -> tuple[Inference, ...]:
    """Return what can be worked out of ``result``, alone and beside ``earlier`` figures."""
    return (
        *([] if terms.small_cells or terms.epsilon_milli else _few_trips(result)),
        *_mean_way(terms, result),
        *_same_way_daily(result),
        *_quiet_workdays(result),
        *_differences(result, earlier),
    )


def _few_trips(result: Result) -> Iterator[Inference]:
    counts = [group.values.get("trips") for group in result.groups]
    few = [count for count in counts if isinstance(count, int) and 0 < count <= FEW_TRIPS]
    if few:
        yield Inference(
            phrase(
                N_("{count} groups hold one or two trips: their figures are those of a trip"),
                count=len(few),
            ),
            phrase(N_("a contract with small_cells would keep them back")),
        )


def _mean_way(terms: Terms, result: Result) -> Iterator[Inference]:
    """Find the way to work: metres by days, or by trips, where only commutes count."""
    metres = result.totals.get("distance_m")
    if terms.select.purposes != ("commute",) or not isinstance(metres, int):
        return
    for measure, ways in (("days", 2), ("trips", 1)):
        count = result.totals.get(measure)
        if isinstance(count, int) and count > 0 and metres:
            yield Inference(
                phrase(
                    N_("you live about {km} km from work, by dividing"),
                    km=round(metres / count / ways / 1_000),
                ),
                phrase(N_("distance or a count would do for most purposes, not both")),
            )
            return


def _same_way_daily(result: Result) -> Iterator[Inference]:
    """Find a distance that comes back day after day: there and back to one place."""
    days = [
        group.values["distance_m"]
        for group in result.groups
        if "day" in group.key and isinstance(group.values.get("distance_m"), int)
    ]
    travelled = [metres for metres in days if isinstance(metres, int) and metres > 0]
    if not travelled:
        return
    metres, times = max(Counter(travelled).items(), key=lambda item: (item[1], item[0]))
    if times >= LEAST_REPEATS and 2 * times >= len(travelled):
        yield Inference(
            phrase(
                N_("on {count} of {days} days you travelled the same {km} km: a place you go to"),
                count=times,
                days=len(travelled),
                km=round(metres / 1_000),
            ),
            phrase(_COARSER),
        )


def _quiet_workdays(result: Result) -> Iterator[Inference]:
    quiet = [
        group.key["day"]
        for group in result.groups
        if "day" in group.key
        and all(value == 0 for value in group.values.values())
        and dt.date.fromisoformat(group.key["day"]).weekday() < WEEKEND
    ]
    if quiet:
        yield Inference(
            phrase(
                N_("{count} workdays show nothing: home, ill, on leave, or away by other means"),
                count=len(quiet),
            ),
            phrase(_COARSER),
        )


def _differences(result: Result, earlier: Sequence[Earlier]) -> Iterator[Inference]:
    """Find what the same readers learn by subtracting what they have already, or from it."""
    for before in earlier:
        if not _within(before.period, result.period) and not _within(result.period, before.period):
            continue
        for measure, value in result.totals.items():
            old = before.totals.get(measure)
            if isinstance(value, int) and isinstance(old, int) and value != old:
                yield _difference(measure, value - old, before)


def _within(inner: Period, outer: Period) -> bool:
    return inner.first in outer and inner.last in outer


def _difference(measure: str, gap: int, before: Earlier) -> Inference:
    kind = MEASURES.get(measure)
    told: dict[str, str | float] = {
        "what": kind.reveals if kind else measure,
        "gap": abs(gap),
        "unit": UNITS.get(kind.unit, "") if kind else "",
        "receipt": before.receipt,
        "contract": before.contract,
        "period": str(before.period),
    }
    if before.same_recipient:
        text = N_("less receipt {receipt} ({contract}, {period}): {what}, {gap}{unit}")
        if gap < 0:
            text = N_("receipt {receipt} ({contract}, {period}) less this: {what}, {gap}{unit}")
        hint = N_("they have that receipt: one contract for both purposes would say less")
        return Inference(phrase(text, **told), phrase(hint))
    text = N_("beside receipt {receipt} ({contract}, {period}): {what} differs by {gap}{unit}")
    hint = N_("only if they ask {recipient}, who has that receipt")
    return Inference(phrase(text, **told), phrase(hint, recipient=before.recipient))
