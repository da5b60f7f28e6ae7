from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.canonical import canonical_bytes
from geowallet.model.calendar import Period
from geowallet.proofs.claims import named_claims
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.verdict import Outcome, Verdict
from geowallet.verify.verifier import ASKED, verify_export
from tests.proofs.parties import (
    COMMUTE,
    CONTRACT,
    DESK,
    HOLDER,
    JTI,
    NOW_S,
    OCTOBER,
    STRANGER,
    TERMS,
    commute_days,
    contract_of,
    export_of,
    mileage,
)
from tests.verify.forgeries import SIGNED
from tests.verify.forging import GOOD, Fault, assembled, changed, disclosures_of, token_of

STATUS = {
    "bad_signature": 21,
    "unknown_holder": 23,
    "expired": 22,
    "contract_mismatch": 25,
    "malformed": 3,
}
DAY_S = 86_400
CANARY = "48.853"
"""A latitude that no figure has."""


def verdict_on(text: str, now_s: int = NOW_S) -> Verdict:
    return verify_export(text, CONTRACT, now_s=now_s)


def failed_check(verdict: Verdict) -> str:
    return next(check.name for check in verdict.checks if check.outcome is Outcome.FAILED)


def test_a_good_export_passes_every_check_by_name() -> None:
    verdict = verdict_on(GOOD)
    assert verdict.accepted
    assert verdict.error is None
    assert [check.name for check in verdict.checks] == list(ASKED)
    assert {check.outcome for check in verdict.checks} == {Outcome.PASSED}


def test_the_figures_are_those_that_went_in() -> None:
    figures = verdict_on(export_of(supersedes="0" * 32)).figures
    assert figures is not None
    assert figures.result == mileage()
    assert (figures.receipt, figures.jti, figures.supersedes) == ("e41c-77b0", JTI, "0" * 32)
    assert (figures.log.origin, figures.log.size) == (f"geowallet/{'4f' * 16}", 42)


def test_what_is_not_proved_is_said_even_of_an_accepted_file() -> None:
    assert [str(open_point) for open_point in verdict_on(GOOD).not_proved] == [
        "who drove or rode",
        "that the trip was necessary",
        "that the phone was not deceived",
    ]


def test_a_contract_without_rows_and_without_distance_is_verified_too() -> None:
    contract = contract_of(COMMUTE)
    verdict = verify_export(export_of(commute_days(), contract), contract, now_s=NOW_S)
    assert verdict.figures is not None
    assert verdict.figures.result == commute_days()
    assert b"_m" not in unpack(export_of(commute_days(), contract)).payload


def test_nothing_travelled_meets_any_minimum() -> None:
    def nothing(claims: dict[str, object]) -> None:
        claims["total"] = {"days": 0}
        claims["share_percent"] = {"L0": 0, "L1": 0, "L2": 0, "L3": 0}

    terms = replace(COMMUTE, min_share_percent=100)
    contract = contract_of(terms)
    claims = unpack(export_of(commute_days(), contract)).claims
    nothing(claims)
    text = assembled(token_of(canonical_bytes(claims)), [])
    assert verify_export(text, contract, now_s=NOW_S).accepted


@pytest.mark.parametrize("fault", SIGNED, ids=[fault.name for fault in SIGNED])
class TestForgeries:
    """Promise: "the Verdict's error is that of the first failed check"."""

    def test_fails_at_its_own_check_with_its_own_status(self, fault: Fault) -> None:
        verdict = verdict_on(fault.forge())
        assert verdict.error is not None
        assert failed_check(verdict) == fault.check
        assert verdict.error.exit_status == STATUS[fault.expect]

    def test_shows_no_figure_and_runs_no_later_check(self, fault: Fault) -> None:
        verdict = verdict_on(fault.forge())
        at = list(ASKED).index(fault.check)
        assert verdict.figures is None
        assert {one.outcome for one in verdict.checks[:at]} <= {Outcome.PASSED}
        assert {one.outcome for one in verdict.checks[at + 1 :]} <= {Outcome.NOT_RUN}

    def test_never_repeats_what_the_forger_wrote(self, fault: Fault) -> None:
        verdict = verdict_on(fault.forge())
        said = f"{verdict.error} " + " ".join(str(one.note) for one in verdict.checks)
        assert CANARY not in said
        assert "412" not in said


def test_an_unnamed_member_is_named_in_the_refusal() -> None:
    verdict = verdict_on(changed(lambda claims: claims.update({"departure_time": 755})))
    assert (
        str(verdict.error)
        == '"departure_time" is in the file, but contract rhone-mileage does not name it'
    )


def test_a_member_whose_name_could_hide_something_is_not_repeated() -> None:
    verdict = verdict_on(changed(lambda claims: claims.update({"\x1b[2J48.853": 1})))
    assert str(verdict.error).startswith("a member with an odd name is in the file")


class TestDates:
    """Promise: "valid now, and made while the contract was in force"."""

    def test_an_honest_clock_may_be_five_minutes_behind(self) -> None:
        assert verdict_on(GOOD, NOW_S - 300).accepted
        assert failed_check(verdict_on(GOOD, NOW_S - 301)) == "dates"

    def test_it_is_good_for_the_months_of_retention_and_no_second_more(self) -> None:
        last_s = NOW_S + 36 * 31 * DAY_S - 1
        assert verdict_on(GOOD, last_s).accepted
        verdict = verdict_on(GOOD, last_s + 1)
        assert str(verdict.error) == "the file was valid until 2029-11-22"

    def test_a_contract_ends_with_its_last_day_anywhere_on_earth(self) -> None:
        contract = contract_of(replace(TERMS, expires=dt.date(2026, 11, 1)))
        noon_s = int(dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC).timestamp())
        for now_s, accepted in ((noon_s - 1, True), (noon_s, False)):
            text = export_of(contract=contract, now_s=now_s)
            assert verify_export(text, contract, now_s=now_s).accepted is accepted

    def test_a_contract_begins_with_the_day_of_its_acceptance_anywhere_on_earth(self) -> None:
        first_s = int(dt.datetime(2026, 9, 24, 10, tzinfo=dt.UTC).timestamp())
        for now_s, accepted in ((first_s, True), (first_s - 1, False)):
            assert verdict_on(export_of(now_s=now_s), now_s).accepted is accepted

    def test_an_export_of_a_contract_that_has_ended_since_stays_good(self) -> None:
        assert verdict_on(GOOD, int(dt.datetime(2028, 6, 1, tzinfo=dt.UTC).timestamp())).accepted


class TestReplay:
    """Promise: "the file speaks of the contract and the period that were asked for"."""

    def test_the_period_that_was_asked_for_passes(self) -> None:
        assert verify_export(GOOD, CONTRACT, now_s=NOW_S, period=OCTOBER).accepted

    def test_another_period_of_the_same_contract_is_refused(self) -> None:
        november = Period.parse("2026-11")
        verdict = verify_export(GOOD, CONTRACT, now_s=NOW_S, period=november)
        assert failed_check(verdict) == "period"

    def test_a_copy_under_renewed_terms_is_refused(self) -> None:
        renewed = contract_of(replace(TERMS, retention_months=35))
        assert failed_check(verify_export(GOOD, renewed, now_s=NOW_S)) == "contract_digest"

    def test_the_same_terms_accepted_by_another_holder_do_not_fit(self) -> None:
        verdict = verify_export(GOOD, contract_of(holder=STRANGER), now_s=NOW_S)
        assert verdict.error is not None
        assert (verdict.error.code, failed_check(verdict)) == (
            "verify.unknown_holder",
            "signature",
        )


class TestContract:
    """Promise: "the contract is signed by both sides"; a file of the desk may rot too."""

    def test_a_grant_with_another_key_slipped_in_is_found(self) -> None:
        theirs = contract_of(holder=STRANGER)
        forged = replace(CONTRACT, grant=theirs.grant)
        verdict = verify_export(export_of(holder=STRANGER), forged, now_s=NOW_S)
        assert verdict.error is not None
        assert (failed_check(verdict), verdict.error.exit_status) == ("contract_signatures", 21)

    def test_an_offer_that_its_recipient_did_not_sign_is_found(self) -> None:
        offer = replace(CONTRACT.offer, signature=CONTRACT.grant_signature)
        verdict = verify_export(GOOD, replace(CONTRACT, offer=offer), now_s=NOW_S)
        assert failed_check(verdict) == "contract_signatures"

    def test_terms_changed_after_the_grant_are_found(self) -> None:
        wider = contract_of(replace(TERMS, retention_months=35))
        mixed = replace(CONTRACT, offer=wider.offer)
        claims = unpack(GOOD).claims | {"contract": wider.sha256}
        text = assembled(token_of(canonical_bytes(claims)), disclosures_of(GOOD))
        assert failed_check(verify_export(text, mixed, now_s=NOW_S)) == "contract_signatures"


NAMES = st.text(max_size=6).filter(lambda name: not re.fullmatch("[0-9]+", name))
"""Readers disagree on the order of members whose names are numbers: the format refuses them."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


class TestNamedClaimsOnly:
    """Promise: "anything the contract does not name is refused"."""

    @settings(max_examples=60)
    @given(name=st.text(max_size=20), value=JSON)
    def test_no_further_claim_passes_whatever_its_value(self, name: str, value: object) -> None:
        must, _ = named_claims(TERMS)
        verdict = verdict_on(changed(lambda claims: claims.setdefault(name, value)))
        assert verdict.accepted is (name in must)

    @settings(max_examples=150)
    @given(name=st.sampled_from(sorted(named_claims(TERMS)[1])), value=JSON)
    def test_no_claim_takes_a_value_of_another_shape(self, name: str, value: object) -> None:
        verdict = verdict_on(changed(lambda claims: claims.update({name: value})))
        assert not verdict.accepted or unpack(GOOD).claims.get(name) == value

    @given(
        degrees=st.floats(-180, 180, allow_nan=False).filter(lambda x: x != int(x)),
        where=st.sampled_from([*sorted(named_claims(TERMS)[1]), "lat", "note"]),
    )
    @settings(max_examples=60)
    def test_no_coordinate_written_as_text_passes_anywhere(
        self, degrees: float, where: str
    ) -> None:
        verdict = verdict_on(changed(lambda claims: claims.update({where: f"{degrees:.6f}"})))
        assert not verdict.accepted


@given(name=st.sampled_from(sorted(unpack(GOOD).claims)), value=JSON)
@settings(max_examples=60)
def test_any_claim_altered_and_signed_by_another_key_is_refused(name: str, value: object) -> None:
    verdict = verdict_on(changed(lambda claims: claims.update({name: value}), STRANGER))
    assert failed_check(verdict) == "signature"


@given(data=st.data())
@settings(max_examples=80)
def test_any_character_of_the_signed_text_changed_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    char = data.draw(st.characters().filter(lambda char: char != GOOD[at]))
    assert not verdict_on(GOOD[:at] + char + GOOD[at + 1 :]).accepted


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_no_text_is_a_crash(text: str) -> None:
    assert not verdict_on(text).accepted


def test_the_recipient_cannot_sign_for_the_holder() -> None:
    text = assembled(token_of(unpack(GOOD).payload, DESK), disclosures_of(GOOD))
    verdict = verdict_on(text)
    assert verdict.error is not None
    assert verdict.error.code == "verify.unknown_holder"


def test_only_the_signature_differs_from_one_signing_to_the_next() -> None:
    again = export_of(holder=HOLDER)
    assert unpack(again).payload == unpack(GOOD).payload
    assert unpack(again).rows == unpack(GOOD).rows
    assert again != GOOD
