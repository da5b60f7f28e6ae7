from __future__ import annotations

import pytest

from geowallet.cli.terminal.language import LANGUAGES
from geowallet.cli.wallet.key_words import WORDS, key_words, word_list
from geowallet.crypto.encoding import crockford
from geowallet.crypto.fingerprint import fingerprint

KEYS = ("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "A" * 43)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_byte_has_a_word_that_begins_like_no_other(language: str) -> None:
    words = word_list(language)
    assert len(words) == len({word[:4] for word in words}) == 256
    assert all(word.isascii() and word.islower() and 2 <= len(word) <= 9 for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_words_and_symbols_say_the_same_bits(language: str, key: str) -> None:
    words = key_words(key, language)
    assert len(words) == WORDS
    number = int.from_bytes(bytes(word_list(language).index(word) for word in words), "big")
    assert crockford(number >> 4, 12) == fingerprint(key).replace("-", "")


def test_other_keys_have_other_words() -> None:
    assert not set(key_words(KEYS[0], "en")) & set(key_words(KEYS[1], "en"))
