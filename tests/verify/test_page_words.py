from __future__ import annotations

from geowallet.verify.page.words import FRAME, OUTCOME, REASONS, WORDS


def test_each_sentence_of_the_page_is_there_once() -> None:
    assert len(WORDS) == len(FRAME) + len(OUTCOME) + len(REASONS)
    assert len(set(WORDS)) == len(WORDS)
