from __future__ import annotations

import pytest

from geowallet.crypto.signing import thumbprint
from geowallet.proofs.answers import (
    AUDIT_VCT,
    SIGHTINGS_VCT,
    Word,
    audit_answer,
    compare,
    drawn_days,
    open_drawn,
    sightings_answer,
)
from geowallet.proofs.sdjwt import unpack
from tests.proofs.audited import (
    AT_CLIENT,
    CONTRACT,
    DAYS_M,
    ELSEWHERE,
    FIRST,
    IDLE,
    NOW_S,
    SEED,
    THERE,
    TRACK,
    TRACK_SEED,
    challenge,
    sightings,
)
from tests.proofs.parties import DESK, HOLDER, JTI


class TestDrawn:
    """`drawn_days`: "the days into which the drawn metres fall"."""

    def test_a_day_without_a_metre_is_never_drawn(self) -> None:
        assert set(drawn_days(challenge(20), DAYS_M)) <= {4, 5, 19}
        assert drawn_days(challenge(20), (0,) * 31) == ()
        assert drawn_days(challenge(20), ()) == ()

    def test_a_single_day_is_always_drawn(self) -> None:
        assert drawn_days(challenge(1), (0, 7, 0)) == (1,)

    @pytest.mark.parametrize(("days_m", "day"), [((1, 0), 0), ((0, 1), 1), ((0, 0, 1, 0), 2)])
    def test_the_only_metre_is_in_its_day(self, days_m: tuple[int, ...], day: int) -> None:
        assert drawn_days(challenge(3), days_m) == (day,)

    def test_the_longest_day_is_opened_with_what_lies_before_it(self) -> None:
        opened = {one.day: one for one in open_drawn(challenge(20), DAYS_M, SEED)}
        assert (opened[5].metres, opened[5].before_m) == (250_000, 37_120)


class TestCompare:
    """`Word`: what each answer opens."""

    def test_a_track_that_was_there_opens_the_mark_that_they_named(self) -> None:
        (one,) = compare(sightings(THERE), TRACK, TRACK_SEED)
        assert one.word is Word.AGREE
        assert [slot.number for slot in one.slots] == [FIRST + 1]
        assert one.mark is not None
        assert one.mark.text == "cell:2405:105"

    def test_a_kind_of_place_is_met_at_a_trips_end(self) -> None:
        (one,) = compare(sightings(AT_CLIENT), TRACK, TRACK_SEED)
        assert one.mark is not None
        assert one.mark.text == "place:client"

    def test_a_track_that_was_elsewhere_says_so_and_opens_nothing(self) -> None:
        (one,) = compare(sightings(ELSEWHERE), TRACK, TRACK_SEED)
        assert (one.word, one.slots, one.mark) == (Word.CONTRADICT, (), None)

    def test_an_hour_without_travel_opens_as_empty(self) -> None:
        (one,) = compare(sightings(IDLE), TRACK, TRACK_SEED)
        assert (one.word, one.mark) == (Word.NO_DATA, None)
        assert [slot.hashes for slot in one.slots] == [(), ()]


class TestAnswers:
    def test_an_answer_names_the_question_and_the_export(self) -> None:
        asked = challenge()
        opened = open_drawn(asked, DAYS_M, SEED)
        text = audit_answer(CONTRACT, asked, opened, now_s=NOW_S, private_jwk=HOLDER)
        claims = unpack(text).claims
        assert set(claims.pop("days")[0]) == {
            *("day", "metres", "opening", "before_m", "before_opening", "stamped_m", "leaves"),
        }
        assert claims == {
            "iss": "urn:geowallet:" + thumbprint(HOLDER),
            "vct": AUDIT_VCT,
            "iat": NOW_S,
            "aud": thumbprint(DESK),
            "contract": CONTRACT.sha256,
            "period": "2026-10",
            "export": JTI,
            "question": asked.sha256,
        }

    def test_an_answer_to_sightings_holds_no_coordinate_but_what_they_named(self) -> None:
        asked = sightings(THERE, IDLE)
        compared = compare(asked, TRACK, TRACK_SEED)
        text = sightings_answer(CONTRACT, asked, compared, now_s=NOW_S, private_jwk=HOLDER)
        claims = unpack(text).claims
        assert claims["vct"] == SIGHTINGS_VCT
        assert [one["word"] for one in claims["answers"]] == ["agree", "no_data"]
        assert "2404" not in text
        assert "2404" not in str(claims)
        assert claims["answers"][0]["mark"]["text"] in THERE.marks()
        assert claims["answers"][1]["mark"] is None
