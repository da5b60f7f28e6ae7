"""Every kind of fact a track holds, and whether given terms let it out.

What leaves and what never leaves are two halves of this one table, so that no
fact can be in both or in neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.contracts.templates.templates import USUAL
from geowallet.contracts.terms.catalogue import AMOUNT
from geowallet.contracts.terms.selection import MODES
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.contracts.terms.syntax import Terms


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind of fact.

    Attributes:
        id: Its name in code.
        leaves: English msgid for the section of what leaves.
        stays: English msgid for the section of what never leaves.
        is_let_out: Whether terms let it out; None where nothing can.
    """

    id: str
    leaves: str
    stays: str
    is_let_out: Callable[[Terms], bool] | None = None


def leaving(terms: Terms) -> tuple[Fact, ...]:
    """Return the facts that ``terms`` let out, in the order of the table."""
    return tuple(fact for fact in FACTS if fact.is_let_out and fact.is_let_out(terms))


def staying(terms: Terms) -> tuple[Fact, ...]:
    """Return all other facts."""
    return tuple(fact for fact in FACTS if not (fact.is_let_out and fact.is_let_out(terms)))


def unusual(terms: Terms) -> tuple[Fact, ...]:
    """Return the facts let out beyond what the named template usually needs.

    Terms without a template have no usual: then every fact but signature,
    assurance with its stamps, and log is returned.
    """
    usual = USUAL.get(terms.template, _ALWAYS)
    return tuple(fact for fact in leaving(terms) if fact.id not in usual)


def _measures(*measures: str) -> Callable[[Terms], bool]:
    return lambda terms: any(item.id in measures for item in terms.measures)


def _counts(purpose: str) -> Callable[[Terms], bool]:
    return lambda terms: purpose in terms.select.purposes


def _always(_terms: Terms) -> bool:
    return True


def _has_months(terms: Terms) -> bool:
    return terms.cadence == "month" or bool({"day", "month"} & set(terms.group_by))


def _has_days(terms: Terms) -> bool:
    return "day" in terms.group_by or terms.audit.draws > 0


def _compares_sightings(terms: Terms) -> bool:
    return terms.audit.spot_checks > 0


def _tells_the_mode(terms: Terms) -> bool:
    return "mode" in terms.group_by or len(terms.select.modes) == 1


def _tells_the_vehicle(terms: Terms) -> bool:
    return "vehicle" in terms.group_by or len(terms.select.vehicles) == 1


def _tells_the_purpose(terms: Terms) -> bool:
    return "purpose" in terms.group_by or len(terms.select.purposes) == 1


def _tells_speed(terms: Terms) -> bool:
    return {"distance_m", "duration_s"} <= {item.id for item in terms.measures}


def _has_module(terms: Terms) -> bool:
    return terms.module is not None


def _asks_for_level(terms: Terms) -> bool:
    return terms.min_assurance != "L0"


def _asks_for_devices(terms: Terms) -> bool:
    return terms.min_assurance in {"L2", "L3"}


def _asks_for_odometers(terms: Terms) -> bool:
    return terms.min_assurance == "L3"


def _shows_readings(terms: Terms) -> bool:
    return terms.shows_readings


def _takes_every_mode(terms: Terms) -> bool:
    return set(terms.select.modes) == set(MODES)


def _takes_every_vehicle(terms: Terms) -> bool:
    return not terms.select.vehicles


def _takes_every_hour(terms: Terms) -> bool:
    return terms.select.window is None or not terms.select.whole


def _takes_weekends(terms: Terms) -> bool:
    window = terms.select.window
    return window is None or any(window.hours[5:])


def _takes_holidays(terms: Terms) -> bool:
    window = terms.select.window
    return window is None or not window.holidays


_ALWAYS = frozenset({"identity", "assurance", "log", "stamps", "flags"})

FACTS = (
    Fact(
        "identity",
        N_("your name and your signature, as in this contract"),
        N_("your name"),
        _always,
    ),
    Fact("distance", N_("distance travelled"), N_("distances"), _measures("distance_m")),
    Fact("days", N_("number of days with a trip"), N_("number of days"), _measures("days")),
    Fact("trips", N_("number of trips"), N_("number of trips"), _measures("trips")),
    Fact(
        "durations",
        N_("how long you travelled"),
        N_("how long you travelled or stayed"),
        _measures("duration_s"),
    ),
    Fact(
        "night",
        N_("how much of the way was after dark"),
        N_("how much of the way was after dark"),
        _measures("night_distance_m", "night_percent"),
    ),
    Fact(
        "driving",
        N_("how you drive: a score, or how often you brake, accelerate or corner hard"),
        N_("how you drive"),
        _measures("driving_score", "braking_rate", "acceleration_rate", "cornering_rate"),
    ),
    Fact(
        "closeness",
        N_("how much of the way is measured closely"),
        N_("how closely your ways are recorded"),
        _measures("measured_percent"),
    ),
    Fact(
        "amount",
        N_("an amount of money that a rule gives"),
        N_("amounts of money"),
        _measures(AMOUNT),
    ),
    Fact(
        "module",
        N_("what their own module computes from these trips"),
        N_("anything that a program of theirs computes"),
        _has_module,
    ),
    Fact("month", N_("in which month"), N_("in which month you travelled"), _has_months),
    Fact("day", N_("on which days, with their date"), N_("on which days you travelled"), _has_days),
    Fact(
        "mode", N_("by which mode of travel"), N_("which mode of travel you used"), _tells_the_mode
    ),
    Fact("assurance", N_("how much of it has which assurance level"), N_("assurance"), _always),
    Fact(
        "log",
        N_(
            "the moment of the export; name, length and state of your evidence log, not its content"
        ),
        N_("evidence log"),
        _always,
    ),
    Fact(
        "stamps",
        N_("when others saw your log, and how many files lie behind the figures"),
        N_("when others saw your log"),
        _asks_for_level,
    ),
    Fact(
        "flags",
        N_("how many kilometres look odd to your wallet, and why"),
        N_("what looks odd about your positions"),
        _asks_for_level,
    ),
    Fact(
        "devices",
        N_(
            "which of your devices signed the files, how many it wrote in that time,"
            " fingerprints of them, and when you read them"
        ),
        N_("which device wrote your files"),
        _asks_for_devices,
    ),
    Fact(
        "odometer_days",
        N_("on which days an outsider read your odometer, and who"),
        N_("when and by whom your odometer was read"),
        _asks_for_odometers,
    ),
    Fact(
        "readings",
        N_("what the odometer showed on those days: private driving too"),
        N_("what your odometer shows"),
        _shows_readings,
    ),
    Fact("business", N_("business trips are counted"), N_("business trips"), _counts("business")),
    Fact("commute", N_("commuting is counted"), N_("commuting"), _counts("commute")),
    Fact(
        "private",
        N_("private trips are counted"),
        N_("private trips, not even their total"),
        _counts("private"),
    ),
    Fact("any_hour", N_("trips at any hour"), N_("trips outside the hours"), _takes_every_hour),
    Fact("weekends", N_("trips at weekends"), N_("trips at weekends"), _takes_weekends),
    Fact(
        "holidays", N_("trips on public holidays"), N_("trips on public holidays"), _takes_holidays
    ),
    Fact("any_mode", N_("trips by every mode"), N_("trips by other modes"), _takes_every_mode),
    Fact(
        "any_vehicle",
        N_("trips in any vehicle"),
        N_("trips in other vehicles"),
        _takes_every_vehicle,
    ),
    Fact("positions", N_("positions"), N_("positions")),
    Fact("streets", N_("streets and routes"), N_("streets and routes")),
    Fact("home", N_("your home"), N_("your home")),
    Fact(
        "places",
        N_("in a spot check: whether you were near a place that they name"),
        N_("any other place or town"),
        _compares_sightings,
    ),
    Fact(
        "hours",
        N_("in a spot check: whether you travelled within an hour that they name"),
        N_("hours at which you travelled"),
        _compares_sightings,
    ),
    Fact("speed", N_("your mean speed, from distance and time"), N_("speed"), _tells_speed),
    Fact(
        "vehicle",
        N_("which of your vehicles, by the name that the contract has for it"),
        N_("which of your vehicles you used"),
        _tells_the_vehicle,
    ),
    Fact("purpose", N_("for which purpose"), N_("for which purpose"), _tells_the_purpose),
    Fact(
        "registration",
        N_("the registration of the vehicle"),
        N_("plate and registration"),
        _shows_readings,
    ),
)
"""The table. Facts without a rule can never be let out: no measure gives them."""
