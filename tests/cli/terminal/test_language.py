"""Which language is chosen, and how each writes sentences, numbers and dates."""

from __future__ import annotations

import datetime as dt
import errno
import gettext
import io
import os
import subprocess
import sys

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from geowallet.cli.terminal import language, numbers
from geowallet.cli.terminal.language import WORDS, choose
from geowallet.model.errors import DiskFullError
from geowallet.model.words import N_, phrase
from tools.extract_messages import LOCALE

WIDE = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"

SUMMER_US = 1_780_293_600_000_000
"""1 June 2026, 06:00 UTC: 08:00 in Paris."""


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak French, from the catalogue's source: the compiled one may be older."""
    with (LOCALE / "fr" / "LC_MESSAGES" / "geowallet.po").open("rb") as stream:
        source = read_po(stream)
    compiled = io.BytesIO()
    write_mo(compiled, source)
    compiled.seek(0)
    monkeypatch.setattr(language, "_catalogue", gettext.GNUTranslations(compiled))
    monkeypatch.setattr(language, "language", "fr")
    monkeypatch.setattr(numbers, "language", "fr")


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", gettext.NullTranslations())
    monkeypatch.setattr(language, "language", "en")
    monkeypatch.setattr(numbers, "language", "en")


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["trip", "list", "--lang", "fr"], {}, "fr"),
        (["--lang", "fr", "trip", "list"], {}, "fr"),
        (["trip", "list", "--lang=fr"], {}, "fr"),
        (["trip", "list", "--lang", "FR"], {}, "fr"),
        (["trip", "list", "--lang", "fr-CA"], {}, "fr"),
        ([], {"GEOWALLET_LANG": "fr"}, "fr"),
        ([], {"LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ([], {"LC_MESSAGES": "fr_BE"}, "fr"),
        ([], {"LANG": "fr_FR.UTF-8"}, "fr"),
        ([], {}, "en"),
    ],
)
def test_each_place_that_may_name_a_language_is_read(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert choose(arguments, environment) == expected


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["--lang", "en"], {"GEOWALLET_LANG": "fr", "LC_ALL": "fr_FR"}, "en"),
        (["--lang=en"], {"GEOWALLET_LANG": "fr"}, "en"),
        (["--lang", "en", "--lang", "fr"], {}, "fr"),
        ([], {"GEOWALLET_LANG": "en", "LC_ALL": "fr_FR"}, "en"),
        ([], {"LC_ALL": "en_GB", "LC_MESSAGES": "fr_FR", "LANG": "fr_FR"}, "en"),
        ([], {"LC_MESSAGES": "fr_FR", "LANG": "en_GB"}, "fr"),
        ([], {"GEOWALLET_LANG": "", "LC_ALL": "", "LANG": "fr_FR"}, "fr"),
    ],
)
def test_the_command_line_goes_before_the_environment_before_the_locale(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert choose(arguments, environment) == expected


@pytest.mark.parametrize("name", ["de", "xx", "C", "POSIX", "C.UTF-8", "1", "f"])
def test_an_unknown_language_falls_back_to_english(name: str) -> None:
    assert choose(["--lang", name], {"LC_ALL": "fr_FR"}) == "en"
    assert choose([], {"LC_ALL": name, "LANG": "fr_FR"}) == "en"


def test_lang_without_a_word_after_it_is_no_language() -> None:
    assert choose(["trip", "list", "--lang"], {"LC_ALL": "fr_FR"}) == "fr"


def test_a_process_speaks_the_language_it_was_asked_for() -> None:
    """The whole way: option, import, help text."""
    environment = os.environ | {"GEOWALLET_LANG": "en"}
    code = "from geowallet.cli.terminal.language import language; print(language)"
    for extra, expected in ((["--lang", "fr"], "fr"), ([], "en")):
        done = subprocess.run(
            [sys.executable, "-c", code, *extra],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        assert done.stdout.strip() == expected


@pytest.mark.usefixtures("french")
class TestFrench:
    def test_sentences_are_translated_and_filled_in(self) -> None:
        assert language._("Next: {command}", command="x") == f"Ensuite{WIDE}: x"

    def test_phrases_translate_the_identifiers_in_them(self) -> None:
        assert language.say(phrase(N_("mode {mode}"), mode="e_bike")) == "mode vélo électrique"

    def test_every_identifier_has_its_word(self) -> None:
        same = {name for name in WORDS if language.word(name) == WORDS[name]}
        assert same == {"bus", "tram", "train", "client"}

    def test_what_is_no_identifier_stays_as_it_is(self) -> None:
        assert language.word("Lyon") == "Lyon"

    @pytest.mark.parametrize(("number", "noun"), [(0, "trajet,"), (1, "trajet,"), (2, "trajets,")])
    def test_none_and_one_are_singular(self, number: int, noun: str) -> None:
        text = language.plural(
            "{mode} {count} trip, {km}", "{mode} {count} trips, {km}", number, mode="m", km="k"
        )
        assert text == f"m {number} {noun} k"

    def test_kilometres_have_a_narrow_space_a_comma_and_their_unit(self) -> None:
        assert numbers.km(5_224_000) == f"5{NARROW}224,0{WIDE}km"
        assert numbers.kilometres(449) == "0,4"

    def test_counts_have_narrow_spaces(self) -> None:
        assert numbers.count(412_806) == f"412{NARROW}806"

    def test_a_percent_sign_stands_apart(self) -> None:
        assert numbers.percent(0.5) == f"50{WIDE}%"

    def test_dates_are_written_as_in_french(self) -> None:
        monday = dt.date(2026, 10, 5)
        assert numbers.day(monday) == "5 oct. 2026"
        assert numbers.weekday(monday) == "lun. 05"
        assert numbers.month("2026-10") == "octobre 2026"

    def test_moments_are_local(self) -> None:
        assert numbers.clock(SUMMER_US, "Europe/Paris") == "08:00"
        assert numbers.moment(SUMMER_US, "Europe/Paris") == "lun. 1 juin 2026, 08:00"

    def test_lists_end_with_et(self) -> None:
        assert numbers.enumeration(["a", "b", "c"]) == "a, b et c"
        assert numbers.enumeration([]) == ""


@pytest.mark.usefixtures("english")
class TestEnglish:
    def test_sentences_are_their_own_translation(self) -> None:
        assert language._("Next: {command}", command="x") == "Next: x"

    def test_none_and_many_are_plural(self) -> None:
        said = [language.plural("{count} a", "{count} b", number) for number in (0, 1, 2)]
        assert said == ["0 b", "1 a", "2 b"]

    def test_numbers_have_commas_and_points(self) -> None:
        assert numbers.km(5_224_000) == f"5,224.0{WIDE}km"
        assert numbers.count(412_806) == "412,806"

    def test_dates_put_the_day_first(self) -> None:
        monday = dt.date(2026, 10, 5)
        assert numbers.day(monday) == "5 Oct 2026"
        assert numbers.weekday(monday) == "Mon 05"
        assert numbers.month("2026-10") == "October 2026"
        assert numbers.moment(SUMMER_US, "Europe/Paris") == "Mon 1 Jun 2026, 08:00"

    def test_lists_end_with_and(self) -> None:
        assert numbers.enumeration(["a", "b"]) == "a and b"


def test_fractions_are_in_french_with_a_comma(french: None) -> None:
    text = phrase(N_("no street corner for {km} km"), km=4.8)
    assert language.say(text) == f"aucun coin de rue pendant 4,8{WIDE}km"


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.ECONNREFUSED]
)
def test_the_reasons_of_the_system_are_said_in_french_too(french: None, number: int) -> None:
    english = os.strerror(number)
    text, _ = language.told(DiskFullError(reason=english))
    assert (english in language.SYSTEM_REASONS, english in text) == (True, False)
