"""Looking behind a total, as the two sides type it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

HEAD = "kept_as,start,end,place,lat,lon,radius_m\n"
TABLE = (
    HEAD
    + "toll,2026-05-07T10:25+02:00,2026-05-07T10:35+02:00,,48.1092,1.6050,500\n"
    + "fuel_card,2026-05-07T15:30+02:00,2026-05-07T15:40+02:00,,47.2000,1.2000,500\n"
    + "badge,2026-05-19T12:00+02:00,2026-05-19T12:30+02:00,work,,,\n"
)


@pytest.fixture
def audited(lived: Terminal) -> Terminal:
    """A month that has left under a contract with budgets."""
    offer = ("desk", "offer", "work-hour-mileage", "--name", "deep", "--covers", "2026")
    for words in (
        (*offer, "--draws", "10", "--spot-checks", "5"),
        ("contract", "accept", "deep.offer", "--as", "Camille Martin", "--yes"),
        ("desk", "open", "deep.contract"),
        ("export", "deep", "--period", "2026-05", "--confirm", "deep"),
    ):
        done = lived(*words)
        assert done.status == 0, done.err
    return lived


class TestAudit:
    def test_the_offer_says_what_an_audit_may_open(self, audited: Terminal) -> None:
        done = audited("contract", "show", "deep.offer")
        for words in ("sealed commitment", "up to 10 days drawn by lot", "up to 5 spot checks"):
            assert words in " ".join(done.out.split())

    def test_a_draw_is_answered_and_follows(self, audited: Terminal) -> None:
        done = audited("desk", "audit", "challenge", "deep-2026-05.jwe", "--draws", "5")
        assert done.status == 0
        assert "5 draws hit one in 40" in done.out
        done = audited("export", "audit-answer", "deep-2026-05.challenge", "--confirm", "deep")
        assert done.status == 0, done.err
        assert "It takes 5 of the 10 that the contract grants; 5 would be left." in done.out
        assert "This would leave your wallet:" in done.out
        done = audited("desk", "audit", "check", "deep-2026-05.answer")
        assert done.status == 0
        assert "it follows from the export" in done.out
        (record,) = audited("desk", "audit", "check", "deep-2026-05.answer", "--json").records
        names = {"day", "metres", "before_m", "stamped_m"}
        assert all(set(day) == names for day in record["days"])
        assert all(day["day"].startswith("2026-05-") for day in record["days"])

    def test_the_owner_sees_exactly_what_the_desk_will_see(self, audited: Terminal) -> None:
        audited("desk", "audit", "challenge", "deep-2026-05.jwe", "--draws", "3")
        words = ("export", "audit-answer", "deep-2026-05.challenge", "--confirm", "deep", "--json")
        (shown,) = audited(*words).records
        (checked,) = audited("desk", "audit", "check", "deep-2026-05.answer", "--json").records
        assert shown["days"] == checked["days"]

    def test_nothing_is_written_before_the_owner_has_typed_the_name(
        self, audited: Terminal
    ) -> None:
        audited("desk", "audit", "challenge", "deep-2026-05.jwe", "--draws", "3")
        words = ("export", "audit-answer", "deep-2026-05.challenge")
        assert audited(*words).status == 2
        assert audited(*words, "--confirm", "other").status == 2
        assert not (audited.folder / "deep-2026-05.answer").exists()
        entries = audited("evidence", "list", "--json").records
        assert [entry["kind"] for entry in entries[-2:]] == ["attempt", "attempt"]

    def test_a_second_answer_to_the_same_question_says_so(self, audited: Terminal) -> None:
        audited("desk", "audit", "challenge", "deep-2026-05.jwe", "--draws", "3")
        words = ("export", "audit-answer", "deep-2026-05.challenge", "--confirm", "deep")
        assert audited(*words).status == 0
        assert "You answered this before" in audited(*words).out


class TestSpotCheck:
    @pytest.fixture
    def asked(self, audited: Terminal) -> Terminal:
        Path("seen.csv").write_text(TABLE, encoding="utf-8")
        assert audited("desk", "spot-check", "deep-2026-05.jwe", "seen.csv").status == 0
        return audited

    def test_each_sighting_gets_its_word_and_a_contradiction_its_status(
        self, asked: Terminal
    ) -> None:
        done = asked("export", "audit-answer", "deep-2026-05.sightings", "--confirm", "deep")
        assert done.status == 0, done.err
        assert "its square from 48.10, 1.58 (about 2 km)" in done.out
        assert "2 quarter hours, empty" in done.out
        done = asked("desk", "audit", "check", "deep-2026-05.answer")
        assert done.status == 10
        for word in ("agrees", "contradicts", "no travel in it"):
            assert word in done.out

    def test_a_visit_says_so_in_words(self, audited: Terminal) -> None:
        Path("seen.csv").write_text(
            HEAD + "badge,2026-05-07T10:10+02:00,2026-05-07T10:20+02:00,work,,,\n",
            encoding="utf-8",
        )
        assert audited("desk", "spot-check", "deep-2026-05.jwe", "seen.csv").status == 0
        done = audited("export", "audit-answer", "deep-2026-05.sightings", "--confirm", "deep")
        assert "that a trip began or ended at work" in done.out
        assert audited("desk", "audit", "check", "deep-2026-05.answer").status == 0


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        (b"\xff\xfe", 1),
        (b"", 1),
        (b"kept_as,start\ntoll,x\n", 1),
        (HEAD.encode(), 1),
        (HEAD.encode() + b'toll,"x', 1),
        (HEAD.encode() + b"rumour,2026-05-07T10:25Z,2026-05-07T10:35Z,work,,,\n", 2),
        (HEAD.encode() + b"toll,2026-05-07T10:25Z,2026-05-07T10:35Z,home,,,\n", 2),
        (HEAD.encode() + b"toll,2026-05-07T10:25,2026-05-07T10:35Z,work,,,\n", 2),
        (HEAD.encode() + b"toll,soon,2026-05-07T10:35Z,work,,,\n", 2),
        (HEAD.encode() + b"toll,2026-05-07T10:25Z,2026-05-07T10:35Z,,nan,2.1,5\n", 2),
        (HEAD.encode() + b"toll,2026-05-07T10:25Z,2026-05-07T10:35Z,,48.1,2.1,wide\n", 2),
        (HEAD.encode() + b"toll,2026-05-07T10:25Z,2026-05-07T10:35Z\n", 2),
        (HEAD.encode() + b"toll,2026-05-07T10:25Z,2026-05-07T10:35Z,work,,,\n" * 21, 22),
    ],
)
def test_a_table_that_cannot_be_read_says_which_row(
    terminal: Terminal, rows: bytes, row: int
) -> None:
    Path("seen.csv").write_bytes(rows)
    done = terminal("desk", "spot-check", "any.jwe", "seen.csv")
    assert done.status == 3
    assert f"[audit.sightings] row {row} " in done.err
    assert "48.1" not in done.err


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("desk", "audit", "challenge", "none.jwe", "--draws", "1"), 4, "source.missing"),
        (("desk", "audit", "challenge", "deep-2026-05.jwe", "--draws", "11"), 6, "audit.over"),
        (("desk", "audit", "challenge", "deep-2026-05.jwe", "--draws", "0"), 3, "contract."),
        (("desk", "audit", "check", "deep-2026-05.jwe"), 4, "audit.unasked"),
        (("desk", "audit", "check", "deep.offer"), 3, "verify.malformed"),
        (("desk", "spot-check", "deep-2026-05.jwe", "none.csv"), 4, "source.missing"),
        (("export", "audit-answer", "deep.offer", "--confirm", "deep"), 3, "contract."),
    ],
)
def test_each_refusal_has_its_code(
    audited: Terminal, words: tuple[str, ...], status: int, code: str
) -> None:
    done = audited(*words)
    assert (done.status, f"[{code}" in done.err) == (status, True), done.err
