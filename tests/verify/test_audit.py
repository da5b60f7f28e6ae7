"""What a desk believes of an answer: nothing that does not follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from geowallet.contracts.life.audit import Challenge, drawn_metres
from geowallet.crypto.curve import base_times, plus
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.model.errors import AuditRefusedError, BadExportError, ExportSignatureError
from geowallet.proofs.answers import (
    Compared,
    Word,
    audit_answer,
    compare,
    open_drawn,
    sightings_answer,
)
from geowallet.proofs.commitments import Opening, Stamped, check_total, open_day
from geowallet.proofs.sdjwt import pack, unpack
from geowallet.proofs.track import open_mark, open_slots
from geowallet.verify.audit import check_audit_answer, check_sightings_answer
from tests.proofs.audited import (
    CONTRACT,
    DAYS_M,
    ELSEWHERE,
    FIRST,
    IDLE,
    NOW_S,
    SEED,
    SIZE,
    THERE,
    TRACK,
    TRACK_SEED,
    challenge,
    claims_of,
    sightings,
)
from tests.proofs.parties import HOLDER, STRANGER

CLAIMS = claims_of()
CHALLENGE = challenge(20, b"a" * 32)
OPENED = open_drawn(CHALLENGE, DAYS_M, SEED)


def answered(opened: tuple[Opening, ...] = OPENED, holder: dict[str, Any] = HOLDER) -> str:
    return audit_answer(CONTRACT, CHALLENGE, opened, now_s=NOW_S, private_jwk=holder)


def check(
    text: str, *, claims: dict[str, Any] = CLAIMS, challenge: Challenge = CHALLENGE
) -> tuple[Opening, ...]:
    return check_audit_answer(text, CONTRACT, claims, challenge)


def edited(text: str, edit: Callable[[dict[str, Any]], Any]) -> str:
    """The answer with other claims, signed by the holder all the same."""
    claims = unpack(text).claims
    edit(claims)
    return pack(claims, [], private_jwk=HOLDER, salts=bytes)


class TestAudit:
    """SECURITY-DESIGN: "lying value, prefix, day refused"."""

    def test_an_honest_answer_is_believed(self) -> None:
        opened = check(answered())
        assert opened == OPENED
        assert {one.day for one in opened} == {4, 5, 19}
        drawn = drawn_metres(CHALLENGE, sum(DAYS_M))
        assert all(
            any(one.before_m <= t < one.before_m + one.metres for one in opened) for t in drawn
        )

    @pytest.mark.parametrize(
        "forge",
        [
            lambda one: replace(one, metres=one.metres + 1),
            lambda one: replace(one, metres=one.metres - 1),
            lambda one: replace(one, before_m=one.before_m + 1),
            lambda one: replace(one, before_m=max(one.before_m - 1, 0), before_opening=5),
            lambda one: replace(one, opening=one.opening + 1),
            lambda one: replace(one, before_opening=one.before_opening + 1),
            lambda one: replace(one, day=one.day + 1),
            lambda one: replace(open_day(DAYS_M, SEED, one.day + 1), day=one.day),
        ],
    )
    def test_a_forged_value_prefix_or_day_is_refused(
        self, forge: Callable[[Opening], Opening]
    ) -> None:
        for place, one in enumerate(OPENED):
            changed = (*OPENED[:place], forge(one), *OPENED[place + 1 :])
            with pytest.raises(AuditRefusedError):
                check(answered(changed))

    def test_what_of_a_day_others_saw_comes_with_it(self) -> None:
        stamped = {OPENED[0].day: Stamped(OPENED[0].metres, (3, 19))}
        opened = open_drawn(CHALLENGE, DAYS_M, SEED, stamped)
        assert check(answered(opened)) == opened
        assert opened[0].stamped == Stamped(OPENED[0].metres, (3, 19))
        assert opened[1].stamped == Stamped()

    def test_a_drawn_day_may_not_be_kept_back(self) -> None:
        for place in range(len(OPENED)):
            with pytest.raises(AuditRefusedError, match="no day that was opened"):
                check(answered((*OPENED[:place], *OPENED[place + 1 :])))

    def test_a_day_that_was_not_drawn_may_not_be_opened(self) -> None:
        """It would let a holder answer more than asked, and hide one day among many."""
        idle = open_day(DAYS_M, SEED, 20)
        with pytest.raises(AuditRefusedError, match="not drawn"):
            check(answered((*OPENED, idle)))

    def test_days_stand_in_order_once_each(self) -> None:
        for opened in (OPENED[::-1], (OPENED[0], *OPENED)):
            with pytest.raises(AuditRefusedError, match="in order"):
                check(answered(opened))

    def test_the_days_of_another_export_are_refused(self) -> None:
        other = tuple(metres and metres + 1 for metres in DAYS_M)
        with pytest.raises(AuditRefusedError, match="committed to"):
            check(answered(), claims=claims_of(other))

    def test_another_signer_is_refused(self) -> None:
        with pytest.raises(ExportSignatureError):
            check(answered(holder=STRANGER))

    def test_an_answer_to_another_question_is_refused(self) -> None:
        with pytest.raises(AuditRefusedError, match="another question"):
            check(answered(), challenge=challenge(20, b"other" * 6 + b"xx"))

    @pytest.mark.parametrize("name", ["iss", "vct", "aud", "contract", "period", "export"])
    def test_every_name_in_it_is_looked_at(self, name: str) -> None:
        with pytest.raises(AuditRefusedError, match="another question"):
            check(edited(answered(), lambda claims: claims.update({name: "other"})))

    @pytest.mark.parametrize(
        "edit",
        [
            lambda claims: claims.update(more=1),
            lambda claims: claims.pop("iat"),
            lambda claims: claims.update(days=None),
            lambda claims: claims.update(days=[1]),
            lambda claims: claims["days"][0].update(more=1),
            lambda claims: claims["days"][0].update(day=True),
            lambda claims: claims["days"][0].update(day=-1),
            lambda claims: claims["days"][0].update(day=31),
            lambda claims: claims["days"][0].update(metres="1"),
            lambda claims: claims["days"][0].update(before_m=-1),
            lambda claims: claims["days"][0].update(opening=7),
            lambda claims: claims["days"][0].update(opening="AA"),
            lambda claims: claims["days"][0].update(opening=b64u(b"\xff" * 32)),
            lambda claims: claims["days"][0].update(before_opening="=="),
            lambda claims: claims["days"][0].update(stamped_m=1),
            lambda claims: claims["days"][0].update(leaves=[1]),
            lambda claims: claims["days"][0].update(stamped_m=-1, leaves=[1]),
            lambda claims: claims["days"][0].update(stamped_m=True, leaves=[1]),
            lambda claims: claims["days"][0].update(stamped_m=10**9, leaves=[1]),
            lambda claims: claims["days"][0].update(stamped_m=1, leaves=[2, 1]),
            lambda claims: claims["days"][0].update(stamped_m=1, leaves=[1, 1]),
            lambda claims: claims["days"][0].update(stamped_m=1, leaves=[True]),
            lambda claims: claims["days"][0].update(stamped_m=1, leaves="1"),
        ],
    )
    def test_what_is_not_written_as_answers_are_is_refused(self, edit: Any) -> None:
        with pytest.raises(AuditRefusedError, match="not written as answers are"):
            check(edited(answered(), edit))

    def test_rows_beside_it_are_refused(self) -> None:
        claims = unpack(answered()).claims
        text = pack(claims, [{"day": "2026-10-05"}], private_jwk=HOLDER, salts=bytes)
        with pytest.raises(AuditRefusedError, match="not written as answers are"):
            check(text)

    def test_other_bytes_are_no_answer(self) -> None:
        with pytest.raises(BadExportError):
            check("something else")

    def test_a_day_below_zero_hides_from_the_draw(self) -> None:
        """Known and written down: why an insurer asks for range proofs as well.

        One day of -200 km: the metres after it are counted twice, and the holder
        opens an honest day for each of them.
        """
        honest = (0, 300_000, 0, 300_000)
        claims = claims_of(honest)
        points = [unb64u(text) for text in claims["commitments"]]
        points[2] = plus(points[2], base_times(-200_000))
        claims["commitments"] = [b64u(point) for point in points]
        claims["total"] = {"distance_m": 400_000}
        check_total(claims)
        early, late = open_day(honest, SEED, 1), open_day(honest, SEED, 3)
        late = replace(late, before_m=100_000)
        for number in range(20):
            asked = challenge(5, bytes([number]) * 32)
            drawn = drawn_metres(asked, 400_000)
            opened = [early] if min(drawn) < 300_000 else []
            opened += [late] if max(drawn) >= 300_000 else []
            text = audit_answer(CONTRACT, asked, opened, now_s=NOW_S, private_jwk=HOLDER)
            assert check(text, claims=claims, challenge=asked) == tuple(opened)


EVENING = replace(IDLE, start=IDLE.start.replace(hour=20), end=IDLE.end.replace(hour=20, minute=10))


class TestSightings:
    """`Word`: "``contradict`` opens nothing", the others open what was committed to."""

    ASKED = sightings(THERE, EVENING, IDLE)

    def answer(self, compared: tuple[Compared, ...] | None = None) -> str:
        said = compare(self.ASKED, TRACK, TRACK_SEED) if compared is None else compared
        return sightings_answer(CONTRACT, self.ASKED, said, now_s=NOW_S, private_jwk=HOLDER)

    def check(self, text: str) -> list[Word]:
        found = check_sightings_answer(text, CONTRACT, CLAIMS, self.ASKED)
        return [one.word for one in found]

    def test_an_honest_answer_is_believed(self) -> None:
        assert self.check(self.answer()) == [Word.AGREE, Word.NO_DATA, Word.NO_DATA]

    def test_a_contradiction_needs_no_proof(self) -> None:
        asked = sightings(ELSEWHERE)
        said = compare(asked, TRACK, TRACK_SEED)
        text = sightings_answer(CONTRACT, asked, said, now_s=NOW_S, private_jwk=HOLDER)
        (one,) = check_sightings_answer(text, CONTRACT, CLAIMS, asked)
        assert one == Compared(Word.CONTRADICT)

    def test_one_who_was_not_there_cannot_agree(self) -> None:
        asked = sightings(ELSEWHERE)
        slots = open_slots(TRACK, [FIRST], seed=TRACK_SEED, size=SIZE)
        wanted = min(ELSEWHERE.marks())
        for text in (wanted, "cell:2400:100"):
            mark = open_mark(FIRST, text, seed=TRACK_SEED)
            said = (Compared(Word.AGREE, slots, mark),)
            answer = sightings_answer(CONTRACT, asked, said, now_s=NOW_S, private_jwk=HOLDER)
            with pytest.raises(AuditRefusedError, match=r"committed to|what the answer says"):
                check_sightings_answer(answer, CONTRACT, CLAIMS, asked)

    def test_one_who_was_there_at_another_hour_cannot_agree(self) -> None:
        asked = sightings(replace(THERE, start=IDLE.start, end=IDLE.end))
        slots = open_slots(TRACK, [FIRST + 1], seed=TRACK_SEED, size=SIZE)
        mark = open_mark(FIRST + 1, "cell:2405:105", seed=TRACK_SEED)
        said = (Compared(Word.AGREE, slots, mark),)
        answer = sightings_answer(CONTRACT, asked, said, now_s=NOW_S, private_jwk=HOLDER)
        with pytest.raises(AuditRefusedError, match="what the answer says"):
            check_sightings_answer(answer, CONTRACT, CLAIMS, asked)

    def test_one_who_travelled_cannot_say_that_there_is_no_data(self) -> None:
        asked = sightings(ELSEWHERE)
        slots = open_slots(TRACK, [FIRST], seed=TRACK_SEED, size=SIZE)
        for opened in (slots, (), tuple(replace(slot, hashes=()) for slot in slots)):
            said = (Compared(Word.NO_DATA, opened),)
            answer = sightings_answer(CONTRACT, asked, said, now_s=NOW_S, private_jwk=HOLDER)
            with pytest.raises(AuditRefusedError):
                check_sightings_answer(answer, CONTRACT, CLAIMS, asked)

    def test_an_hour_of_another_day_proves_nothing(self) -> None:
        first, _, _ = compare(self.ASKED, TRACK, TRACK_SEED)
        quiet = open_slots(TRACK, [0, 1], seed=TRACK_SEED, size=SIZE)
        with pytest.raises(AuditRefusedError, match="what the answer says"):
            self.check(self.answer((first, Compared(Word.NO_DATA, quiet), first)))
        with pytest.raises(AuditRefusedError, match="what the answer says"):
            self.check(self.answer((first, Compared(Word.CONTRADICT, quiet), first)))

    def test_every_sighting_is_answered_once(self) -> None:
        said = compare(self.ASKED, TRACK, TRACK_SEED)
        for wrong in (said[1:], (*said, said[0])):
            with pytest.raises(AuditRefusedError, match="each sighting once"):
                self.check(self.answer(wrong))

    @pytest.mark.parametrize(
        "edit",
        [
            lambda answers: answers.append(1),
            lambda answers: answers[0].update(word="perhaps"),
            lambda answers: answers[0].update(word=["agree"]),
            lambda answers: answers[0].update(slots={}),
            lambda answers: answers[0].update(slots=[]),
            lambda answers: answers[0].update(mark={}),
            lambda answers: answers[0]["mark"].update(salt="AA"),
            lambda answers: answers[0]["mark"].update(salt=""),
            lambda answers: answers[0]["mark"].update(text=5),
            lambda answers: answers[0]["slots"][0].update(number="1"),
            lambda answers: answers[0]["slots"][0].update(hashes="AA"),
            lambda answers: answers[0]["slots"][0].update(hashes=b64u(bytes(32))),
            lambda answers: answers[0]["slots"][0].update(hashes=b64u(bytes(32 * 288))),
            lambda answers: answers[0]["slots"][0].update(proof=b64u(bytes(33))),
            lambda answers: answers[0]["slots"][0].pop("salt"),
        ],
    )
    def test_what_is_not_written_as_answers_are_is_refused(self, edit: Any) -> None:
        text = edited(self.answer(), lambda claims: edit(claims["answers"]))
        with pytest.raises(AuditRefusedError, match="not written as answers are"):
            self.check(text)
