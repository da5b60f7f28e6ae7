from __future__ import annotations

from geowallet.model.words import N_, Phrase, phrase


def test_a_phrase_reads_as_its_english_text_with_values() -> None:
    assert str(phrase(N_("{count} halts on the way"), count=3)) == "3 halts on the way"


def test_phrases_with_the_same_words_are_equal_and_hashable() -> None:
    assert len({phrase("{a}", a=1), Phrase("{a}", (("a", 1),))}) == 1
