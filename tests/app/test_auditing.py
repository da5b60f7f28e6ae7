"""A total is looked behind: both sides by files, and every question that is not answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.audits import auditing
from geowallet.app.desk import desk_audits, inbox
from geowallet.app.desk.desk import Desk, rotate_desk
from geowallet.app.evidence.anchors import Given, add_anchor
from geowallet.app.sharing import rotating
from geowallet.contracts.life.audit import challenge_bytes
from geowallet.contracts.life.sightings import Area, sightings_bytes
from geowallet.contracts.terms.protection import Audit
from geowallet.crypto.signing import new_private_jwk
from geowallet.model.errors import (
    AuditHourAgainError,
    AuditNoExportError,
    AuditNotAgreedError,
    AuditNothingError,
    AuditOtherPeriodError,
    AuditOverBudgetError,
    AuditRefusedError,
    AuditRepeatedError,
    AuditTooEarlyError,
    AuditUnaskedError,
    BadContractError,
    ContractSignatureError,
    ExportExpiredError,
    GeowalletError,
    WrongRecipientError,
)
from geowallet.model.mobility import NamedPlace, PlaceKind
from geowallet.model.provenance import StatementKind
from geowallet.proofs.answers import Word
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.audited import (
    AT_CLIENT,
    ELSEWHERE,
    NOW_S,
    ON_THE_WAY,
    SEED,
    SUNDAY,
    Audited,
    look,
    sent,
)
from tests.app.evidence.seen import KEY, seen, stamped_mileage
from tests.app.evidence.seen import at as evening


@pytest.fixture
def audited(vault: Vault, employer: Desk, tmp_path: Path) -> Audited:
    terms = replace(
        scene.mileage(employer, name="audited", step_m=1),
        commitments="day",
        audit=Audit(draws=5, spot_checks=3),
    )
    client = NamedPlace("Dupont", PlaceKind.CLIENT, scene.CLIENT)
    settings.name_place(vault, client, now_us=scene.NOON_US)
    contract = scene.agree(vault, employer, terms, tmp_path)
    return Audited(vault, employer, contract, tmp_path, sent(vault, contract, tmp_path))


class TestAudit:
    """Issue 6: "recipient's seed after the signed export ... budget by contract"."""

    def test_a_drawn_day_is_opened_and_follows(self, audited: Audited) -> None:
        checked = audited.checked(audited.challenged())
        assert {one.day for one in checked.days} <= {3, 4}
        assert all(20_000 < one.metres < 25_000 for one in checked.days)
        assert checked.compared == ()

    def test_an_answer_is_logged_and_takes_from_the_budget(self, audited: Audited) -> None:
        audited.answer(audited.challenged())
        (given,) = auditing.answers(audited.vault)
        assert (given.kind, given.count) == ("draws", 3)
        *_, (_, statement, _) = audited.vault.log_entries()
        assert statement.kind is StatementKind.AUDIT
        assert statement.predicate["count"] == 3
        assert "metres" not in str(statement.predicate)

    def test_looking_at_a_question_writes_nothing(self, audited: Audited) -> None:
        question = audited.challenged()
        before = audited.vault.mark()
        shown = look(audited.vault, question)
        assert (shown.count, shown.used, shown.budget) == (3, 0, 5)
        assert shown.days
        assert audited.vault.mark() == before

    def test_the_same_question_gets_the_same_file_and_takes_nothing_more(
        self, audited: Audited
    ) -> None:
        question = audited.challenged()
        first = audited.answer(question)
        before = audited.vault.mark()
        assert audited.answer(question) == first
        assert audited.vault.mark() == before

    def test_another_draw_of_one_export_is_refused(self, audited: Audited) -> None:
        audited.answer(audited.signed())
        with pytest.raises(AuditRepeatedError):
            look(audited.vault, audited.signed(seed=b"t" * 32, draws=1))

    def test_more_than_the_contract_grants_is_refused(self, audited: Audited) -> None:
        with pytest.raises(AuditOverBudgetError, match="grants 5 in all: 0 are used, 6 more"):
            look(audited.vault, audited.signed(draws=6))

    def test_the_budget_is_that_of_the_contract_and_not_of_an_export(
        self, audited: Audited
    ) -> None:
        audited.answer(audited.signed(draws=3))
        again = sent(audited.vault, audited.contract, audited.folder)
        second = replace(audited, sealed=again)
        assert second.accepted.jti != audited.accepted.jti
        with pytest.raises(AuditOverBudgetError, match="3 are used, 3 more"):
            look(audited.vault, second.signed(draws=3))
        assert look(audited.vault, second.signed(draws=2)).used == 3

    def test_two_answers_at_once_cannot_take_the_budget_twice(self, audited: Audited) -> None:
        again = replace(audited, sealed=sent(audited.vault, audited.contract, audited.folder))
        both = [
            look(audited.vault, audited.signed(draws=3)),
            look(audited.vault, again.signed(draws=3)),
        ]
        auditing.answer(audited.vault, both[0], now_us=scene.NOON_US, target=audited.folder)
        with pytest.raises(AuditOverBudgetError):
            auditing.answer(audited.vault, both[1], now_us=scene.NOON_US, target=audited.folder)

    def test_a_refused_question_is_logged_by_its_code(self, audited: Audited) -> None:
        with pytest.raises(AuditOverBudgetError):
            look(audited.vault, audited.signed(draws=6))
        *_, (_, statement, _) = audited.vault.log_entries()
        assert statement.kind is StatementKind.ATTEMPT
        assert statement.predicate == {
            "contract": "audited",
            "period": "2026-05",
            "code": "audit.over_budget",
        }

    def test_a_question_that_nobody_signed_leaves_no_trace(self, audited: Audited) -> None:
        before = audited.vault.mark()
        with pytest.raises(ContractSignatureError):
            look(audited.vault, scene.altered(audited.signed(), draws=1))
        assert audited.vault.mark() == before

    def test_a_question_about_no_export_is_refused(self, audited: Audited) -> None:
        never = replace(audited.about, jti="00" * 16)
        with pytest.raises(AuditNoExportError):
            look(audited.vault, audited.signed(about=never))

    def test_a_question_about_another_period_is_refused(self, audited: Audited) -> None:
        june = replace(audited.about, period="2026-06")
        with pytest.raises(AuditOtherPeriodError):
            look(audited.vault, audited.signed(about=june))

    def test_a_seed_from_before_the_export_is_refused(self, audited: Audited) -> None:
        early = replace(audited.about, issued=dt.date(2026, 6, 1))
        with pytest.raises(AuditTooEarlyError, match="2026-06-01"):
            look(audited.vault, audited.signed(about=early))

    def test_a_question_by_another_key_or_under_no_contract_is_refused(
        self, audited: Audited, vault: Vault
    ) -> None:
        value = audited.signed()
        stranger = new_private_jwk("sig", b"x" * 32)
        with pytest.raises(ContractSignatureError):
            challenge_bytes(audited.contract, stranger, audited.about, seed=SEED, draws=1)
        with pytest.raises(ContractSignatureError):
            look(vault, scene.altered(value, draws=1))
        with pytest.raises(AuditNoExportError):
            look(vault, scene.altered(value, terms_sha256="00" * 32))
        with pytest.raises(BadContractError):
            look(vault, b"{}")

    def test_a_contract_without_budget_answers_nothing(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        plain = Audited(vault, employer, contract, tmp_path, sent(vault, contract, tmp_path))
        with pytest.raises(AuditNotAgreedError):
            look(vault, plain.signed())
        with pytest.raises(AuditNotAgreedError):
            plain.challenged()
        with pytest.raises(AuditNotAgreedError):
            plain.asked(ON_THE_WAY)


class TestStamped:
    """An opened day says which of its metres others saw, and the desk asks its anchors."""

    @pytest.fixture
    def stamped(self, vault: Vault, employer: Desk, tmp_path: Path) -> Audited:
        """A witness saw the log on the evening of 4 May, and not on the 5th."""
        seen(vault, evening(4, 20))
        terms = replace(
            stamped_mileage(employer, percent=1, name="seen"),
            measures=scene.mileage(employer, step_m=1).measures,
            commitments="day",
            audit=Audit(draws=5),
        )
        contract = scene.agree(vault, employer, terms, tmp_path)
        add_anchor(employer.folder, "council", Given(witness=KEY))
        return Audited(vault, employer, contract, tmp_path, sent(vault, contract, tmp_path))

    def test_the_day_that_was_seen_is_told_from_the_one_that_was_not(
        self, stamped: Audited
    ) -> None:
        seed = next(
            seed
            for seed in (bytes([n]) * 32 for n in range(50))
            if len(look(stamped.vault, stamped.signed(seed=seed, draws=5)).days) == 2
        )
        first, second = look(stamped.vault, stamped.signed(seed=seed, draws=5)).days
        assert first.stamped.metres == first.metres
        assert (second.stamped.metres, second.stamped.leaves) == (0, ())

    def test_the_desk_believes_its_witness(self, stamped: Audited) -> None:
        checked = stamped.checked(stamped.challenged(5))
        for one, metres in zip(checked.days, checked.stamped_m, strict=True):
            assert metres == (one.metres if one.day == 3 else 0)

    def test_where_no_level_was_asked_nothing_is_stamped(self, audited: Audited) -> None:
        checked = audited.checked(audited.challenged())
        assert set(checked.stamped_m) == {0}


class TestSpotChecks:
    """PrETP: the recipient names what it saw; the wallet says whether the track agrees."""

    def test_each_sighting_gets_its_word(self, audited: Audited) -> None:
        checked = audited.checked(audited.asked(ON_THE_WAY, ELSEWHERE, SUNDAY))
        words = [one.word for one in checked.compared]
        assert words == [Word.AGREE, Word.CONTRADICT, Word.NO_DATA]

    def test_a_visit_is_met_where_the_owner_named_a_client(self, audited: Audited) -> None:
        checked = audited.checked(audited.asked(AT_CLIENT))
        (one,) = checked.compared
        assert one.mark is not None
        assert one.mark.text == "place:client"

    def test_an_hour_is_asked_about_once(self, audited: Audited) -> None:
        """A second place for the same quarter hour would be a search for where one was."""
        audited.answer(audited.asked(ELSEWHERE))
        other = replace(ELSEWHERE, area=Area(4_600_000, 500_000, 500))
        with pytest.raises(AuditHourAgainError):
            look(audited.vault, audited.asked(other))

    def test_nor_once_more_under_a_second_export_of_the_period(self, audited: Audited) -> None:
        audited.answer(audited.asked(ELSEWHERE))
        again = replace(audited, sealed=sent(audited.vault, audited.contract, audited.folder))
        with pytest.raises(AuditHourAgainError):
            look(audited.vault, again.asked(ELSEWHERE))

    def test_every_sighting_counts_even_without_data(self, audited: Audited) -> None:
        audited.answer(audited.asked(SUNDAY, ELSEWHERE))
        body = sightings_bytes(
            audited.contract, audited.desk.signing_jwk, audited.about, [ON_THE_WAY, AT_CLIENT]
        )
        with pytest.raises(AuditOverBudgetError, match="grants 3 in all: 2 are used, 2 more"):
            look(audited.vault, body)

    def test_a_draw_takes_nothing_from_spot_checks(self, audited: Audited) -> None:
        audited.answer(audited.challenged(5))
        shown = look(audited.vault, audited.asked(ON_THE_WAY))
        assert (shown.used, shown.budget) == (0, 3)


class TestDesk:
    def test_the_desk_counts_too(self, audited: Audited) -> None:
        audited.challenged(3)
        with pytest.raises(AuditRepeatedError):
            audited.challenged(1)
        again = replace(audited, sealed=sent(audited.vault, audited.contract, audited.folder))
        with pytest.raises(AuditOverBudgetError):
            again.challenged(3)
        again.challenged(2)
        audited.asked(SUNDAY, ELSEWHERE)
        with pytest.raises(AuditOverBudgetError):
            audited.asked(ON_THE_WAY, AT_CLIENT)

    def test_two_challenges_have_two_seeds(self, audited: Audited) -> None:
        again = replace(audited, sealed=sent(audited.vault, audited.contract, audited.folder))
        bodies = (audited.challenged(1), again.challenged(1))
        seeds = {line for body in bodies for line in seed_of(body)}
        assert len(seeds) == 2

    def test_an_export_that_is_not_accepted_is_not_audited(self, audited: Audited) -> None:
        with pytest.raises(ExportExpiredError):
            desk_audits.accepted_export(audited.sealed, audited.desk, now_s=NOW_S * 2)

    def test_a_month_without_a_metre_cannot_be_audited(self, audited: Audited) -> None:
        claims = audited.accepted.claims | {"total": {"distance_m": 0}}
        with pytest.raises(AuditNothingError):
            desk_audits.challenge(
                audited.desk,
                replace(audited.accepted, claims=claims),
                draws=1,
                today=scene.TODAY,
                target=audited.folder,
            )

    def test_a_desk_with_new_keys_goes_on_with_questions_of_the_old(self, audited: Audited) -> None:
        question = audited.challenged()
        newer = rotate_desk(audited.desk.folder, lambda: scene.DESK_PASSPHRASE)
        assert newer.signing_jwk != audited.desk.signing_jwk
        path = audited.answer(question)
        assert desk_audits.check_answer(path, newer, now_s=NOW_S).days
        renewed = replace(audited, desk=newer)
        assert look(audited.vault, renewed.asked(ON_THE_WAY)).compared

    def test_questions_under_two_contracts_are_kept_apart(
        self, audited: Audited, tmp_path: Path
    ) -> None:
        terms = replace(audited.contract.terms, name="other")
        contract = scene.agree(audited.vault, audited.desk, terms, tmp_path)
        sealed = sent(audited.vault, contract, tmp_path)
        other = replace(audited, contract=contract, sealed=sealed)
        audited.challenged(5)
        checked = other.checked(other.challenged(5))
        assert checked.contract.terms.name == "other"

    def test_an_answer_to_no_question_of_this_desk_is_refused(self, audited: Audited) -> None:
        path = audited.answer(audited.signed())
        with pytest.raises(AuditUnaskedError):
            desk_audits.check_answer(path, audited.desk, now_s=NOW_S)

    def test_an_answer_for_another_desk_is_refused(self, audited: Audited, tmp_path: Path) -> None:
        path = audited.answer(audited.challenged())
        with pytest.raises(WrongRecipientError):
            desk_audits.check_answer(path, scene.new_desk(tmp_path / "other"), now_s=NOW_S)

    def test_a_lie_is_found(self, audited: Audited) -> None:
        """The owner's own program is changed: it opens days that are a kilometre shorter."""
        question = audited.challenged()
        shown = look(audited.vault, question)
        lies = tuple(replace(one, metres=one.metres - 1_000) for one in shown.days)
        path = auditing.answer(
            audited.vault, replace(shown, days=lies), now_us=scene.NOON_US, target=audited.folder
        )
        with pytest.raises(AuditRefusedError):
            desk_audits.check_answer(path, audited.desk, now_s=NOW_S)

    def test_a_changed_answer_is_refused(self, audited: Audited) -> None:
        path = audited.answer(audited.challenged())
        body = bytearray(path.read_bytes())
        body[-5] ^= 1
        path.write_bytes(bytes(body))
        with pytest.raises(GeowalletError):
            desk_audits.check_answer(path, audited.desk, now_s=NOW_S)


def seed_of(body: bytes) -> list[bytes]:
    return [line for line in body.splitlines() if b'"seed"' in line]


class TestAfterAChangeOfKeys:
    """Promise: a new key answers for what the old one signed, and brings no new budget."""

    def test_an_answer_by_the_new_key_follows_and_the_budget_stays(self, audited: Audited) -> None:
        first, two = audited.challenged(draws=3), audited.asked(ON_THE_WAY, ELSEWHERE)
        rotating.rotate_identity(audited.vault, now_us=scene.NOON_US + 1_000_000)
        (notice,) = rotating.write_notices(audited.vault, audited.folder / "notice")
        taken = inbox.take_file(audited.desk, notice, now_s=NOW_S, today=scene.TODAY)
        assert taken.error is None
        assert audited.checked(first).days
        assert audited.checked(two).compared
        with pytest.raises(AuditOverBudgetError):
            audited.asked(AT_CLIENT, SUNDAY)
