"""From evaluated rows to an accepted verdict, under any terms a contract may have."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.result import check_result, job_for
from geowallet.contracts.evaluation.rows import Row
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.periods import group_keys
from geowallet.contracts.terms.selection import MODES
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.signing import public_jwk
from geowallet.model.calendar import Period
from geowallet.proofs.claims import read_figures
from geowallet.proofs.seal import seal_for
from geowallet.verify.open import open_sealed_export
from geowallet.verify.verifier import verify_export
from tests.proofs.parties import DESK_SEAL, NOW_S, TERMS, contract_of, export_of

FROM_MID_OCTOBER = Period(dt.date(2026, 10, 15), dt.date(2026, 12, 31))
MEASURES = (
    Measure("distance_m", 500, 20_000_000),
    Measure("trips", 1, 500),
    Measure("days", 1, 366),
    Measure("duration_s", 60, 6_000_000),
    Measure("night_distance_m", 1_000, 20_000_000),
    Measure("driving_score", 1, 100),
    Measure("night_percent", 5, 100),
)


FURTHER: list[list[str]] = [[], ["mode"], ["purpose"], ["mode", "purpose"]]


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    span = draw(st.sampled_from([(), ("day",), ("month",)]))
    return replace(
        TERMS,
        measures=tuple(draw(st.lists(st.sampled_from(MEASURES), min_size=1, unique=True))),
        group_by=tuple(draw(st.permutations([*span, *draw(st.sampled_from(FURTHER))]))),
        select=replace(TERMS.select, purposes=("business", "commute")),
        small_cells=draw(st.sampled_from([0, 2, 5])),
        cadence=draw(st.sampled_from(["month", "year", "once"])),
        covers=draw(st.sampled_from([Period.parse("2026"), FROM_MID_OCTOBER])),
        min_share_percent=0,
    )


ROWS = st.lists(
    st.builds(
        Row,
        day=st.integers(15, 31).map(lambda day: f"2026-10-{day:02d}"),
        mode=st.sampled_from(["car", "bike"]),
        purpose=st.sampled_from(["business", "commute"]),
        trip=st.integers(1, 9),
        metres=st.integers(0, 400_000),
        level=st.just(0),
        seconds=st.integers(0, 10_000),
        night_m=st.integers(0, 1_000),
    ),
    max_size=12,
)


class TestRoundTrip:
    """Promise: what the evaluator gave is what the recipient reads, and it is accepted."""

    @settings(max_examples=60)
    @given(terms=any_terms(), rows=ROWS)
    def test_whatever_was_evaluated_is_accepted_unchanged(
        self, terms: Terms, rows: list[Row]
    ) -> None:
        whole = Period.parse("2026-10" if terms.cadence == "month" else "2026")
        if terms.cadence == "once":
            whole = terms.covers
        period = Period(max(whole.first, terms.covers.first), min(whole.last, terms.covers.last))
        result = check_result(terms, period, evaluate(job_for(terms, period), rows))
        contract = contract_of(terms)
        text = export_of(result, contract)
        sealed = seal_for(text, public_jwk(DESK_SEAL)).encode()
        verdict = verify_export(
            open_sealed_export(sealed, DESK_SEAL), contract, now_s=NOW_S, period=period
        )
        assert verdict.error is None
        assert verdict.figures == read_figures(text)
        assert verdict.figures is not None
        assert verdict.figures.result == result

    def test_a_year_of_days_in_every_mode_is_the_largest_and_still_fits(self) -> None:
        terms = replace(
            TERMS,
            select=replace(TERMS.select, modes=MODES),
            measures=MEASURES,
            group_by=("day", "mode"),
            cadence="year",
            covers=Period.parse("2024"),
        )
        year = Period.parse("2024")
        contract = contract_of(terms)
        result = check_result(terms, year, evaluate(job_for(terms, year), []))
        text = export_of(result, contract)
        assert len(group_keys(terms, year)) == text.count("~") - 1 == 366 * len(MODES)
        sealed = seal_for(text, public_jwk(DESK_SEAL)).encode()
        opened = open_sealed_export(sealed, DESK_SEAL)
        assert verify_export(opened, contract, now_s=NOW_S).accepted
