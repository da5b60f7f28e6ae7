"""The French catalogue is whole, keeps every value, and says only words of the glossary."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from tools.extract_messages import LOCALE, template
from tools.write_reference import all_errors

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

PATH = LOCALE / "fr" / "LC_MESSAGES" / "geowallet.po"

REFUSED = (
    r"certifi(?!cat)",  # nobody certified anything; the X.509 file has no other name
    r"conforme",
    r"agré[ée]",
    r"homologu",
    r"officiel",
    r"infalsifiable",
    r"inviolable",
    r"anonym",
    r"évidence",
    r"assurance",
    r"garanti",
    r"contrôl",
    r"preuve",
    r"segment",
    r"tronçon",
    r"location",
    r"police",
    r"agenda",
    r"éventuel",
    r"!$",
    r"! (?!à vérifier)",
)
"""What French must not say: no authority said so, or the word means something else."""


def catalogue() -> Catalog:
    with PATH.open("rb") as stream:
        return read_po(stream)


def forms(message: Message) -> list[tuple[str, str]]:
    """Each English form beside its French one."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


PAIRS = [pair for message in catalogue() if message.id for pair in forms(message)]


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def french(english: str) -> str:
    return dict(PAIRS)[english]


def test_every_sentence_of_the_code_is_in_the_catalogue_and_no_other() -> None:
    written = {message.id for message in template() if message.id}
    kept = {message.id for message in catalogue() if message.id}
    assert kept == written, "run tools/extract_messages.py"


def test_sentences_inside_f_strings_are_found_too() -> None:
    """``error`` and ``hint:`` stand in f-strings, which not every reader looks into."""
    assert {"error", "hint:"} <= {message.id for message in template()}


def test_nothing_is_left_untranslated_or_in_doubt() -> None:
    doubtful = [m.id for m in catalogue() if m.id and (m.fuzzy or not all(f for _, f in forms(m)))]
    assert doubtful == []


def test_every_value_of_a_sentence_is_in_its_translation() -> None:
    assert [(e, f) for e, f in PAIRS if fields(e) != fields(f)] == []


def test_blanks_at_both_ends_are_kept() -> None:
    def ends(text: str) -> tuple[int, int]:
        return len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))

    assert [(e, f) for e, f in PAIRS if ends(e) != ends(f)] == []


def test_no_line_can_break_before_a_high_mark_or_inside_quotes() -> None:
    broken = re.compile(r" [:;?!»%]|«(?!\N{NO-BREAK SPACE})|\w[;?!»]")
    allowed = {e for e, _ in PAIRS if e.startswith("! to check")}
    assert [f for e, f in PAIRS if broken.search(f) and e not in allowed] == []


def test_colons_of_french_have_their_no_break_space() -> None:
    """Clock times, and addresses, keep theirs close."""
    close = re.compile(r"[^\N{NO-BREAK SPACE}\d]:(?!\d|//)|\d: ")
    assert [f for _, f in PAIRS if close.search(f)] == []


@pytest.mark.parametrize("word", REFUSED)
def test_no_refused_word_is_said(word: str) -> None:
    found = re.compile(word, re.IGNORECASE)
    assert [f for _, f in PAIRS if found.search(f)] == []


def test_options_commands_and_environment_names_are_left_as_they_are() -> None:
    typed = re.compile(r"--[a-z][a-z-]*|\bgeowallet (?:[a-z]+ )?[a-z]+\b(?= |'|$)|GEOWALLET_\w+")
    for english, translated in PAIRS:
        for words in typed.findall(english):
            first = " ".join(words.split()[:2])
            if words.startswith("--") or first in COMMANDS:
                assert first in translated, english


COMMANDS = {
    f"geowallet {name}"
    for name in ("init", "demo", "unlock", "ingest", "inspect", "doctor", "trip", "place", "work")
} | {"geowallet contract", "geowallet desk", "geowallet vault", "geowallet evidence"}
"""Commands that sentences name."""


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.code)
def test_every_error_speaks_french_text_and_hint(error: type) -> None:
    translated = dict(PAIRS)
    for english in (error.text, error.hint):  # type: ignore[attr-defined]
        assert translated.get(english), english


def test_headings_are_capitals_with_accents() -> None:
    headings = {"DAY": "JOUR", "START": "DÉPART", "SURE?": "SÛR\N{NO-BREAK SPACE}?"}
    headings |= {"PURPOSE": "MOTIF", "FROM, TO": "DE, À", "LEG": "ÉTAPE", "RECEIPT": "REÇU"}
    assert {english: french(english) for english in headings} == headings
    capitals = [(e, f) for e, f in PAIRS if e.isupper() and "{" not in e]
    assert [f for _, f in capitals if not f.isupper()] == []


@pytest.mark.parametrize(
    ("english", "word"),
    [
        ("walk", "marche"),
        ("e-bike", "vélo électrique"),
        ("commute", "domicile-travail"),
        ("L0 declared", "L0 déclaré"),
        ("L1 time-stamped", "L1 horodaté"),
        ("L3 cross-checked", "L3 recoupé"),
        ("evidence log", "journal"),
        ("assurance", "niveau de solidité"),
        ("Recovery key: ", "Clé de secours\N{NO-BREAK SPACE}: "),
        ("Passphrase: ", "Phrase secrète\N{NO-BREAK SPACE}: "),
        ("hint:", "conseil\N{NO-BREAK SPACE}:"),
        ("error", "erreur"),
        ("Monday", "lundi"),
    ],
)
def test_the_words_are_those_of_the_glossary(english: str, word: str) -> None:
    assert french(english) == word


def test_the_plural_of_none_is_the_singular() -> None:
    """French: 0 trajet, 1 trajet, 2 trajets."""
    assert [catalogue().plural_expr, catalogue().num_plurals] == ["(n > 1)", 2]
