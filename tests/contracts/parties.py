"""An employer, an employee, and trips in Lyon that never took place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hypothesis import strategies as st

from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.contracts.life.grant import Contract, accept
from geowallet.contracts.life.offer import sign_offer
from geowallet.contracts.templates.templates import (
    Particulars,
    soft_mobility_commute,
    work_hour_mileage,
)
from geowallet.contracts.terms.catalogue import AMOUNT, MEASURES
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.module_terms import Module, ModuleOutput
from geowallet.contracts.terms.protection import COMMITMENTS, Audit
from geowallet.contracts.terms.selection import MODES, PLACES, UNITS, Selection
from geowallet.contracts.terms.syntax import Recipient, Terms
from geowallet.contracts.terms.tariff_terms import Tariff, TariffBand
from geowallet.crypto.signing import new_private_jwk, public_jwk
from geowallet.model.calendar import Period, WorkWeek, instant_us, zone_of
from geowallet.model.mobility import (
    DescribedTrip,
    Leg,
    Mode,
    NamedPlace,
    PlaceKind,
    Point,
    Purpose,
    Sureness,
    Trip,
)

EMPLOYER_SIGNING = new_private_jwk("sig", b"1" * 32)
EMPLOYER_SEALING = new_private_jwk("enc", b"2" * 32)
HOLDER_SIGNING = new_private_jwk("sig", b"3" * 32)
HOLDER_SEALING = new_private_jwk("enc", b"4" * 32)
EMPLOYER = Recipient("Exemple SAS", public_jwk(EMPLOYER_SIGNING), public_jwk(EMPLOYER_SEALING))

OCTOBER = Period.parse("2026-10")
PARIS = "Europe/Paris"
HOURS = WorkWeek((((480, 1110),),) * 5 + ((), ()), PARIS, "FR")
"""Monday to Friday, 08:00 to 18:30."""


def particulars(name: str = "rhone-mileage", *, cadence: str = "month") -> Particulars:
    return Particulars(
        recipient=EMPLOYER,
        name=name,
        covers=Period.parse("2026"),
        issued=dt.date(2026, 1, 2),
        expires=dt.date(2027, 12, 31),
        cadence=cadence,
    )


def mileage(*, step_m: int = 1_000) -> Terms:
    return work_hour_mileage(particulars(), window=HOURS, step_m=step_m)


def commute() -> Terms:
    return soft_mobility_commute(particulars("bike-days"))


def contract(terms: Terms | None = None) -> Contract:
    return accept(
        sign_offer(terms or mileage(), EMPLOYER_SIGNING),
        holder_name="Camille Martin",
        holder_private_jwk=HOLDER_SIGNING,
        holder_sealing_public=public_jwk(HOLDER_SEALING),
        today=dt.date(2026, 10, 1),
    )


def at(text: str, zone: str = PARIS) -> int:
    return instant_us(dt.datetime.fromisoformat(text).replace(tzinfo=zone_of(zone)))


def leg(mode: str, metres: float, *, confidence: float = 0.95) -> Leg:
    return Leg(0, 0, Mode(mode), confidence, (), metres, 1.0, 0.0, 0.0, 10)


def trip(
    start: str,
    end: str,
    legs: Sequence[Leg],
    *,
    purpose: str = "business",
    vehicle: str = "AB-123",
    name: str = "",
    origin: NamedPlace | None = None,
    destination: NamedPlace | None = None,
) -> DescribedTrip:
    """A trip with local times in Paris, such as ``2026-10-01T10:14``."""
    inner = Trip(
        id=name or f"t{start}",
        start_us=at(start),
        end_us=at(end),
        legs=tuple(legs),
        start=Point(45.75, 4.85),
        end=Point(45.99, 4.72),
        sources=(),
    )
    return DescribedTrip(inner, start[:10], 0, 0, Purpose(purpose), origin, destination, vehicle)


ENDS = [None, *(NamedPlace(kind, PlaceKind(kind), Point(45.75, 4.85)) for kind in PLACES)]


def some(values: Sequence[str], *, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, unique=True).map(tuple)


DAYS = st.dates(dt.date(2026, 10, 1), dt.date(2026, 10, 31)) | st.sampled_from(
    [dt.date(2026, 9, 30), dt.date(2026, 10, 25), dt.date(2026, 11, 1)]
)

SPANS = st.lists(st.integers(0, 1440), max_size=4, unique=True).map(
    lambda minutes: tuple(zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False))
)

USUAL_SPANS: tuple[tuple[tuple[int, int], ...], ...] = (
    ((480, 1110),),
    ((480, 720), (780, 1080)),
    ((0, 1440),),
)

WEEKS = st.sampled_from(USUAL_SPANS).map(lambda spans: (spans,) * 7) | st.tuples(*[SPANS] * 7)

WINDOWS = st.builds(
    WorkWeek,
    hours=WEEKS,
    zone=st.sampled_from([PARIS, PARIS, "UTC", "America/New_York"]),
    holidays=st.sampled_from(["", "FR", "FR-57"]),
    leave=st.frozensets(DAYS, max_size=3),
)

SELECTIONS = st.builds(
    Selection,
    modes=st.just(("car", "bike")) | some(["car", "walk", "train"], least=1) | st.just(MODES),
    purposes=st.just(("business", "commute"))
    | some([purpose.value for purpose in Purpose], least=1),
    vehicles=st.just(()) | some(["AB-123", "CD-456"]),
    window=st.none() | WINDOWS,
    whole=st.booleans(),
    min_sureness=st.sampled_from([word.value for word in Sureness]),
    unit=st.sampled_from(UNITS),
    within=st.just(()) | some(["home", "work"]),
    outside=st.just(()) | some(["client", "other"]),
)

BANDS = st.lists(st.integers(1, 10**6), max_size=3, unique=True).map(
    lambda ends: tuple(TariffBand(end, 7) for end in [*sorted(ends), None])
)
TARIFFS = st.none() | st.builds(
    Tariff,
    currency=st.sampled_from(["EUR", "GBP"]),
    base_cents=st.integers(0, 10**9),
    bands=BANDS,
    night_percent=st.integers(0, 1000),
)
OUTPUTS = st.lists(
    st.builds(
        ModuleOutput,
        id=st.sampled_from(["score", "price_cents"]),
        minimum=st.integers(0, 50),
        maximum=st.integers(51, 100),
    ),
    min_size=1,
    unique_by=lambda output: output.id,
).map(tuple)
MODULES = st.none() | st.builds(
    Module,
    sha256=st.just("ab" * 32),
    fuel=st.integers(1, 10**9),
    memory_pages=st.integers(1, 256),
    outputs=OUTPUTS,
)


MEASURED = tuple(name for name in MEASURES if name != AMOUNT)


@st.composite
def measures(draw: st.DrawFn) -> tuple[Measure, ...]:
    chosen = []
    for name in draw(some(["distance_m", "trips", "days"], least=1) | some(MEASURED, least=1)):
        kind = MEASURES[name]
        step = draw(st.sampled_from([1, 100, 1_000])) if name == "distance_m" else 1
        largest = min(kind.largest, 10**6 * step) // step
        least = largest if kind.may_lack else largest // 10
        chosen.append(Measure(name, step, step * draw(st.integers(least, largest))))
    return tuple(chosen)


LINES = st.text("abc déф漢-_.,'\"\\<[{", min_size=1, max_size=30).map(
    lambda text: "x" + text.strip()
)


@st.composite
def all_terms(draw: st.DrawFn) -> Terms:
    group_by = draw(some(["month", "mode"]) | some(["mode", "day"]))
    first = draw(st.dates(dt.date(2026, 9, 1), dt.date(2026, 10, 1)))
    last = draw(st.dates(dt.date(2026, 10, 31), dt.date(2027, 2, 28)))
    module = draw(MODULES)
    version, draws = draw(st.integers(1, 3)), draw(st.integers(0, 100))
    chosen = draw(measures())
    to_the_metre = any(measure.id == "distance_m" and measure.step == 1 for measure in chosen)
    commitments = draw(st.sampled_from(COMMITMENTS if to_the_metre else ["none"]))
    issued = draw(st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31)))
    return Terms(
        name=draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)),
        recipient=Recipient(draw(LINES), EMPLOYER.signing_jwk, EMPLOYER.sealing_jwk),
        purpose=draw(LINES),
        legal_basis=draw(LINES),
        template=draw(st.sampled_from(["work-hour-mileage/1", "soft-mobility-commute/1", "none"])),
        select=draw(SELECTIONS),
        measures=chosen,
        group_by=group_by,
        cadence="month",
        covers=Period(first, last),
        expires=issued + dt.timedelta(days=draw(st.integers(0, 900))),
        min_assurance=draw(st.sampled_from(LEVELS)),
        min_share_percent=draw(st.integers(0, 100)),
        retention_months=draw(st.integers(1, 120)),
        issued=issued,
        version=version,
        supersedes="" if version == 1 else "cd" * 32,
        small_cells=0 if commitments != "none" or module else draw(st.sampled_from([0, 3, 100])),
        module=module,
        commitments=commitments,
        audit=Audit(0 if commitments == "none" else draws, draw(st.integers(0, 100))),
        tariff=draw(TARIFFS),
    )


@st.composite
def described(draw: st.DrawFn) -> DescribedTrip:
    day = draw(DAYS)
    start = draw(st.integers(480, 1110) | st.integers(0, 1439))
    length_min = draw(st.sampled_from([20, 0, 1, 90, 600, 1_500]))
    legs = draw(
        st.lists(
            st.builds(
                leg,
                st.sampled_from(["car", "car", "bike", "walk", "unknown"]),
                st.floats(0, 100_000),
                confidence=st.sampled_from([0.95, 0.75, 0.5]),
            ),
            min_size=1,
            max_size=2,
        )
    )
    begins = dt.datetime.combine(day, dt.time(start // 60, start % 60))
    ends = begins + dt.timedelta(minutes=length_min)
    return trip(
        begins.isoformat(),
        ends.isoformat(),
        legs,
        purpose=draw(st.sampled_from(["business", "commute", "business", "private"])),
        vehicle=draw(st.sampled_from(["AB-123", "CD-456", ""])),
        name=f"t{draw(st.integers(0, 10**9))}",
        origin=draw(st.sampled_from(ENDS)),
        destination=draw(st.sampled_from(ENDS)),
    )


TRIPS = st.lists(described(), min_size=1, max_size=5, unique_by=lambda item: item.trip.id)
