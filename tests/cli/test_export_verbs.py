"""`export` is a verb and a noun: both ways of typing it."""

from __future__ import annotations

from tests.cli.conftest import Terminal

GIVEN = ("--period", "2026-05", "--confirm", "km")


def test_the_contract_may_follow_export_at_once(lived: Terminal) -> None:
    assert lived("export", "km", *GIVEN).status == 0
    assert lived("export", *GIVEN, "km").status == 0
    assert lived("export", "contract", "km", *GIVEN).status == 0


def test_help_names_the_verbs_and_that_one_may_be_left_out(terminal: Terminal) -> None:
    for words in (("export", "--help"), ("export",)):
        done = terminal(*words)
        assert "the verb may be left out" in done.out + done.err
    assert "--period" in terminal("export", "contract", "--help").out
    assert "--period" in terminal("export", "km", "--help").out


def test_a_missing_word_is_said(terminal: Terminal) -> None:
    done = terminal("export", "km")
    assert (done.status, "--period" in done.err) == (2, True)
    done = terminal("export", "--period", "2026-05")
    assert (done.status, "contract" in done.err) == (2, True)
